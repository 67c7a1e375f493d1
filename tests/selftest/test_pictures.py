"""Pictures: well-formed SVG drawn from the index relation, legible, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from convspec.cli import Problem, cli
from convspec.layers import layer
from convspec.pictures import TAP, TAP_OUTSIDE, WINDOW, chosen_cell, draw
from convspec.svg import Drawing

SVG = "{http://www.w3.org/2000/svg}"


def picture(
    op: str = "conv", cell: str | None = None, **numbers: str | bool
) -> ElementTree.Element:
    given = layer(op, **({"sizes": "5x5", "window": "3x3"} | numbers))  # type: ignore[arg-type]
    return ElementTree.fromstring(draw(given, chosen_cell(given, cell)))


def fills(root: ElementTree.Element, colour: str) -> int:
    wide = [r for r in root.iter(f"{SVG}rect") if float(r.get("width", "0").rstrip("%")) > 14]
    return sum(r.get("fill") == colour for r in wide)


def dashed(root: ElementTree.Element) -> int:
    return sum(1 for r in root.iter(f"{SVG}rect") if r.get("stroke-dasharray"))


@pytest.mark.parametrize("sizes", ["5", "4x6", "14x14", "38"])
@pytest.mark.parametrize("op", ["conv", "conv_transpose", "avg_pool"])
def test_every_shape_stays_on_the_page(op: str, sizes: str) -> None:
    if op == "conv_transpose" and sizes in ("14x14", "38"):
        sizes = "9"
    root = picture(op, sizes=sizes, window="3", stride="2", padding="1")
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for r in root.iter(f"{SVG}rect"):
        if r.get("width") == "100%":
            continue
        x, y = float(r.get("x", "")), float(r.get("y", ""))
        assert x >= 0 and y >= 0
        assert x + float(r.get("width", "")) <= width and y + float(r.get("height", "")) <= height


def test_the_window_is_what_the_output_reads() -> None:
    root = picture(cell="1,1", stride="2", padding="1")
    assert (fills(root, TAP), fills(root, TAP_OUTSIDE)) == (9, 0)
    root = picture(stride="2", padding="1")  # The last output: a corner of the padded input.
    assert (fills(root, TAP), fills(root, TAP_OUTSIDE)) == (4, 5)
    frames = [r for r in root.iter(f"{SVG}rect") if r.get("stroke") == WINDOW]
    assert len(frames) == 1 and frames[0].get("width") == "90"


def test_taps_of_a_dilated_window_lie_apart() -> None:
    root = picture(sizes="7", window="3", dilation="2")
    assert fills(root, TAP) == 3
    assert [r.get("width") for r in root.iter(f"{SVG}rect") if r.get("stroke") == WINDOW] == ["150"]


def test_overhang_is_dashed_and_only_there() -> None:
    assert not dashed(picture("max_pool", sizes="6", window="2", stride="2", ceil=True))
    # One cell, and one in the legend.
    assert dashed(picture("max_pool", sizes="6", window="3", stride="2", ceil=True)) == 2


def test_it_is_said_in_words_too() -> None:
    root = picture(stride="2", padding="1")
    assert root.get("role") == "img"
    assert "output 3×3" in (root.findtext(f"{SVG}title") or "")
    assert "rows 3, 4, 5 and columns 3, 4, 5" in (root.findtext(f"{SVG}desc") or "")


def test_text_is_escaped() -> None:
    drawing = Drawing()
    drawing.text(0, 0, "a < b & c")
    root = ElementTree.fromstring(drawing.document("<t>", '"d" & e'))
    assert root.findtext(f"{SVG}title") == "<t>"
    assert [t.text for t in root.iter(f"{SVG}text")] == ["a < b & c"]


@pytest.mark.parametrize(
    ("sizes", "cell", "said"),
    [
        ("4x4x4", None, "one or two spatial axes"),
        ("60x4", None, "1 to 40 cells"),
        ("5x5", "3,0", "from 0,0 to 2,2"),
        ("5x5", "1", "from 0,0 to 2,2"),
        ("5x5", "a,b", "from 0,0 to 2,2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(sizes: str, cell: str | None, said: str) -> None:
    with pytest.raises(Problem, match=said):
        picture(sizes=sizes, window="3", cell=cell)


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "layer.svg"
    given = ["explain", "conv", "--input", "5x5", "--kernel", "3", "--output-cell", "0,1"]
    result = CliRunner().invoke(cli, [*given, "--svg", str(file)], prog_name="convspec")
    assert result.exit_code == 0 and "output 3×3" in result.stdout
    assert "(0, 1)" in file.read_text(encoding="utf-8")
    nowhere = str(tmp_path / "none" / "layer.svg")
    result = CliRunner().invoke(cli, [*given, "--svg", nowhere], prog_name="convspec")
    assert result.exit_code == 2 and "cannot write" in result.stderr

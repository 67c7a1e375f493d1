"""Pictures: well-formed SVG drawn from the index relation, legible, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from convspec.cli import cli
from convspec.layers import layer
from convspec.pictures import draw
from convspec.pictures import picture as draw_numbers
from convspec.pictures.palette import DARK, TAP, TAP_OUTSIDE, WINDOW
from convspec.problems import Problem
from convspec.svg import Drawing

SVG = "{http://www.w3.org/2000/svg}"


def picture(
    op: str = "conv", cell: str | None = None, **numbers: str | bool
) -> ElementTree.Element:
    given = layer(op, **({"sizes": "5x5", "window": "3x3"} | numbers))  # type: ignore[arg-type]
    return ElementTree.fromstring(draw(given, cell))


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


def numbered(op: str, **numbers: str) -> ElementTree.Element:
    return ElementTree.fromstring(draw_numbers(op, **numbers))


def words(root: ElementTree.Element) -> list[str]:
    return [t.text or "" for t in root.iter(f"{SVG}text")]


def test_the_bin_of_an_adaptive_pool_is_its_cells() -> None:
    root = numbered("adaptive_avg_pool", sizes="7", output_size="3", output_cell="1")
    assert fills(root, TAP) == 3  # cells 2, 3, 4
    assert "cells 2 to 4" in (root.findtext(f"{SVG}desc") or "")
    counts = [word for word in words(root)[-12:] if word in ("1", "2")]
    assert counts == ["1", "1", "2", "1", "2", "1", "1"]
    assert fills(numbered("adaptive_max_pool", sizes="5x7", output_size="2x3"), TAP) == 9


def test_a_global_pool_reads_everything() -> None:
    assert fills(numbered("global_avg_pool", sizes="4x5"), TAP) == 20


@pytest.mark.parametrize(
    ("mode", "beyond"), [("constant", "00"), ("reflect", "ba"), ("symmetric", "cb"),
                         ("replicate", "cc"), ("circular", "ab")],
)  # fmt: skip
def test_padding_is_the_references(mode: str, beyond: str) -> None:
    root = numbered("pad", sizes="3", padding="0:2", mode=mode)
    letters = "".join(word for word in words(root) if len(word) == 1)
    assert letters == f"abcabc{beyond}"
    assert fills(root, TAP_OUTSIDE) == 2


@pytest.mark.parametrize(
    ("op", "numbers", "said"),
    [
        ("pad", {"sizes": "3", "padding": "3", "mode": "reflect"}, "at most 2"),
        ("pad", {"sizes": "3", "output_cell": "1"}, "all of pad is drawn"),
        ("pad", {"sizes": "3x3x3", "padding": "1"}, "one or two spatial axes"),
        ("adaptive_avg_pool", {"sizes": "60", "output_size": "3"}, "1 to 40 cells"),
    ],
)
def test_what_has_no_window_is_refused_in_a_line_too(
    op: str, numbers: dict[str, str], said: str
) -> None:
    with pytest.raises(Problem, match=said):
        draw_numbers(op, **numbers)


def test_every_colour_has_a_dark_one() -> None:
    for root in (picture(padding="1"), numbered("pad", sizes="3", padding="1")):
        colours = {e.get(key) for e in root.iter() for key in ("fill", "stroke")} - {None, "none"}
        style = root.findtext(f"{SVG}style") or ""
        assert all(f'="{colour}"]' in style for colour in colours)
        assert f"#{root.get('id')} [" in style, "rules are for this picture alone"


def test_it_is_said_in_words_too() -> None:
    root = picture(stride="2", padding="1")
    assert root.get("role") == "img"
    assert "output 3×3" in (root.findtext(f"{SVG}title") or "")
    assert "rows 3, 4, 5 and columns 3, 4, 5" in (root.findtext(f"{SVG}desc") or "")


def test_text_is_escaped() -> None:
    drawing = Drawing()
    drawing.text(0, 0, "a < b & c")
    root = ElementTree.fromstring(drawing.document("<t>", '"d" & e', DARK))
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

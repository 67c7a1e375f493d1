"""The HTML page: what it says, and that nothing in it runs or loads."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from paged import CONV, FOUND, HOSTILE, Page, law, run, wrong

from convspec.contents import filled
from convspec.events import (
    DEVIATES,
    ERROR,
    FIXED,
    Covered,
    Explained,
    Fingerprint,
    KnownChecked,
    RunFinished,
    RunStarted,
)
from convspec.html import render
from convspec.report import Report
from convspec.spec.case import Case
from convspec.spec.clauses import CLAUSES


def test_it_tells_everything_the_events_say() -> None:
    said = Page(render([run(*FOUND)])).said
    for wanted in (
        "y[0, 0, 1, 3] is 7, expected 8", CLAUSES["conv.definition"].statement,
        CLAUSES["conv.definition"].formula, "MUST", "spec/conv.md#conv.definition", CONV,
        f"convspec replay torch '{CONV}'", "test_definition[conv-2d]' --adapter torch",
        "fails iff groups >= 2 (31 of 31 inside, 0 of 412 outside)",
        "Same as conv-loses-a-tap", "print('by hand')", "tried: it shows the failure",
        "stack line 2", "KeyError: 'x'", "1 clause could not be judged",
        "any(stride > window)", "3.1 % of the clause’s cases", "beside 1 clauses unsupported",
        "float32 in, float32 accumulate", "rms 1.25e-08", "41 of 44", "2 of 3", "groups 4",
        "pool.ceil-mode : observed keep , declared drop", "1 unsupported", "seed 7",
        "convspec check torch --profile quick --seed 7", "stride 1 to 2", "2.13.0",
    ):  # fmt: skip
        assert wanted in said, wanted


def test_it_is_well_formed_and_every_address_leads_somewhere() -> None:
    hostile = run(*FOUND, adapter=f"my adapter/{HOSTILE}")
    page = Page(render([run(*FOUND), run(*FOUND), hostile, run(adapter="conv/x")]))
    ids = list(page.all("id"))
    assert len(ids) == len(set(ids))
    assert not any(re.search(r"\s", one) for one in ids)
    inner = [href[1:] for href in page.all("href") if href.startswith("#")]
    assert inner and set(inner) <= set(ids)
    assert {"torch/conv.definition", "torch~2/conv.definition", "clause:conv.stride"} <= set(ids)
    assert sum(unquote(one).startswith("my adapter/") for one in ids) == 7


def test_nothing_from_outside_is_loaded_or_run() -> None:
    everywhere = HOSTILE
    told = (
        law("conv.definition", DEVIATES, wrong(
            message=everywhere, details=everywhere, kind=everywhere, case=everywhere)),
        law(everywhere, DEVIATES, wrong(expected=[everywhere], got=[everywhere])),
        law("conv.stride", ERROR, note=f"{everywhere}\n{everywhere}"),
        Explained("definition", "conv", 2, everywhere, {"rule": everywhere}, (everywhere,),
                  everywhere, 2),
        KnownChecked(*[everywhere] * 5, "javascript:alert(1)", FIXED, 0.5),
        Fingerprint(everywhere, everywhere, everywhere, {everywhere: everywhere}),
        Covered(everywhere, 1, 1, 1, {everywhere: {everywhere: 1}}, (1, 1), (1, 1), (everywhere,)),
    )  # fmt: skip
    started = RunStarted(everywhere, everywhere, {"dialect": {everywhere: everywhere}}, everywhere,
                         0, everywhere, everywhere, 1,
                         {everywhere: {"choice": None, "got": [everywhere]}})  # fmt: skip
    text = render([Report.from_events([started, *told, RunFinished(1.0)])])
    page = Page(text)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 1 and "img" not in tags
    assert not {"src", "srcset", "action", "data", "onerror", "onclick"} & {
        name for _, attributes in page.elements for name in attributes
    }
    for href in page.all("href"):
        assert href.startswith("#"), href
    policy = next(c for t, a in page.elements if t == "meta" and (c := a.get("content") or "")
                  and a.get("http-equiv"))  # fmt: skip
    assert policy.startswith("default-src 'none'") and "script-src 'sha256-" in policy
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    assert "url(" not in text and "@import" not in text
    text.encode("utf-8")


def test_what_cannot_be_encoded_is_shown_as_a_stand_in() -> None:
    render([run(law("conv.stride", DEVIATES, wrong(message="\udc80 lone")))]).encode("utf-8")


def cells(text: str, name: str) -> list[tuple[str, str]]:
    """The cells of one grid of the page: class and text."""
    grid = re.search(rf'<table class="grid[^"]*" aria-label="{name}.*?</table>', text, re.S)
    assert grid, name
    return re.findall(r'<td(?: class="([^"]*)")?>([^<]*)</td>', grid[0])[1:]


def failing_conv(worst: tuple[int, ...], case: str = CONV) -> str:
    """The page of a convolution that is wrong in one cell."""
    from convspec import reference

    read = Case.parse(case)
    arrays = filled(read)
    y = reference.conv(*[arrays[t.name] for t in read.tensors], **read.op.arguments())
    got = y.copy()
    got[worst] += 1
    failure = wrong(case, worst=worst, expected=y.tolist(), got=got.tolist())
    return render([run(law("conv.definition", DEVIATES, failure))])


def test_the_picture_marks_the_cells_that_the_worst_cell_reads_padding_among_them() -> None:
    text = failing_conv((0, 0, 0, 3))
    read = [cell for cell in cells(text, "input x") if "r" in cell[0].split()]
    # Rows −1 to 1 and columns 3 to 5 of a plane of 4 × 4: one row and two columns are padding.
    assert len(read) == 9 and sum("p" in looks.split() for looks, _ in read) == 7
    assert {shown for looks, shown in read if "p" in looks.split()} == {"0"}
    assert all(looks == "r" for looks, _ in cells(text, "kernel w"))
    assert [looks for looks, _ in cells(text, "got")].count("w") == 1
    assert (
        "y[0, 0, 0, 3] reads x[0, {0, 1}, −1…1, 3…5]; 7 of 9 cells lie outside" in Page(text).said
    )


def test_large_planes_are_cut_around_the_window() -> None:
    case = "conv x=1x1x30x30:float32:ramp@0 w=1x1x3x3:float32:ones@0"
    text = failing_conv((0, 0, 20, 21), case)
    shown = cells(text, "input x")
    assert len(shown) == 9 * 13 and sum("r" in looks for looks, _ in shown) == 9
    assert len(cells(text, "expected")) == 9 * 13


def test_of_three_spatial_axes_the_planes_of_the_window_are_shown() -> None:
    case = "conv x=1x1x4x3x3:float32:ramp@0 w=1x1x2x3x3:float32:ones@0"
    said = Page(failing_conv((0, 0, 2, 0, 0), case)).said
    assert "[0, 0, 2, :, :] of 1×1×4×3×3" in said and "[0, 0, 3, :, :]" in said
    assert "[0, 0, 1, :, :] of 1×1×4×3×3" not in said


@pytest.mark.parametrize(
    ("case", "name", "worst", "told"),
    [
        ("max_pool window=2,2 padding=1:0,0:0 x=1x1x3x3:float32:distinct@1", None, (0, 0, 0, 1),
         "reads x[0, 0, {−1, 0}, {1, 2}]; 2 of 4 cells"),
        ("avg_pool window=3 stride=2 ceil_mode=yes x=1x1x6:float32:positive@1", None, (0, 0, 2),
         "reads x[0, 0, 4…6]; 1 of 3 cells lies outside"),
        ("adaptive_avg_pool output_size=2 x=1x2x5:float32:positive@1", None, (0, 1, 1),
         "reads x[0, 1, 2…4]."),
        ("global_avg_pool x=1x2x3x2:float32:positive@1", None, (0, 1), "x[0, 1, 0…2, {0, 1}]."),
        ("pad padding=2:1 mode=reflect x=1x1x4:float32:distinct@1", None, (0, 0, 0),
         "reads x[0, 0, 2]."),
        ("pad padding=2:1 value=3 x=1x1x4:float32:distinct@1", None, (0, 0, 0),
         "reads x[0, 0, −2], all of it outside"),
        ("conv_transpose stride=2 x=1x1x3:float32:ramp@0 w=1x1x3:float32:ints@1", None, (0, 0, 2),
         "reads x[0, 0, {0, 1}]."),
        ("dense x=2x3:float32:ramp@0 w=2x3:float32:ints@1", None, (1, 0), "reads x[1, 0…2]."),
        ("softmax x=2x3:float32:ramp@0", None, (1, 0), "reads x[1, 0…2]."),
        ("relu x=2x3:float32:ramp@0", None, (1, 0), "reads x[1, 0]."),
        ("conv stride=2 x=1x1x5:float32:ramp@0 w=1x1x3:float32:ints@3 g=1x1x2:float32:ints@0", "x",
         (0, 0, 2), "dx[0, 0, 2] follows from g[0, 0, {0, 1}] and w[0, 0, {2, 0}]."),
        ("conv stride=2 x=1x1x5:float32:ramp@0 w=1x1x3:float32:ints@3 g=1x1x2:float32:ints@0", "w",
         (0, 0, 1), "dw[0, 0, 1] follows from x[0, 0, {1, 3}] and g[0, 0, {0, 1}]."),
        ("avg_pool window=2 x=1x1x4:float32:ramp@0 g=1x1x3:float32:ints@2", "x", (0, 0, 1),
         "dx[0, 0, 1] follows from g[0, 0, {0, 1}]."),
    ],
)  # fmt: skip
def test_the_index_relation_says_what_is_read(
    case: str, name: str | None, worst: tuple[int, ...], told: str
) -> None:
    from convspec import reference

    read = Case.parse(case)
    arrays = {n: a.astype("float64") for n, a in filled(read).items()}
    inputs = [arrays[t.name] for t in read.tensors if t.name != "g"]
    if name is None:
        y = getattr(reference, read.op.name)(*inputs, **read.op.arguments())
    else:
        found = reference.vjp(read.op.name, inputs, arrays["g"], **read.op.arguments())
        y = found[[t.name for t in read.tensors].index(name)]
    got = y.copy()
    got[worst] += 1
    failure = wrong(case, worst=worst, expected=y.tolist(), got=got.tolist())
    assert told in Page(render([run(law("conv.definition", DEVIATES, failure))])).said


def test_results_of_other_calls_are_shown_without_a_window() -> None:
    text = render([run(law("conv.definition", DEVIATES, wrong()))])
    assert not any("r" in looks.split() for looks, _ in cells(text, "input x"))
    assert "The worst cell is [0, 0, 1, 3]. These are not results of" in Page(text).said


def test_of_a_wrong_shape_the_missing_cells_window_is_shown() -> None:
    case = "max_pool window=2 padding=0:1 x=1x1x3:float32:ramp@0"
    given = {"kind": "shape", "expected": None, "got": [[[-2, -1]]], "worst": None}
    message = "y has shape 1×1×2, expected 1×1×3"
    text = render(
        [run(law("max_pool.definition", DEVIATES, wrong(case, message=message, **given)))]
    )
    assert "by the definition" in text and "y[0, 0, 2] reads x[0, 0, {2, 3}]; 1 of 2" in text
    message = "y of other x has shape 1×1×2, expected 1×1×3"
    text = render(
        [run(law("max_pool.definition", DEVIATES, wrong(case, message=message, **given)))]
    )
    assert "by the definition" not in text and not any("r" in c for c, _ in cells(text, "input x"))


def test_every_kind_of_run_makes_a_page() -> None:
    assert "No run." in Page(render([])).said
    assert "nothing ran" in Page(render([run()])).said
    cut = Page(render([run(law("conv.stride"), finished=False)])).said
    assert "torch: the run was cut short. 1 clauses were reached" in cut
    assert "known failures are fixed" in Page(render([run(law("conv.stride", FIXED))])).said
    many = render([run(*FOUND, adapter=f"backend-{i}") for i in range(25)])
    assert Page(many).said.count("backend-24") > 3


def test_failures_by_the_thousand_leave_it_a_few_megabytes() -> None:
    slugs = list(CLAUSES)
    big = {"details": "stack\n" * 2_000, "message": "long " * 400}
    failures = [wrong(CONV, kind=f"kind {i}", **big) for i in range(6)]
    reports = [
        run(*(law(slug, DEVIATES, *failures) for slug in slugs[:60]), adapter=f"backend-{i}")
        for i in range(10)
    ]
    text = render(reports)
    assert len(text.encode()) < 5_200_000
    left_out = sum(map(int, re.findall(r"(\d+) more failures? left out to keep", text)))
    assert left_out and text.count('<article class="failure">') + left_out == 6 * 60 * 10
    # All runs have their first failures in full.
    assert all(f"--adapter backend-{i}" in text for i in range(10))


def test_what_the_page_is_made_of_is_in_the_wheel() -> None:
    root = Path(__file__).resolve().parents[2]
    setup = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    assert "convspec.html" in setup["tool"]["setuptools"]["packages"]
    assert setup["tool"]["setuptools"]["package-data"]["convspec.html"] == ["templates/*"]
    assert any(need.startswith("jinja2") for need in setup["project"]["dependencies"])


def test_text_has_contrast_on_light_and_dark() -> None:
    style = re.search(r"<style>(.*?)</style>", render([]), re.S)
    assert style
    light, dark = re.findall(r":root \{(.*?)\}", style[1], re.S)[:2]
    pairs = [("ink", "paper"), ("dim", "paper"), ("dim", "wash"), ("link", "paper"),
             ("right", "paper"), ("bad", "paper"), ("bad", "bad-wash"), ("on-bad", "bad"),
             ("ours", "ours-wash"), ("paper", "ours"), ("on-bad", "right"),
             ("known", "known-wash"), ("fixed", "fixed-wash"),
             ("ink", "read"), ("dim", "pad"), ("ink", "own")]  # fmt: skip
    for block in (light, dark):
        colours = {**dict(re.findall(r"--([\w-]+): (#\w+)", light)),
                   **dict(re.findall(r"--([\w-]+): (#\w+)", block))}  # fmt: skip
        for ink, paper in pairs:
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper, block is dark)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

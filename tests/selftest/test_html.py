"""The HTML page: what it says, that nothing in it runs or loads, what it does in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from convspec.contents import filled
from convspec.events import (
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FIXED,
    KNOWN,
    UNSUPPORTED,
    Covered,
    Event,
    Explained,
    Failure,
    Fingerprint,
    KnownChecked,
    LawFinished,
    RunFinished,
    RunStarted,
)
from convspec.html import render
from convspec.report import Report
from convspec.spec.case import Case
from convspec.spec.clauses import CLAUSES

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&\x00\x1b[31m"
)

CONV = "conv stride=2,1 padding=1:0,0:2 x=1x2x4x4:float32:ramp@0 w=1x2x3x3:float32:ints@1"


def head(adapter: str = "torch", **other: object) -> RunStarted:
    claims = {"ops": {"conv": {"ranks": [2], "dtypes": ["float32"], "stride": [1, 2]}},
              "dialect": {"max_pool.tie": "split", "pool.ceil-mode": "drop"}}  # fmt: skip
    given = {"observed": {"pool.ceil-mode": {"choice": "keep", "got": ["1 2"]}}, **other}
    return RunStarted(adapter, "2.13.0", claims, "quick", 7, "0.1.0", "0.1", 9, **given)  # type: ignore[arg-type]


def law(clause: str, verdict: str = CONFORMS, *failures: Failure, **other: object) -> LawFinished:
    op, _, point = clause.partition(".")
    given = {"rank": 2, "cases": 40, "seconds": 0.5, "note": None, **other}
    return LawFinished(
        point.replace("-", "_"), clause, op, verdict=verdict, failures=failures, **given
    )  # type: ignore[arg-type]


def wrong(case: str = CONV, **other: object) -> Failure:
    """A failure of one cell in a convolution that lost its last tap."""
    y = [[[[1, 2, 3, 4], [5, 6, 7, 8]]]]
    given = {"kind": "value", "verdict": DEVIATES, "message": "y[0, 0, 1, 3] is 7, expected 8",
             "expected": y, "got": [[[[1, 2, 3, 4], [5, 6, 7, 7]]]], "worst": (0, 0, 1, 3),
             "found_after": 3, "cells": 50, **other}  # fmt: skip
    return Failure(case=case, **given)  # type: ignore[arg-type]


def run(*events: Event, adapter: str = "torch", finished: bool = True) -> Report:
    foot = (RunFinished(3.5),) if finished else ()
    return Report.from_events([head(adapter), *events, *foot])


FOUND = (
    law("conv.definition", DEVIATES, wrong()),
    law("conv.stride", CONFORMS),
    law("conv.named-padding", UNSUPPORTED, cases=0),
    law("conv.repeatable", CRASHES, wrong(
        kind="crash", verdict=CRASHES, message="died: SIGSEGV", expected=None, got=None,
        worst=None, details="stack line 1\nstack line 2",
    )),
    law("max_pool.tie", KNOWN),
    law("max_pool.definition", CONFORMS),
    law("avg_pool.definition", ERROR, note="Traceback\n  here\nKeyError: 'x'"),
    Explained("definition", "conv", 2, CONV,
              {"rule": "groups >= 2", "inside": [31, 31], "outside": [0, 412]},
              ("conv-loses-a-tap",), "print('by hand')", 1),
    KnownChecked("first-tie", "max_pool.tie", "any(stride > window)", "max_pool window=1", "old",
                 "https://example.org/1", KNOWN, 0.031),
    Fingerprint("conv", "float32", "float32 in, float32 accumulate", {"rms": 1.25e-8}),
    Covered("conv", 2, 400, 380, {"groups": {"1": 300, "2": 100, "4": 0}}, (41, 44), (7, 9),
            ("groups 4",)),
)  # fmt: skip


class Page(HTMLParser):
    """The page as a browser reads it: balanced elements, attributes, text."""

    VOID = ("meta", "input", "br", "img", "link", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "script" not in self.open:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.text).split())

    def all(self, name: str) -> Iterator[str]:
        """The values of an attribute, in order."""
        for _, attributes in self.elements:
            if attributes.get(name) is not None:
                yield str(attributes[name])


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


# In a browser.

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")

Driven = Callable[..., dict[str, object]]


@pytest.fixture
def driven(tmp_path: Path) -> Driven:
    """Opens a page in a frame of so many pixels, runs a script in it, returns what it returns."""

    def drive(page: str, script: str, width: int = 1280, address: str = "") -> dict[str, object]:
        # A copy may run one script more: the page itself allows its own alone.
        assert "script-src 'sha256-" in page
        freed = page.replace("script-src 'sha256-", "script-src 'unsafe-inline' 'none-")
        probe = (
            "<script>addEventListener('load', async () => {"
            " const pause = () => new Promise((done) => setTimeout(done, 250));"
            " const key = (name, to) => (to || document.activeElement || document.body)"
            ".dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true,"
            " cancelable: true}));"
            " let said; try { said = await (async () => {" + script + "})(); }"
            " catch (error) { said = {error: String(error)}; }"
            " parent.postMessage(JSON.stringify(said), '*'); });</script>"
        )
        (tmp_path / "page.html").write_text(freed.replace("</body>", f"{probe}</body>"), "utf-8")
        (tmp_path / "frame.html").write_text(
            "<!DOCTYPE html><body><script>addEventListener('message', (event) => {"
            " document.body.dataset.said = event.data; });</script>"
            f"<iframe src='page.html{address}' width={width} height=800></iframe></body>",
            "utf-8",
        )
        command = [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-background-networking", "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,900",
            "--virtual-time-budget=8000", "--dump-dom", (tmp_path / "frame.html").as_uri(),
        ]  # fmt: skip
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        told = [a["data-said"] for tag, a in Page(ran.stdout).elements if tag == "body"]
        answer = json.loads(str(told[0]))
        assert isinstance(answer, dict) and "error" not in answer, answer
        return answer

    return drive


def long_run(adapter: str = "torch") -> Report:
    """Many clauses, long names, long lines."""
    failure = wrong(message="long " * 60, details="x" * 400)
    slugs = [s for s in CLAUSES if s.startswith("conv.")][:24]
    return run(*(law(s, DEVIATES if i % 5 else CONFORMS, *[failure] * bool(i % 5))
                 for i, s in enumerate(slugs)), *FOUND[7:], adapter=adapter)  # fmt: skip


@browser
@pytest.mark.parametrize(("width", "runs"), [(320, 12), (360, 1), (360, 12), (768, 12)])
def test_a_narrow_screen_never_scrolls_sideways(driven: Driven, width: int, runs: int) -> None:
    page = render([long_run(f"/a/very/long/path/to/an/adapter_{i}.py") for i in range(runs)])
    seen = driven(
        page,
        "document.querySelectorAll('details').forEach((d) => { d.open = true; }); await pause();"
        " const e = document.documentElement, s = document.getElementById('-scroll');"
        " s.scrollLeft = 200; const th = document.querySelector('tr[data-c] th');"
        " return {inner: innerWidth, page: e.scrollWidth,"
        " sticks: Math.abs(th.getBoundingClientRect().left - s.getBoundingClientRect().left) < 3};",
        width,
    )
    assert seen["inner"] == width and seen["page"] <= width and seen["sticks"]


@browser
def test_filters_show_what_is_asked_for(driven: Driven) -> None:
    page = render([run(*FOUND), run(law("conv.stride", DEVIATES, wrong()), adapter="other")])
    seen = driven(
        page,
        "const shown = () => [...document.querySelectorAll('tr[data-c]')]"
        ".filter((r) => r.offsetParent).map((r) => r.dataset.c);"
        " const press = (v) => document.querySelector(`li[data-verdict=${v}] button`).click();"
        " const text = document.getElementById('-text'), op = document.getElementById('-op'),"
        " run = document.getElementById('-run');"
        " const type = async (t) => { text.value = t; text.dispatchEvent(new Event('input'));"
        " await pause(); };"
        " const said = {all: shown()};"
        " press('crashes'); said.crashes = shown();"
        " said.pressed = document.querySelector('li[data-verdict=crashes] button').ariaPressed;"
        " press('deviates'); said.both = shown(); press('crashes'); press('deviates');"
        " op.value = 'max_pool'; op.dispatchEvent(new Event('change')); said.op = shown();"
        " op.value = ''; await type('sigsegv'); said.message = shown();"
        " await type('no such words'); said.none = shown();"
        " said.count = document.getElementById('-count').textContent;"
        " await type(''); run.value = '1'; run.dispatchEvent(new Event('change'));"
        " said.other = shown(); press('conforms'); said.nothing = shown();"
        " said.below = [...document.querySelectorAll('details.clause')]"
        ".filter((d) => d.offsetParent).length;"
        " return said;",
    )
    assert len(seen["all"]) == 7  # type: ignore[arg-type]
    assert seen["crashes"] == ["conv.repeatable"] and seen["pressed"] == "true"
    assert sorted(seen["both"]) == ["conv.definition", "conv.repeatable", "conv.stride"]  # type: ignore[call-overload]
    assert sorted(seen["op"]) == ["max_pool.definition", "max_pool.tie"]  # type: ignore[call-overload]
    assert seen["message"] == ["conv.repeatable"] and seen["none"] == []
    assert seen["count"] == "0 of 7 clauses"
    assert seen["other"] == ["conv.stride"] and seen["nothing"] == [] and seen["below"] == 0


@browser
def test_the_keyboard_reaches_everything(driven: Driven) -> None:
    seen = driven(
        render([run(*FOUND), run(*FOUND, adapter="other")]),
        "const at = () => (document.activeElement.getAttribute('href')"
        " || document.activeElement.id);"
        " const said = {tabs: [...document.querySelectorAll('#-table td a')]"
        ".filter((a) => a.tabIndex === 0).length};"
        " key('/', document.body); said.slash = at(); key('Escape'); said.escaped = at();"
        " document.querySelector('a[href=\"#torch/conv.definition\"]').focus();"
        " key('ArrowRight'); said.right = at(); key('ArrowDown'); said.down = at();"
        " key('ArrowLeft'); key('ArrowUp'); said.back = at();"
        " document.activeElement.click(); await pause(); said.opened = at();"
        " said.seen = document.activeElement.offsetParent !== null;"
        " key('Escape'); said.cell = at();"
        " key('n'); await pause(); said.next = at(); key('p'); await pause(); said.previous = at();"
        " return said;",
    )
    assert seen["tabs"] == 1 and seen["slash"] == "-text" and seen["escaped"] != "-text"
    assert seen["right"] == "#other/conv.definition"
    assert str(seen["down"]).startswith("#other/conv.") and seen["down"] != seen["right"]
    assert seen["back"] == "#torch/conv.definition"
    assert seen["opened"] == "torch/conv.definition" and seen["seen"]
    assert seen["cell"] == "#torch/conv.definition"
    assert seen["next"] == "other/conv.definition" and seen["previous"] == "torch/conv.definition"


@browser
def test_an_address_opens_what_it_names(driven: Driven) -> None:
    seen = driven(
        render([run(*FOUND, adapter="a b/c")]),
        "await pause(); return {id: document.activeElement.id,"
        " seen: document.activeElement.offsetParent !== null,"
        " top: document.activeElement.getBoundingClientRect().top};",
        address="#a%20b%2Fc/conv.definition",
    )
    assert seen["id"] == "a%20b%2Fc/conv.definition" and seen["seen"]
    assert 0 <= float(str(seen["top"])) < 700


@browser
def test_only_the_pages_own_script_runs(driven: Driven) -> None:
    hostile = run(law("conv.definition", DEVIATES, wrong(message=HOSTILE)), adapter=HOSTILE)
    seen = driven(render([hostile]), "return {title: document.title};")
    assert seen["title"] != "owned"


@browser
def test_the_page_as_it_is_runs_its_script_and_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render([run(*FOUND)]), "utf-8")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
        (tmp_path / "page.html").as_uri(),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    page = Page(ran.stdout)
    form = next(a for _, a in page.elements if a.get("id") == "-filter")
    assert "hidden" not in form and "7 clauses" in page.said
    assert "Content Security Policy" not in ran.stderr and "Uncaught" not in ran.stderr


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

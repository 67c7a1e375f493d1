"""The HTML page in a browser."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from browsing import BROWSER, Driven, browser, driven
from paged import FOUND, HOSTILE, Page, law, run, wrong

from convspec.events import (
    CONFORMS,
    DEVIATES,
)
from convspec.html import render
from convspec.report import Report
from convspec.spec.clauses import CLAUSES

__all__ = ["driven"]


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

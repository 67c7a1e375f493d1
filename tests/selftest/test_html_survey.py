"""The page of a matrix: rows that ran and that did not, what was found, who chooses what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from browsing import Driven, browser, driven
from paged import FOUND, HOSTILE, Page, head, law

from convspec.events import (
    CONFORMS,
    DEVIATES,
    KNOWN,
    Covered,
    Event,
    KnownChecked,
    RunFinished,
    to_json,
)
from convspec.html.survey import explained, render
from convspec.matrix.outcome import ABSENT, KILLED, RAN, UNUSABLE, Outcome, saved
from convspec.report import Report

__all__ = ["driven"]

LAWS = [event for event in FOUND if event.kind == "law-finished"]
MACHINE = {"system": "Linux x86_64", "processor": "A & B", "vectors": ["avx2"], "python": "3.11.7"}
ASKED = {"profile": "quick", "seed": 7, "more": []}


def entry(name: str = "torch.toml:3", **other: object) -> KnownChecked:
    given = {
        "entry": name, "clause": "conv.*", "predicate": "groups > 1", "witness": "conv of this",
        "reason": "it forgets the last group", "link": "", "verdict": "known", "excused": 0.1,
        "cases": 4, **other,
    }  # fmt: skip
    return KnownChecked(**given)  # type: ignore[arg-type]


def outcome(folder: Path, adapter: str, *events: Event, **other: object) -> Outcome:
    """A row, with a run if there are events."""
    given = {"status": RAN, **other}
    made = Outcome(adapter, "torch", folder=folder, **given)  # type: ignore[arg-type]
    tie = "split" if adapter == "jax" else "first"
    if events:
        claims = {"ops": {"conv": {"ranks": [2], "dtypes": ["float32"], "gradient": True},
                          "max_pool": {"ranks": [2], "dtypes": ["int8"]}},
                  "dialect": {"max_pool.tie": tie}}  # fmt: skip
        first = replace(head(adapter), claims=claims)
        made.events.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(to_json(event)) for event in (first, *events, RunFinished(3.5))]
        made.events.write_text("\n".join(lines) + "\n")
    return made


@pytest.fixture
def outcomes(tmp_path: Path) -> list[Outcome]:
    finding = {"finding": "lost-group", "confirmed": ("numpy", "jax"), "tried": ("2.13.0: fails",),
               "upstream": "https://example.org/issues/1"}  # fmt: skip
    covered = Covered("conv", 2, 40, 31, {}, (1, 2), (0, 0))
    return [
        outcome(tmp_path, "numpy", law("conv.definition", CONFORMS), covered),
        outcome(
            tmp_path, "torch", law("conv.definition", KNOWN), entry(**finding),
            entry("torch.toml:9", reason="it refuses", verdict="known"),
            entry("torch.toml:20", reason="elsewhere", verdict="absent"),
        ),
        outcome(tmp_path, "torch:no-mkldnn", law("conv.definition", KNOWN), entry(**finding)),
        outcome(tmp_path, "jax", *LAWS, notes=("jax 0.1 is installed; the pins want 0.2",)),
        outcome(tmp_path, "mlx", status=ABSENT, why=f"No matching distribution {HOSTILE}"),
        outcome(tmp_path, "tvm", law("conv.definition", CONFORMS), status=KILLED,
                why="it took longer than 60 min"),
        outcome(tmp_path, "iree", status=UNUSABLE, why="no licence"),
    ]  # fmt: skip


def test_every_row_is_on_the_page_and_says_what_became_of_it(outcomes: list[Outcome]) -> None:
    page = render(outcomes, ASKED, MACHINE)
    for one in outcomes:
        assert f'id="row:{one.adapter}"' in page
    verdicts = [one.verdict for one in outcomes]
    assert verdicts == [
        "conforms", "known", "known", "deviates", "not installed", "killed", "cannot be used"
    ]  # fmt: skip
    for words in (
        "5 of 7 ways to run 6 libraries", "31</b> distinct configurations", "no licence",
        "it took longer than 60 min", "jax 0.1 is installed; the pins want 0.2",
        "A &amp; B (avx2)", "Not explained:", "quick, seed 7",
    ):  # fmt: skip
        assert words in page, words
    assert "<script>document.title" not in page


def test_what_was_found_is_told_once_with_all_who_show_it(outcomes: list[Outcome]) -> None:
    page = render(outcomes, ASKED, MACHINE)
    assert page.count('<article class="found"') == 2
    fault = page[page.index('id="finding:lost-group"') :].partition("</article>")[0]
    for words in (
        "it forgets the last group", "groups &gt; 1", "conv of this", "torch:no-mkldnn",
        "numpy; jax", "2.13.0: fails", 'href="https://example.org/issues/1"',
        "8 failing cases explained",
    ):  # fmt: skip
        assert words in fault, words
    assert "it refuses" in page[page.index('id="-others"') :]
    reports: Sequence[Report] = [one.report for one in outcomes if one.report]
    from convspec.html.matrix import columns

    assert next(one.key for one in explained(columns(reports))) == "lost-group"
    assert not any(e.reason == "elsewhere" for one in explained(columns(reports))
                   for e in one.entries)  # fmt: skip


def test_who_chooses_otherwise_and_what_is_not_claimed(outcomes: list[Outcome]) -> None:
    page = render(outcomes, ASKED, MACHINE)
    point = page[page.index("<h3>max_pool.tie</h3>") :].partition("</article>")[0]
    assert point.index("<b>first</b>") < point.index(">torch<") < point.index("<b>split</b>")
    assert ">jax</span>" in point.partition("<b>split</b>")[2]
    limits = page[page.index('id="-limits"') :]
    assert "conv_transpose, pad" in limits and "float32 int8" in limits


def test_a_page_without_any_run() -> None:
    page = render([Outcome("torch", "torch", ABSENT, "no pip")], ASKED, MACHINE)
    assert "No row ran." in page and "no pip" in page and 'id="-matrix"' not in page


def test_every_address_of_the_page_leads_somewhere(outcomes: list[Outcome]) -> None:
    page = Page(render(outcomes, ASKED, MACHINE))
    ids = {a["id"] for _, a in page.elements if "id" in a}
    lost = {
        a["href"] for _, a in page.elements
        if str(a.get("href", "")).startswith("#") and str(a["href"])[1:] not in ids
    }  # fmt: skip
    assert not lost


def test_the_index_has_findings_and_departures(tmp_path: Path, outcomes: list[Outcome]) -> None:
    saved(outcomes, tmp_path, ASKED, MACHINE)
    rows = json.loads((tmp_path / "matrix.json").read_text())["rows"]
    runs = {row["adapter"]: row["run"] for row in rows}
    assert runs["torch"]["findings"] == ["lost-group"] and runs["mlx"] is None
    assert runs["jax"]["departures"] == {"max_pool.tie": "split"}
    assert runs["numpy"]["configurations"] == 31
    assert runs["jax"]["verdicts"][DEVIATES]


@browser
def test_the_page_fits_a_phone(driven: Driven, outcomes: list[Outcome]) -> None:
    seen = driven(
        render(outcomes, ASKED, MACHINE),
        "document.querySelectorAll('details').forEach((d) => { d.open = true; }); await pause();"
        " const e = document.documentElement;"
        " const cell = document.querySelector('.over tbody th').getBoundingClientRect();"
        " const box = document.querySelector('.scroll'); box.scrollLeft = 300; await pause();"
        " const after = document.querySelector('.over tbody th').getBoundingClientRect();"
        " return {wide: e.scrollWidth, view: e.clientWidth, before: cell.left, after: after.left};",
        width=390,
    )  # fmt: skip
    assert seen["wide"] == seen["view"], seen
    assert seen["before"] == seen["after"], "the adapters' names stay where they are"

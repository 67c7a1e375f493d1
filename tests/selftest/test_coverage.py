"""Coverage: counted from the events of a run, against counting by hand."""

from __future__ import annotations

from itertools import combinations, islice

import pytest
from rich.console import Console

from convspec.adapters.opening import open_adapter
from convspec.coverage import class_of
from convspec.coverage_table import classes, coverage, percent
from convspec.engine import run
from convspec.events import Covered, LawFinished
from convspec.law import all_laws
from convspec.search import playlist, seed_of


@pytest.fixture(scope="module")
def events() -> list[object]:
    return list(run("reference", profile="smoke", ops=["relu"], clauses=["relu.definition"]))


def covered(events: list[object]) -> Covered:
    (one,) = [event for event in events if isinstance(event, Covered)]
    return one


def test_what_was_drawn_is_what_is_counted(events: list[object]) -> None:
    found = covered(events)
    claims = open_adapter("reference").claims
    rows = []
    for event in events:
        if isinstance(event, LawFinished):
            assert 0 < event.drawn <= event.cases
            law = all_laws()[event.law]
            space = law.space("relu", 2, claims)
            assert space is not None
            own = seed_of(0, law.name, "relu", 2)
            for row in islice(playlist(space, own), event.drawn):
                rows.append({f.name: f.levels[i] for f, i in zip(space.factors, row, strict=True)})
    assert found.cases == len(rows)
    for name, counts in found.classes.items():
        for label, number in counts.items():
            assert number == sum(name in row and class_of(row[name]) == label for row in rows), (
                name,
                label,
            )
    names = list(found.classes)
    labels = [{name: class_of(level) for name, level in row.items()} for row in rows]
    # What is drawn beyond the declared space, a law's own contents say, is not counted.
    labelled = [
        tuple(one[name] if one.get(name) in found.classes[name] else None for name in names)
        for one in labels
    ]
    for size, (met, possible) in ((2, found.pairs), (3, found.triples)):
        seen = {
            (columns, tuple(row[c] for c in columns))
            for row in labelled
            for columns in combinations(range(len(names)), size)
            if None not in [row[c] for c in columns]
        }
        sizes = [len(found.classes[name]) for name in names]
        total = 0
        for columns in combinations(range(len(names)), size):
            product = 1
            for c in columns:
                product *= sizes[c]
            total += product
        assert met == len(seen)
        assert possible == total
    contents = ("x.pattern", "x.k")
    distinct = {tuple((k, v) for k, v in row.items() if k not in contents) for row in rows}
    assert found.configurations == len(distinct)


def test_what_no_case_had_is_named(events: list[object]) -> None:
    found = covered(events)
    never = {
        f"{name} {label}"
        for name, counts in found.classes.items()
        for label, number in counts.items()
        if not number
    }
    assert set(found.missed) & never or not never
    assert found.missed


def test_more_cases_cover_more() -> None:
    def share(profile: str) -> float:
        events = run("reference", profile=profile, ops=["pad"], clauses=["pad.definition"], jobs=1)
        (one,) = [event for event in events if isinstance(event, Covered) and event.rank == 2]
        return one.pairs[0] / one.pairs[1]

    assert share("quick") > share("smoke")


def test_replay_covers_nothing() -> None:
    found = run("reference", case="relu x=1x1x2:float32:ones@0")
    assert not any(isinstance(event, Covered) for event in found)


def test_defects_are_classes_of_their_own() -> None:
    events = run("reference", profile="smoke", ops=["conv"], clauses=["conv.rejects-invalid"])
    found = covered(list(events))
    assert sum(found.classes["defect"].values()) == found.cases
    assert found.pairs[0] == 0


def test_a_share_that_is_not_whole_is_not_said_to_be() -> None:
    assert percent((3, 3)) == "100 %"
    assert percent((99_999, 100_000)) == "99.9 %"
    assert percent((1, 3)) == "33 %"
    assert percent((0, 0)) == "100 %"


@pytest.mark.parametrize("verbose", [False, True])
def test_shown_in_80_columns(
    events: list[object], verbose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    coverage(Console(width=80), [covered(events)], verbose=verbose)
    said = capsys.readouterr().out
    assert "relu" in said
    assert all(len(line) <= 80 for line in said.splitlines())
    met, possible = classes([covered(events)])
    assert percent((met, possible)) in " ".join(said.split())

"""Known failures in a run: what is excused, what is still found, what has been fixed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from liars import honest

from convspec.cli import cli
from convspec.engine import run
from convspec.events import (
    ABSENT,
    CHANGED,
    CONFORMS,
    CRASHES,
    DEVIATES,
    FIXED,
    KNOWN,
    UNTESTED,
    KnownChecked,
    LawFinished,
)
from convspec.known.guess import guess
from convspec.known.reading import KnownFileError
from convspec.law import all_laws
from convspec.predicates import Facts, Predicate
from convspec.report import Report
from convspec.spec.case import Case

Spoil = Callable[[Any, dict[str, Any], Any], Any]

CASE = "max_pool window=1 stride=2 x=1x1x1:float32:ones@0"


def spoilt(spoil: Spoil, version: str = "1.2.3") -> Any:
    """An honest max_pool whose result goes through `spoil(x, parameters, y)`."""
    right = honest.implementation()

    def max_pool(x: Any, **parameters: Any) -> Any:
        return spoil(x, parameters, right.max_pool(x, **parameters))

    claims = {"all": {"ranks": [1, 2], "dtypes": ["float32", "float64", "int32"]}}
    return SimpleNamespace(name="small", version=version, claims=claims, max_pool=max_pool)


def strides_exceed(parameters: dict[str, Any]) -> bool:
    return any(s > k for s, k in zip(parameters["stride"], parameters["window"], strict=True))


def off_by_one(x: Any, parameters: dict[str, Any], y: Any) -> Any:
    return y + y.dtype.type(1) if strides_exceed(parameters) else y


def entry(**changes: str) -> str:
    given = {
        "adapter": '"small"', "clause": '"max_pool.*"', "verdict": '"deviates"',
        "when": "'any(stride > window)'", "witness": f'"{CASE}"', "reason": '"off by one"',
    } | changes  # fmt: skip
    return "\n".join(["[[known]]", *(f"{key} = {value}" for key, value in given.items())]) + "\n"


@pytest.fixture
def known(tmp_path: Path) -> Callable[..., list[str]]:
    def write(*entries: str) -> list[str]:
        path = tmp_path / "known.toml"
        path.write_text("\n".join(entries))
        return [str(path)]

    return write


Known = Callable[..., list[str]]


def check(target: Any, known: list[str], clauses: str = "max_pool.definition", **more: Any) -> Any:
    wanted: dict[str, Any] = {"profile": "smoke", "clauses": [clauses], "known": known}
    wanted |= {"isolate": False, **more}
    events = run(target, **wanted)
    report = Report.from_events(events)
    laws = [e for e in events if isinstance(e, LawFinished)]
    return report, sorted(laws, key=lambda e: e.law != "definition")


def test_regions_are_asked_about_what_a_law_makes_of_a_case(known: Known) -> None:
    """Cases that are drawn small and put large lie in a region of large ones."""

    def cut(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        return y + y.dtype.type(1) if max(parameters["stride"]) >= 9 else y

    _, laws = check(spoilt(cut), [])
    assert {law.law for law in laws if law.verdict == DEVIATES} == {"far_extents"}
    witness = CASE.replace("stride=2", "stride=9")
    report, _ = check(spoilt(cut), known(entry(when="'any(stride >= 9)'", witness=f'"{witness}"')))
    assert report.totals == {KNOWN: 1}, "not one failure is new"


def test_what_is_known_is_excused(known: Known) -> None:
    plain, _ = check(spoilt(off_by_one), [])
    assert plain.totals == {DEVIATES: 1} and plain.exit_code == 1
    report, laws = check(spoilt(off_by_one), (names := known(entry())))
    assert report.totals == {KNOWN: 1} and report.exit_code == 0
    (clause,), (checked,) = report.clauses, report.known
    assert {name for law in laws for name in law.excused} == {f"{names[0]}:1"}
    counted = sum(count for law in laws for count in law.excused.values())
    assert clause.excused == checked.cases == counted > 10
    assert clause.cases > clause.excused and clause.remark.endswith("failures excused")
    assert (checked.entry, checked.verdict) == (f"{names[0]}:1", KNOWN)
    assert (checked.predicate, checked.witness) == ("any(stride > window)", CASE)
    document = report.to_json()
    assert document["clauses"]["max_pool.definition"]["excused"] == clause.excused
    assert document["known"][0]["verdict"] == "known"
    assert 0.2 < document["known"][0]["excused"] < 0.8
    again = Report.from_json(document).to_json()
    assert {**again, "timing": None} == {**document, "timing": None}


def test_a_new_failure_is_found_outside(known: Known) -> None:
    def wrong_twice(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        return y * 2 if parameters["ceil_mode"] else off_by_one(x, parameters, y)

    report, (law, *_) = check(spoilt(wrong_twice), known(entry()))
    assert report.totals == {DEVIATES: 1} and report.exit_code == 1
    (failure,) = law.failures
    case = Case.parse(failure.case)
    assert not Predicate.parse("any(stride > window)").holds(case)
    assert Facts(case)["ceil_mode"] and case.cells <= 3  # as small as can be, outside the region
    assert law.excused and report.known[0].verdict == KNOWN


def test_a_region_excuses_its_verdicts_alone(known: Known) -> None:
    def dies_now_and_then(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        if strides_exceed(parameters) and parameters["ceil_mode"]:
            os.abort()
        return off_by_one(x, parameters, y)

    report, (law, *_) = check(spoilt(dies_now_and_then), known(entry()), isolate=True)
    assert law.verdict == CRASHES and law.excused
    assert [f.verdict for f in law.failures] == [CRASHES]
    both = known(entry(verdict='["deviates", "crashes"]'))
    report, (law, *_) = check(spoilt(dies_now_and_then), both, isolate=True)
    assert report.totals == {KNOWN: 1} and not law.failures


def test_what_a_known_failure_harms_accuses_nobody(known: Known) -> None:
    """Where cases die, one that lives may have written anywhere: the next ones meet a new life."""
    harmed: list[bool] = []

    def harms(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        if harmed:
            return y * 2
        if strides_exceed(parameters):
            harmed.append(True)
            if parameters["ceil_mode"]:
                os.abort()
        return off_by_one(x, parameters, y)

    report, _ = check(spoilt(harms), known(entry()), isolate=True)
    assert report.totals == {CRASHES: 1}
    both = entry(verdict='["deviates", "crashes"]')
    one = entry(when="'window[0] == 1 and stride[0] == 2'", verdict='["deviates", "crashes"]')
    report, (law, *_) = check(spoilt(harms), known(both, one), isolate=True)
    assert report.totals == {KNOWN: 1}, [
        (f.law, f.failure.case, f.failure.message) for c in report.clauses for f in c.findings
    ]
    assert [checked.verdict for checked in report.known] == [KNOWN, KNOWN]
    assert sum(law.excused.values()) > 20


def test_many_known_deaths_do_not_eat_up_the_search(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        if strides_exceed(parameters):
            os.abort()
        return y * 2 if x.dtype == np.int32 else y

    monkeypatch.setattr("convspec.known.excusing.DEATHS", 5)
    _, (law, *_) = check(spoilt(dies), known(entry(verdict='"crashes"')), isolate=True)
    assert list(law.excused.values()) == [5]
    assert law.verdict == DEVIATES and law.cases > 20
    assert all("int32" in failure.case for failure in law.failures)


def test_what_is_fixed_fails_the_run(known: Known) -> None:
    names = known("# ours\n", entry())
    report, laws = check(spoilt(lambda x, p, y: y), names)
    assert report.exit_code == 1
    assert {c.slug: c.verdict for c in report.clauses}["max_pool.definition"] == FIXED
    (checked,) = report.known
    assert checked.verdict == FIXED and checked.note == (
        f"{names[0]}:3: its witness passes: remove the entry"
    )
    assert checked.note in [law.note for law in laws if law.verdict == FIXED]


def test_a_witness_that_passes_while_its_region_fails(known: Known) -> None:
    def for_two(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        return off_by_one(x, parameters, y) if x.shape[0] > 1 else y

    report, _ = check(spoilt(for_two), known(entry(clause='"max_pool.stride"')), "max_pool.stride")
    (checked,) = report.known
    assert report.exit_code == 1 and checked.verdict == FIXED
    assert f"its witness passes, and {checked.cases} cases fail" in checked.note


def test_what_depends_on_the_machine_may_pass(known: Known) -> None:
    report, _ = check(spoilt(lambda x, p, y: y), known(entry(sometimes="true")))
    assert report.exit_code == 0 and report.known[0].verdict == ABSENT
    report, _ = check(spoilt(off_by_one), known(entry(sometimes="true")))
    assert report.exit_code == 0 and report.known[0].verdict == KNOWN


def test_a_failure_by_chance_is_not_fixed(known: Known) -> None:
    calls: list[int] = []

    def the_second_time(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        calls.append(1)
        return y + len(calls) % 2 if strides_exceed(parameters) else y

    report, _ = check(spoilt(the_second_time), known(entry(clause='"max_pool.definition"')))
    assert report.known[0].verdict == KNOWN


def test_a_witness_that_fails_in_another_way(known: Known) -> None:
    def raises(x: Any, parameters: dict[str, Any], y: Any) -> Any:
        if strides_exceed(parameters) and x.shape[2:] == (1,):
            raise RuntimeError("one cell is too few")
        return off_by_one(x, parameters, y)

    report, laws = check(spoilt(raises), known(entry()))
    (checked,) = report.known
    assert checked.verdict == CHANGED and report.exit_code == 1
    assert "rejects" in checked.note
    assert any(f.case == CASE and "the witness of" in f.message for e in laws for f in e.failures)


def test_who_and_what_is_meant(known: Known) -> None:
    others = known(entry(adapter='"large"'), entry(versions='">=2"'))
    report, _ = check(spoilt(off_by_one), others)
    assert report.totals == {DEVIATES: 1} and report.known == ()
    report, _ = check(spoilt(off_by_one), known(entry(versions='"==1.2.*"')))
    assert report.totals == {KNOWN: 1}
    report, _ = check(spoilt(off_by_one, "of today"), known(entry(versions='">=1"')))
    assert report.totals == {DEVIATES: 1} and report.known[0].verdict == UNTESTED
    assert report.known[0].note == "not applied: it is for >=1, and no version is known"
    int8 = entry(witness=f'"{CASE.replace("float32", "int8")}"')
    report, _ = check(spoilt(off_by_one), known(int8))
    assert report.known[0].note == "small does not claim what the witness asks for"


def test_a_part_of_a_run_checks_its_part(known: Known) -> None:
    """A witness is put to all clauses of its entry, whichever of them the run was for."""
    dtype = "max_pool.dtype"
    report, _ = check(spoilt(off_by_one), known(entry()), dtype)
    assert report.totals == {CONFORMS: 1} and report.known[0].verdict == KNOWN
    report, _ = check(spoilt(off_by_one), known(entry(clause='"max_pool.definition"')), dtype)
    assert report.totals == {CONFORMS: 1} and report.known == ()


def test_the_share_is_that_of_the_declared_space(known: Known) -> None:
    some = entry(when="'dtype == \"float32\"'"), entry(when="'op == \"max_pool\"'")
    report, _ = check(spoilt(off_by_one), known(*some))
    third, whole = (event.excused for event in report.known)
    assert 0.25 < third < 0.42 and whole == pytest.approx(1)
    again, _ = check(spoilt(off_by_one), known(*some), "max_pool.*", ops=["max_pool"])
    assert [event.excused for event in again.known] == [third, whole]


FILE = """
from convspec import reference

def max_pool(x, **parameters):
    y = reference.max_pool(x, **parameters).astype(x.dtype)
    wrong = any(s > k for s, k in zip(parameters["stride"], parameters["window"]))
    return y + y.dtype.type(1) if wrong else y

def global_sum_pool(x):
    return (reference.global_sum_pool(x) + (x.shape[0] == 2)).astype(x.dtype)

claims = {"all": {"ranks": [1, 2], "dtypes": ["float32", "int32"]}}
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "small.py"
    path.write_text(FILE)
    return str(path)


PART = ["--clause", "*.definition", "--clause", "*.dtype", "--profile", "smoke"]


def convspec(*arguments: str) -> Any:
    return CliRunner().invoke(cli, [*arguments])


def test_the_same_whatever_the_processes(small: str, known: Known) -> None:
    names = known(entry(adapter='"small.py"'))
    clauses = ["max_pool.definition", "max_pool.stride"]
    documents = []
    for jobs in (1, 2):
        events = run(small, profile="smoke", clauses=clauses, known=names, jobs=jobs)
        documents.append(Report.from_events(events).to_json())
        del documents[-1]["timing"]
    assert json.dumps(documents[0]) == json.dumps(documents[1])
    assert documents[0]["totals"]["verdicts"] == {"known": 2}


def test_drafts_for_what_fails_now(small: str, tmp_path: Path) -> None:
    path = tmp_path / "drafts.toml"
    path.write_text(before := "# by hand\n" + entry(adapter='"other"'))
    first = convspec("check", small, *PART, "--update-known", str(path))
    assert first.exit_code == 1, first.output
    assert f"{path}: 2 entries added" in " ".join(first.output.split())
    after = path.read_text()
    assert after.startswith(before)
    assert 'adapter = "small.py"' in after and "'any(stride >= 2)'" in after
    assert "'batch >= 2'" in after and 'reason = "draft: y' in after
    second = convspec("check", small, *PART, "--known", str(path))
    assert second.exit_code == 0, second.output
    assert "Known failures  2 entries: 2 still failing" in second.output
    assert path.read_text() == after
    third = convspec("check", small, *PART, "--update-known", str(path), "-v")
    assert third.exit_code == 0 and path.read_text() == after
    assert "nothing new to add" in third.output
    assert "1 entry of known failures is about other implementations" in third.output


@pytest.mark.parametrize(
    ("line", "claimed", "expected"),
    [
        (
            "conv stride=2,1 padding=0:1,0:0 x=1x4x3x3:float16:zeros@0"
            " w=2x2x1x2:float16:zeros@0:reversed",
            {"ranks": [1, 2], "dtypes": ["float32", "float16"]},
            'rank == 2 and dtype == "float16" and channels >= 4 and filters >= 2 and'
            ' w_layout == "reversed" and any(kernel >= 2) and any(stride >= 2) and'
            " any(high >= 1)",
        ),
        ("relu x=1x1:float32:ones@0", {"ranks": [0]}, 'op == "relu"'),
        (
            "pad padding=-1:2 mode=reflect x=1x1x2:float32:ones@0",
            {"modes": ["constant", "reflect"]},
            'mode == "reflect" and any(low <= -1) and any(high >= 2) and any(outputs >= 3)',
        ),
        (
            "max_pool window=2 padding=same_upper ceil_mode=yes x=1x1x1:float32:nan@0",
            {"ranks": [1]},
            'ceil_mode and padding == "same_upper" and "nan" in patterns and any(kernel >= 2)',
        ),
    ],
)
def test_guesses(line: str, claimed: dict[str, Any], expected: str) -> None:
    found = guess(Case.parse(line), claimed)
    assert str(found) == expected and found.holds(Case.parse(line))


def test_mistakes_stop_everything_before_it_begins(small: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(entry(verdict='"x"', adapter="1"))
    result = convspec("check", small, "--known", str(wrong), "--known", str(tmp_path / "none"))
    assert result.exit_code == 2
    lines = result.output.splitlines()
    assert [line.startswith(f"convspec: {tmp_path}") for line in lines[:2]] == [True, True]
    assert "entry 1: adapter" in lines[0] and "entry 1: verdict" in lines[1] and len(lines) == 3
    with pytest.raises(KnownFileError):
        run(small, known=[str(wrong)])
    result = convspec("check", small, "--update-known", str(small + "/x.toml"))
    assert result.exit_code == 2 and "cannot write to" in result.output


def test_pytest_tells_mistakes_before_it_collects(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(entry(verdict='"x"'))
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "convspec.conformance", "--adapter", "numpy",
        f"--convspec-known={wrong}",
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {wrong}:4: entry 1: verdict: 'x' excuses nothing" in result.stderr


def test_an_entry_is_shown_in_full_width(small: str, known: Known) -> None:
    long = entry(adapter='"small.py"', reason='"' + "long " * 40 + '"', link='"https://x.org/1"')
    result = convspec("check", small, "--op", "max_pool", *PART, "--known", *known(long), "-v")
    assert "when any(stride > window)" in result.output and "https://x.org/1" in result.output
    shown = result.output[result.output.index("Known failures") :]
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_every_law_can_be_excused() -> None:
    """Each clause of a law is one that an entry may name."""
    from convspec.spec.clauses import CLAUSES

    assert {law.slug(op) for law in all_laws().values() for op in law.ops} <= set(CLAUSES)


def test_no_entry_no_event(small: str) -> None:
    events = run(small, profile="smoke", clauses=["max_pool.dtype"], jobs=1)
    assert not any(isinstance(event, KnownChecked) for event in events)

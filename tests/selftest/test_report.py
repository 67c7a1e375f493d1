"""The report: summed up from events, the same whatever order they came in, strict JSON."""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from convspec.events import (
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    REJECTS,
    UNSUPPORTED,
    VACUOUS,
    Event,
    Failure,
    LawFinished,
    RunFinished,
    RunStarted,
)
from convspec.report import Report
from convspec.saving import check_writable, file_name


@dataclass(frozen=True)
class Clause:
    level: str
    statement: str


CATALOGUE = {
    slug: Clause("MUST", f"{slug} holds.")
    for slug in (
        "conv.size", "conv.value", "pool.size", "max_pool.value", "avg_pool.value",
        "pad.value", "call.pure",
    )
}  # fmt: skip

HEAD = RunStarted("torch", "2.13.0", {"dialect": {"t": "first"}}, "quick", 7, "0.1.0", "1", 4)


def law(clause: str, verdict: str = CONFORMS, **other: object) -> LawFinished:
    op = clause.split(".")[0]
    given = {"law": f"law of {clause}", "op": op, "rank": 1, "cases": 10, "seconds": 0.5}
    return LawFinished(clause=clause, verdict=verdict, **{**given, **other})  # type: ignore[arg-type]


def failure(
    case: str = "conv x=1", cells: int = 3, kind: str = "value", **other: object
) -> Failure:
    given = {"verdict": DEVIATES, "message": "wrong", **other}
    return Failure(kind=kind, case=case, cells=cells, **given)  # type: ignore[arg-type]


def report(*events: Event, finished: bool = True) -> Report:
    foot = (RunFinished(2.0),) if finished else ()
    return Report.from_events([HEAD, *events, *foot], CATALOGUE)


def test_clauses_stand_in_the_order_of_the_specification_whatever_the_events_order() -> None:
    events = [
        law("avg_pool.value"),
        law("pool.size", op="max_pool"),
        law("call.pure", op="conv"),
        law("call.pure", op="pad"),
        law("conv.value", rank=2),
        law("conv.value", DEVIATES, rank=1, failures=(failure("b"), failure("a"))),
        law("pad.value"),
        law("conv.size"),
        law("max_pool.value"),
        law("conv.unknown"),
    ]
    expected = [
        "conv.size", "conv.value", "conv.unknown", "call.pure", "pad.value", "pool.size",
        "max_pool.value", "avg_pool.value",
    ]  # fmt: skip
    documents = set()
    for seed in range(10):
        random.Random(seed).shuffle(events)
        found = report(*events)
        assert [clause.slug for clause in found.clauses] == expected
        documents.add(json.dumps(found.to_json()))
    assert len(documents) == 1


def test_a_clause_has_the_gravest_verdict_of_its_laws_and_all_their_cases() -> None:
    found = report(
        law("conv.value", law="a", cases=3, seconds=1.0),
        law("conv.value", REJECTS, law="b", cases=4, seconds=2.0, note="first"),
        law("conv.value", UNSUPPORTED, law="b", rank=3, cases=0, note="first"),
    )
    (clause,) = found.clauses
    assert (clause.verdict, clause.cases, clause.laws) == (REJECTS, 7, ("a", "b"))
    assert clause.seconds == 3.5
    assert clause.notes == ("first",)
    assert clause.level == "MUST"
    assert found.seconds_by_law == {"a": 1.0, "b": 2.5}
    assert found.cases_per_second == 3.5


def test_the_remark_on_an_error_is_the_last_line_of_its_traceback() -> None:
    found = report(law("conv.value", ERROR, note="Traceback:\n  here\nKeyError: 'b'\n"))
    assert found.clauses[0].remark == "KeyError: 'b'"


def test_of_each_kind_and_operation_the_smallest_failure_is_kept_smallest_first() -> None:
    found = report(
        law("pool.size", DEVIATES, op="avg_pool", failures=(failure("z", 9, "shape"),)),
        law("pool.size", DEVIATES, op="max_pool", failures=(failure("big", 8, "shape"),)),
        law(
            "pool.size", DEVIATES, op="max_pool", rank=2,
            failures=(failure("b", 5, "shape"), failure("a", 5, "shape"), failure("n", 6, "nan")),
        ),
    )  # fmt: skip
    cases = [finding.failure.case for finding in found.clauses[0].findings]
    assert cases == ["a", "n", "z"]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((CONFORMS,), 0),
        ((CONFORMS, UNSUPPORTED, VACUOUS), 0),
        ((CONFORMS, DEVIATES), 1),
        ((CONFORMS, CRASHES, ERROR), 1),
        ((CONFORMS, ERROR), 3),
        ((UNSUPPORTED, VACUOUS), 4),
        ((), 4),
    ],
)
def test_exit_code(verdicts: tuple[str, ...], code: int) -> None:
    laws = [
        law(slug, verdict, cases=0 if verdict == UNSUPPORTED else 5)
        for slug, verdict in zip(CATALOGUE, verdicts, strict=False)
    ]
    assert report(*laws).exit_code == code


def test_a_run_without_its_end_is_interrupted() -> None:
    found = report(law("conv.value", DEVIATES), finished=False)
    assert found.interrupted
    assert found.exit_code == 130
    assert found.seconds == 0.5


def test_events_without_a_start_are_no_run() -> None:
    with pytest.raises(ValueError, match="run-started"):
        Report.from_events([RunFinished(1.0)], CATALOGUE)


def test_json_is_strict_and_holds_what_the_design_promises(tmp_path: Path) -> None:
    bad = failure(
        "conv x=1", expected=[[math.nan, 1.0]], got=[[math.inf, -math.inf]], worst=(0, 1),
        tensors={"x": [1, 2]},
    )  # fmt: skip
    found = report(law("conv.value", DEVIATES, failures=(bad,)), law("conv.size"))
    path = tmp_path / "new" / "torch.json"
    found.write_json(path)

    def refuse(word: str) -> object:
        raise AssertionError(f"{word} is not JSON")

    document = json.loads(path.read_text(), parse_constant=refuse)
    assert document["adapter"]["claims"]["dialect"] == {"t": "first"}
    assert document["totals"] == {
        "clauses": 2, "cases": 20, "tested": 20, "verdicts": {DEVIATES: 1, CONFORMS: 1},
        "configurations": 0,
    }  # fmt: skip
    clause = document["clauses"]["conv.value"]
    assert (clause["level"], clause["verdict"], clause["cases"]) == ("MUST", DEVIATES, 10)
    assert clause["failures"][0]["expected"] == [["NaN", 1.0]]
    assert clause["failures"][0]["got"] == [["Infinity", "-Infinity"]]
    assert clause["failures"][0]["worst"] == [0, 1]
    assert {"convspec", "spec", "profile", "seed", "interrupted", "schema"} <= set(document)
    assert [entry.name for entry in path.parent.iterdir()] == ["torch.json"]


def test_only_timing_differs_between_two_runs_of_the_same_cases() -> None:
    one = report(law("conv.value", seconds=1.0)).to_json()
    two = report(law("conv.value", seconds=2.0)).to_json()
    assert one.pop("timing") != two.pop("timing")
    assert one == two


def test_a_failed_write_leaves_the_old_report_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "torch.json"
    path.write_text("old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        report(law("conv.value")).write_json(path)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [
        ("torch.json", "old")
    ]


def test_a_place_that_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "torch.json").mkdir()
    for path in (tmp_path / "file" / "torch.json", tmp_path / "torch.json"):
        with pytest.raises(OSError, match="folder"):
            check_writable(path)
    check_writable(tmp_path / "new" / "torch.json")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("adapter", "name"),
    [
        ("torch", "torch.json"),
        ("torch:no-mkldnn", "torch-no-mkldnn.json"),
        ("../x/my_kernels.py", "my_kernels.json"),
        ("package.module:Name", "package.module-Name.json"),
        ("/", "report.json"),
    ],
)
def test_file_name(adapter: str, name: str) -> None:
    assert file_name(adapter) == name

"""`convspec report`: saved runs shown, set side by side, and compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from played import CASE, HOSTILE, LATER, deviating, failure, law, report, run

from convspec.cli import cli
from convspec.events import (
    ACCEPTS_INVALID,
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FIXED,
    KNOWN,
    REJECTS,
    UNSUPPORTED,
    VACUOUS,
    Event,
    KnownChecked,
)
from convspec.journal import Journal
from convspec.report import Report
from convspec.reports.diff import BETTER, OTHER, WORSE, Change, difference, pairs


def invoke(*words: object, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(cli, list(map(str, words)))


def save(path: Path, events: Sequence[Event]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Journal(path) as journal:
        for event in events:
            journal(event)
    return path


def verdicts(old: str, new: str) -> tuple[Change, ...]:
    def one(verdict: str) -> Report:
        found = (failure(),) if verdict in (DEVIATES, REJECTS, CRASHES, ACCEPTS_INVALID) else ()
        empty = 10 if verdict == VACUOUS else 0
        return report(law("conv.definition", verdict, failures=found, empty=empty))

    return tuple(c for c in difference(one(old), one(new)).changes if c.subject != "cases")


# What is better, what is worse ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        (CONFORMS, DEVIATES, WORSE), (DEVIATES, CONFORMS, BETTER),
        (DEVIATES, CRASHES, WORSE), (CRASHES, DEVIATES, BETTER),
        (CONFORMS, UNSUPPORTED, WORSE), (UNSUPPORTED, CONFORMS, BETTER),
        (CONFORMS, VACUOUS, WORSE), (UNSUPPORTED, DEVIATES, WORSE),
        (DEVIATES, KNOWN, OTHER), (DEVIATES, UNSUPPORTED, OTHER), (ERROR, VACUOUS, OTHER),
        (KNOWN, DEVIATES, WORSE), (KNOWN, FIXED, BETTER), (FIXED, CONFORMS, BETTER),
        (CONFORMS, ERROR, WORSE), (ERROR, CONFORMS, BETTER), (VACUOUS, UNSUPPORTED, OTHER),
        (DEVIATES, REJECTS, OTHER),
    ],
)  # fmt: skip
def test_which_way_a_verdict_changed(old: str, new: str, way: str) -> None:
    first, *rest = verdicts(old, new)
    assert first.way == way or any(change.way == way for change in rest)
    assert any(f"{old} → {new}" in change.what for change in (first, *rest))


def test_the_same_run_is_no_change() -> None:
    events = (deviating("conv.definition"), law("conv.stride"), *LATER)
    found = difference(report(*events), report(*events))
    assert found.changes == ()
    assert found.notes == ()
    assert not found.worse


def test_failures_are_told_apart_by_operation_kind_and_case() -> None:
    old = report(law("pool.size", DEVIATES, op="max_pool", failures=(
        failure(kind="value"), failure(kind="shape", case="gone"),
    )))  # fmt: skip
    new = report(law("pool.size", DEVIATES, op="max_pool", failures=(
        failure(kind="value", case="another"), failure(kind="nan", case="new"),
    )))  # fmt: skip
    found = difference(old, new)
    assert [(c.way, c.what.partition(":")[0], c.case) for c in found.changes] == [
        (WORSE, "new failure (max_pool, nan)", "new"),
        (BETTER, "failure gone (max_pool, shape)", "gone"),
        (OTHER, "another smallest case (max_pool, value)", "another"),
    ]


def test_clauses_entries_precision_and_cases() -> None:
    known = next(event for event in LATER if isinstance(event, KnownChecked))
    old = report(law("conv.gone"), law("conv.kept", cases=20), *LATER)
    new = report(
        law("conv.kept", cases=10), deviating("conv.new"), law("conv.also-new"),
        replace(known, verdict="fixed"), replace(known, entry="more", excused=0.5),
        replace(LATER[2], text="TF32 in, float32 accumulate"),
    )  # fmt: skip
    found = difference(old, new)
    assert {(c.way, c.subject, c.what) for c in found.changes} == {
        (WORSE, "conv.new", "not in the old run, and deviates: 2 of 2 cells differ"),
        (BETTER, "known ceil", "witness known → fixed"),
        (OTHER, "conv.also-new", "not in the old run: conforms"),
        (OTHER, "conv.gone", "not in the new run; was: conforms"),
        (OTHER, "known more", "newly excused: avg_pool.definition where ceil_mode (50.00%)"),
        (
            OTHER, "precision conv float32",
            "float32 in and out → TF32 in, float32 accumulate",
        ),
    }  # fmt: skip
    fewer = difference(report(law("conv.a", cases=20)), report(law("conv.a", cases=10)))
    assert fewer.changes == (Change(OTHER, "cases", "20 → 10"),)


def test_what_makes_runs_less_comparable_is_said() -> None:
    found = difference(
        report(law("conv.a")), report(law("conv.a"), version="2.14", profile="full", finished=False)
    )
    assert found.notes == (
        "version: 2.13.0 → 2.14", "profile: quick → full", "the new run was cut short",
    )  # fmt: skip


def test_adapters_are_paired_by_name() -> None:
    one, two = report(law("conv.a")), report(law("conv.a"), adapter="numpy")
    found, alone = pairs([one, two], [two, report(law("conv.a"), adapter="new")])
    assert [(d.old.head.adapter, d.new.head.adapter) for d in found] == [("numpy", "numpy")]
    assert alone == ["new: not in the old runs", "torch: not in the new runs"]
    assert len(pairs([one], [two])[0]) == 1, "two single runs are compared whatever they are of"


# The command --------------------------------------------------------------------------------------


def test_a_diff_fits_80_columns_and_its_exit_code_says_whether_it_got_worse(
    tmp_path: Path,
) -> None:
    old = save(tmp_path / "old.jsonl", run(law("conv.definition"), deviating("conv.stride")))
    new = save(
        tmp_path / "new.jsonl",
        run(deviating("conv.definition", message=HOSTILE), law("conv.stride")),
    )
    out = tmp_path / "out"
    result = invoke("report", old, new, "--diff", "--report", "md,json", "--out", out)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines if CASE not in line)
    assert "\x1b" not in result.stdout
    assert lines.index("For the worse (1)") < lines.index("For the better (1)")
    assert f"    {CASE}" in lines
    document = json.loads((out / "diff.json").read_text())
    assert document["worse"] is True
    assert document["runs"][0]["worse"][0]["subject"] == "conv.definition"
    text = (out / "diff.md").read_text()
    assert text.startswith("## ✗ torch 2.13.0 → torch 2.13.0\n")
    assert "<script" not in text
    assert f"| `conv.stride` | deviates → conforms | `{CASE}` |" not in text
    assert invoke("report", old, old, "--diff").exit_code == 0
    assert "nothing changed" in invoke("report", old, old, "--diff").stdout
    assert invoke("report", new, old, "--diff").exit_code == 1, "stride deviates in the old one"


def test_json_reports_are_read_as_well_as_events(tmp_path: Path) -> None:
    made = report(deviating("conv.definition"), *LATER)
    made.write_json(tmp_path / "torch.json")
    save(tmp_path / "torch.jsonl", run(deviating("conv.definition"), *LATER))
    one, two = (invoke("report", tmp_path / f"torch.{end}") for end in ("json", "jsonl"))
    assert one.exit_code == two.exit_code == 0
    assert one.stdout == two.stdout
    result = invoke("report", tmp_path / "torch.json", tmp_path / "torch.jsonl", "--diff")
    assert (result.exit_code, "nothing changed" in result.stdout) == (0, True)


def test_a_folder_stands_for_its_runs_side_by_side(tmp_path: Path) -> None:
    save(tmp_path / "torch.events.jsonl", run(deviating("conv.definition"), law("conv.stride")))
    report(law("conv.definition", UNSUPPORTED)).write_json(tmp_path / "torch.json")
    report(law("conv.stride"), law("pad.definition"), adapter="numpy").write_json(
        tmp_path / "numpy.json"
    )
    result = invoke("report", tmp_path, "--report", "md", "--out", tmp_path / "made")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "",
        " 1  numpy 2.13.0 · quick: 2 conforms, 0 unsupported",
        " 2  torch 2.13.0 · quick: 1 conforms, 1 deviates, 0 unsupported",
        "",
        "                      1   2",
        "  conv.definition         ✗",
        "  2 clauses more, to which every run conforms that claims them",
    ]
    assert "| clause | numpy 2\\.13" not in (tmp_path / "made" / "summary.md").read_text()
    assert "| `conv.definition` |  | ✗ deviates |" in (tmp_path / "made" / "summary.md").read_text()


def test_many_runs_of_many_clauses_fit_80_columns(tmp_path: Path) -> None:
    slugs = [f"max_pool.a-clause-with-quite-a-long-name-as-some-have-{i}" for i in range(60)]
    for i in range(30):
        save(
            tmp_path / f"{i:02}.events.jsonl",
            run(*(deviating(slug) if j % 7 == i % 7 else law(slug) for j, slug in enumerate(slugs)),
                adapter=f"an-adapter-{i}", version="1.2.3.dev20260101+gabcdef" * 3),
        )  # fmt: skip
    for words in ([], ["-v"]):
        shown = invoke("report", tmp_path, *words).stdout
        assert max(map(len, shown.splitlines())) <= 80
        assert not [line for line in shown.splitlines() if line != line.rstrip()]
        assert "30  an-adapter-29" in shown
    assert "… 20 more clauses; -v shows all" in invoke("report", tmp_path).stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file"),
        (b"", "is empty: no run in it"),
        (b"\x89PNG\r\n\x1a\n\x00", "its first line is no event"),
        (b"conv x=1x1x3:float32:ramp@0\n", "its first line is no event"),
        (b"{}", "not a report of convspec check"),
        (b'{"kind": "run-started"}\n', "not an event of convspec"),
        (b"[1, 2]", "not a report of convspec check"),
        (b'{"a": 1,\n "b": 2}\n', "not a report of convspec check"),
        (b'{\n "schema": 1,\n "clauses": {}\n}\n', "report schema 1: this version reads 2"),
        (b'{\n "schema": 2,\n "clauses": {}\n}\n', "damaged report"),
        (b'{\n "schema": 2,\n "clauses": {\n', "is damaged, or was not written to its end"),
        (b'{"schema": 1, "kind": "run-started"}\n', "event schema 1: this version reads 2"),
        (b'{"schema": 7, "kind": "run-started"}\n', "event schema 7: this version reads 2"),
    ],
)
def test_what_is_no_run_is_said_in_one_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "a file"
    if content is not None:
        path.write_bytes(content)
    for words in ([path], [path, path, "--diff"]):
        result = invoke("report", *words)
        assert result.exit_code == 2
        assert said in result.stderr
        assert result.stderr.startswith("convspec: ")
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing argument"),
        (["."], "no saved run is in ."),
        ([".", "--diff"], "--diff compares two"),
        (["run", "--report", "pdf"], "no format 'pdf'; known: html json junit md github"),
        (["run", "run", "--diff", "--report", "junit"], "no format 'junit'; known: json md"),
        (["run", "--report", "md", "--out", "run"], "cannot write to"),
    ],
)
def test_bad_use_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "run", run(law("conv.definition")))
    result = invoke("report", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_damaged_json_report_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "torch.json"
    report(deviating("conv.definition"), *LATER).write_json(path)
    document: dict[str, Any] = json.loads(path.read_text())
    spoilt = []
    for name in document:
        spoilt += [{k: v for k, v in document.items() if k != name}, {**document, name: None}]
    spoilt.append({**document, "clauses": {"conv.definition": {"verdict": "fine"}}})
    spoilt.append({**document, "known": document["fingerprints"]})
    for other in spoilt:
        path.write_text(json.dumps(other, indent=1))
        result = invoke("report", path)
        assert result.exit_code in (0, 2)
        assert result.exit_code == 0 or result.stderr.count("\n") == 1
        assert "fault of convspec" not in result.stderr


def test_replay_takes_the_failing_cases_of_a_file_of_events(tmp_path: Path) -> None:
    from convspec.choices import read_cases

    path = save(tmp_path / "torch.events.jsonl", run(deviating("conv.definition"), law("conv.a")))
    path.write_bytes(path.read_bytes()[:-20])
    assert read_cases(str(path)) == [CASE]

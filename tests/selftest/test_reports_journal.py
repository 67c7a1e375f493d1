"""Events on disk: strict JSON, read back as they were, whatever cut the run short."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from played import CASE, HOSTILE, LATER, deviating, failure, head, law, run

from convspec.cli import cli
from convspec.events import (
    CRASHES,
    DEVIATES,
    SCHEMA,
    Event,
    LawFinished,
    RunFinished,
    RunStarted,
    from_json,
    to_json,
)
from convspec.journal import BrokenFile, Journal, difference, read
from convspec.report import Report

EVENTS: list[Event] = [
    head(observed={"max_pool.nan": {"choice": None, "got": ["NaN", "nan"]}}),
    law("conv.output-size", rank=None, note="NaN"),
    law("conv.definition", DEVIATES, empty=3, failures=(
        failure(
            expected=[[math.inf, -math.inf, 1.0, 2]], got=[[math.nan, 0.1, -0.0, 10**20]],
            tensors={"x": [], "w": [[math.nan]]}, worst=None, message="Infinity", details=HOSTILE,
        ),
        failure(kind="crash", verdict=CRASHES, message=HOSTILE, repeats=False),
    )),
    *LATER,
    RunFinished(12.5, interrupted=True),
]  # fmt: skip


def written(path: Path, events: list[Event]) -> Path:
    with Journal(path) as journal:
        for event in events:
            journal(event)
    assert not journal.problem
    return path


def same(a: Event, b: Event) -> bool:
    # NaN is not equal to itself, but is written like itself.
    return type(a) is type(b) and repr(a) == repr(b)


def test_every_event_is_one_line_of_strict_json_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "torch.events.jsonl", EVENTS)
    lines = path.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == len(EVENTS) == len(path.read_text("ascii").splitlines())

    def refuse(word: str) -> object:
        raise AssertionError(f"{word} is not JSON")

    for line, event in zip(lines, EVENTS, strict=True):
        document = json.loads(line, parse_constant=refuse)
        assert document["schema"] == SCHEMA
        assert same(from_json(document), event)
    saved = read(path)
    assert all(map(same, saved.events, EVENTS))
    assert saved.cut, "it was interrupted"
    assert not read(written(tmp_path / "whole.jsonl", run(law("conv.definition")))).cut


def test_each_line_is_on_disk_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "torch.events.jsonl"
    with Journal(path) as journal:
        for number, event in enumerate(EVENTS, 1):
            journal(event)
            assert path.read_bytes().count(b"\n") == number


@pytest.mark.parametrize("torn", [1, 30, 120])
def test_a_torn_last_line_is_no_matter(tmp_path: Path, torn: int) -> None:
    path = written(tmp_path / "torch.events.jsonl", EVENTS[:-1])
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    saved = read(path)
    assert len(saved.events) == len(EVENTS) - 2
    assert saved.cut
    assert whole.startswith(path.read_bytes()[: saved.whole])
    path.write_bytes(whole + b"\0" * 512)
    assert len(read(path).events) == len(EVENTS) - 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: [], "is empty: no run in it"),
        (lambda lines: ["hello\n", *lines], "its first line is no event"),
        (lambda lines: ["{}\n"], "not an event of convspec"),
        (lambda lines: lines[1:], "line 1: the head of the run is missing"),
        (lambda lines: lines * 2, "a second run begins"),
        (lambda lines: [*lines[:2], "{nonsense\n", *lines[2:]], "line 3 is damaged"),
        (lambda lines: [lines[0].replace(f'"schema":{SCHEMA}', '"schema":1')], "schema 1"),
        (lambda lines: [lines[0].replace(f'"schema":{SCHEMA}', '"schema":9')], "schema 9"),
        (lambda lines: [lines[0].replace('"seed"', '"sead"')], "damaged event 'run-started'"),
        (lambda lines: [lines[0], lines[1].replace('"cases":10', '"cases":"x"')], "law-finished"),
        (lambda lines: [lines[0], lines[1].replace('"conforms"', '"fine"')], "verdict 'fine'"),
        (lambda lines: [lines[0], lines[1].replace("law-finished", "tea")], "kind 'tea'"),
    ],
)
def test_what_is_no_run_is_said_in_one_line(tmp_path: Path, spoil: Any, said: str) -> None:
    path = written(tmp_path / "torch.events.jsonl", EVENTS)
    path.write_text("".join(spoil(path.read_text().splitlines(keepends=True))))
    with pytest.raises(BrokenFile, match=str(path)) as raised:
        read(path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_once_and_costs_the_events_alone(tmp_path: Path) -> None:
    (tmp_path / "torch.events.jsonl").symlink_to("/dev/full")
    with Journal(tmp_path / "torch.events.jsonl") as journal:
        for event in EVENTS:
            journal(event)
    assert "No space left on device" in journal.problem


class Filling:
    """A disk with room for so many bytes, which takes what still fits of a line."""

    def __init__(self, room: int) -> None:
        self.kept = b""
        self._room = room

    def write(self, data: bytes) -> int:
        if not self._room:
            raise OSError(28, "No space left on device")
        part = bytes(data[: min(self._room, 100)])
        self.kept, self._room = self.kept + part, self._room - len(part)
        return len(part)

    def close(self) -> None:
        pass


def test_a_disk_that_fills_up_leaves_a_run_that_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "torch.events.jsonl"
    disk = Filling(2000)
    journal = Journal(path)
    monkeypatch.setattr(journal, "_open", lambda: disk)
    with journal:
        for event in EVENTS:
            journal(event)
    assert "No space left" in journal.problem
    path.write_bytes(disk.kept)
    saved = read(path)
    assert saved.cut
    assert 1 <= len(saved.events) < len(EVENTS)
    assert all(map(same, saved.events, EVENTS))


def test_why_a_run_cannot_go_on_from_another() -> None:
    assert difference(head(), head()) == ""
    assert difference(head(), head(claims={"dialect": {"a": "b"}})) == (
        "the adapter's claims are others now"
    )
    assert difference(head(), head(version="2.12")) == "its version is 2.13.0, this one's 2.12"
    assert difference(head(), head(seed=1)) == "its seed is 0, this one's 1"
    assert "items of laws" in difference(head(), head(laws=5))
    assert "ops ['conv']" in difference(head(), head(asked={"ops": ["conv"]}))


# The command -------------------------------------------------------------------------------

PART = ("--profile", "smoke", "--op", "global_max_pool", "--op", "softmax", "-j", "1")


def invoke(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli, list(map(str, words)))


def without_times(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    del document["timing"]
    return document


def test_a_run_that_was_cut_short_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert invoke("check", "numpy", *PART, "--out", whole).exit_code == 0
    events = whole / "numpy.events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    cut.mkdir()
    there = cut / "numpy.events.jsonl"
    there.write_bytes(b"".join(lines[:20]) + lines[20][:33])

    result = invoke("check", "--resume", there, "-j", "1", "--report", "json")
    assert result.exit_code == 0, result.output
    assert without_times(cut / "numpy.json") == without_times(whole / "numpy.json")
    now = there.read_bytes().splitlines(keepends=True)
    assert now[:20] == lines[:20], "what was run is not run again"
    assert len(now) == len(lines)
    keys = [(e.law, e.op, e.rank) for e in read(there).events if isinstance(e, LawFinished)]
    assert len(set(keys)) == len(keys)
    assert not read(there).cut

    result = invoke("check", "--resume", cut)
    assert result.exit_code == 2
    assert "nothing is left to run" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile", "full"], "--profile was smoke in"),
        (["--op", "conv"], "--op was global_max_pool softmax in"),
        (["torch"], "no run of torch is in"),
    ],
)
def test_a_run_goes_on_as_it_began_or_not_at_all(
    tmp_path: Path, words: list[str], said: str
) -> None:
    began = head(
        adapter="numpy", profile="smoke",
        asked={"adapter": "numpy", "ops": ["global_max_pool", "softmax"], "clauses": []},
    )  # fmt: skip
    path = written(tmp_path / "numpy.events.jsonl", [began])
    before = path.read_bytes()
    result = invoke("check", *words, "--resume", path)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    # Another version of the library is found only once it is opened.
    result = invoke("check", "--resume", path)
    assert result.exit_code == 2
    assert "this is no part of the run on file: its version is 2.13.0" in " ".join(
        result.stderr.split()
    )
    assert result.stdout == ""
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"hello", b'{"schema": 1}\n'])
def test_what_cannot_be_gone_on_from_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.events.jsonl"
    path.write_bytes(content)
    for where in (path, tmp_path, tmp_path / "nowhere"):
        result = invoke("check", "--resume", where)
        assert result.exit_code == 2
        assert result.stderr.startswith("convspec: --resume: ")
        assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_does_not_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "numpy.events.jsonl").symlink_to("/dev/full")
    result = invoke("check", "numpy", "--profile", "smoke", "--op", "softmax", "-j", "1",
                    "--out", tmp_path)  # fmt: skip
    assert result.exit_code == 2
    assert result.stderr.count("No space left on device") == 1
    assert "softmax  " in result.stdout
    assert json.loads((tmp_path / "numpy.json").read_text())["exit_code"] == 0


SLOW = """
import time
import numpy as np


def relu(x):
    time.sleep(0.02)
    return np.maximum(x, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_or_interrupted_keeps_what_it_found(
    tmp_path: Path, how: signal.Signals
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    events = tmp_path / "out" / "slow.events.jsonl"
    words = [sys.executable, "-m", "convspec", "check", "slow.py", "-j", "1", "--report",
             "json,junit,md", "--out", "out", "--profile", "smoke"]  # fmt: skip
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "COLUMNS": "80"},
    ) as process:  # fmt: skip
        until = time.monotonic() + 120
        while not events.exists() or events.read_bytes().count(b"\n") < 4:
            assert time.monotonic() < until
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
        process.send_signal(how)
        shown, _ = process.communicate(timeout=60)
    saved = read(events)
    assert saved.cut
    assert isinstance(saved.events[0], RunStarted)
    assert len(saved.events) >= 3
    again = invoke("report", events)
    assert again.exit_code == 0
    assert "interrupted" in again.stdout
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "interrupted" in shown
        document = json.loads((tmp_path / "out" / "slow.json").read_text())
        assert document["interrupted"] is True
        assert document["clauses"]
        assert "the run was cut short" in (tmp_path / "out" / "junit.xml").read_text()
        assert "cut short" in (tmp_path / "out" / "summary.md").read_text()


def test_what_is_found_out_twice_counts_once() -> None:
    once = Report.from_events(run(deviating("conv.definition"), *LATER))
    twice = Report.from_events(run(deviating("conv.definition"), *LATER, *LATER))
    assert once == twice
    assert once.explained[0].case == CASE
    assert to_json(once.fingerprints[0])["measures"]["worst"] == "Infinity"

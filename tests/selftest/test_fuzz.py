"""Fuzzing: what it finds is kept, tried first next time, and told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convspec.events import FAILING, Covered, LawFinished, from_json, to_json
from convspec.fuzzing.corpus import Kept, folder_of, keep, kept
from convspec.fuzzing.run import run
from convspec.report import Report
from convspec.spec.case import Case, CaseError

BROKEN = """
from convspec import reference

claims = {"all": {"ranks": [1], "dtypes": ["float32"]}}

def global_sum_pool(x):
    return reference.global_sum_pool(x) + (x.shape[2] == 3)
"""

MENDED = BROKEN.replace(" + (x.shape[2] == 3)", "")


def adapter(folder: Path, text: str) -> str:
    file = folder / "pools.py"
    file.write_text(text)
    return str(file)


def test_what_is_found_is_kept_and_comes_first_next_time(tmp_path: Path) -> None:
    name, corpus = adapter(tmp_path, BROKEN), tmp_path / "found"
    asked = {"seed": 1, "jobs": 1, "clauses": ["*.definition"], "corpus": corpus}
    events, tally = run(name, 1.5, **asked)  # type: ignore[arg-type]
    assert Report.from_events(events).exit_code == 1
    assert tally.new and not tally.replayed and tally.cases > 20
    files = list(kept(folder_of(name, corpus)))
    assert [one.path for one in files] == sorted(tally.new)
    (one,) = [one for one in files if one.law == "definition"]
    assert one.case["x"].shape == (1, 1, 3)

    # No time to draw anything: the file alone fails the run.
    events, tally = run(name, 0.01, **asked)  # type: ignore[arg-type]
    assert tally.again == [one.path for one in files] and not tally.new
    first = [event for event in events if isinstance(event, LawFinished)][: len(files)]
    assert all(event.verdict in FAILING for event in first)
    assert [event.failures[0].case for event in first] == [one.case.line for one in files]

    adapter(tmp_path, MENDED)
    events, tally = run(name, 0.5, **asked)  # type: ignore[arg-type]
    assert tally.mended == [one.path for one in files] and not tally.again and not tally.new
    assert Report.from_events(events).exit_code == 0


def test_what_was_drawn_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn's rows follow from a seed of its own, which the events tell; of the first ones."""
    name = adapter(tmp_path, MENDED)
    monkeypatch.setattr("convspec.fuzzing.run.COUNTED", 200)
    events, _ = run(name, 1.0, seed=1, jobs=1, clauses=["*.definition"], corpus=tmp_path)
    (law,) = [e for e in events if isinstance(e, LawFinished) and e.law == "definition"]
    (covered,) = [e for e in events if isinstance(e, Covered)]
    counted = sum(count for _, count in law.turns)
    assert len({seed for seed, _ in law.turns}) == len(law.turns) > 1
    assert 200 <= counted < law.drawn == law.cases
    told = [e for e in events if isinstance(e, LawFinished) and e.rank == 1]
    assert covered.cases == sum(count for e in told for _, count in e.turns)
    assert 20 < covered.configurations <= covered.cases
    assert from_json(json.loads(json.dumps(to_json(law)))) == law


def test_known_failures_are_neither_kept_nor_told(tmp_path: Path) -> None:
    name, corpus = adapter(tmp_path, BROKEN), tmp_path / "found"
    known = tmp_path / "known.toml"
    known.write_text(
        '[[known]]\nadapter = "*"\nclause = "global_sum_pool.*"\nverdict = "deviates"\n'
        'when = "size[0] == 3"\nreason = "planted"\n'
        'witness = "global_sum_pool x=1x1x3:float32:ones@0"\n'
    )
    _, tally = run(
        name, 1.0, seed=1, jobs=1, clauses=["*.definition"], corpus=corpus, known=[str(known)]
    )
    assert tally.cases > 20 and not tally.new
    assert not list(kept(folder_of(name, corpus)))


def test_a_file_of_the_corpus_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    folder = folder_of("numpy", tmp_path)
    path = keep(folder, "relu.definition", "definition", "relu x=1x1x1:float32:ones@0", "m\nn", 3)
    assert list(kept(folder)) == [
        Kept(path, Case.parse("relu x=1x1x1:float32:ones@0"), "definition")
    ]
    path.write_text("relu x=1x1x1:float32:ones@0\n")
    with pytest.raises(CaseError, match="expected one line '# law: NAME' and one case"):
        list(kept(folder))
    path.write_text("# law: definition\nrelu x=1x1\n")
    with pytest.raises(CaseError, match=str(path)):
        list(kept(folder))


def test_a_law_that_is_gone_is_told_and_left_out(tmp_path: Path) -> None:
    name = adapter(tmp_path, MENDED)
    folder = folder_of(name, tmp_path)
    line = "global_sum_pool x=1x1x1:float32:ones@0"
    keep(folder, "global_sum_pool.gone", "no_such_law", line, "m", 3)
    _, tally = run(name, 0.2, seed=1, jobs=1, corpus=tmp_path)
    assert not tally.replayed
    assert any("left out" in note for note in tally.notes)


def test_two_processes_find_what_one_finds_and_keep_it_once(tmp_path: Path) -> None:
    name = adapter(tmp_path, BROKEN)
    run(name, 1.5, seed=1, jobs=2, clauses=["*.definition"], corpus=tmp_path / "found")
    found = [one for one in kept(folder_of(name, tmp_path / "found")) if one.law == "definition"]
    assert len(found) == 1


def test_the_command(tmp_path: Path) -> None:
    name = adapter(tmp_path, BROKEN)
    command = [
        sys.executable, "-m", "convspec", "fuzz", name, "--minutes", "0.02", "--clause",
        "*.definition", "--jobs", "1", "--seed", "5", "--corpus", str(tmp_path / "found"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert " kept in:" in done.stdout
    assert "--seed 5" in done.stdout
    files = list((tmp_path / "found").rglob("*.case"))
    assert files and all(str(file) in done.stdout for file in files)

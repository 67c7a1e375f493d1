"""The run: its events, its repeatability, and how little it minds where it is started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from liars import honest

from convspec import reference
from convspec.adapters.opening import AdapterError, UnknownAdapter, open_adapter
from convspec.afterwards import Run
from convspec.engine import NothingToRun, list_laws, run
from convspec.events import (
    CRASHES,
    Event,
    Explained,
    LawFinished,
    RunFinished,
    RunStarted,
    from_json,
    to_json,
)
from convspec.report import Report
from convspec.spec.case import Case, CaseError

WRONG = """
import numpy as np


def global_max_pool(x):
    y = x.max(axis=tuple(range(2, x.ndim)))
    return y + (y.shape[1] > 1 and x.shape[0] > 1)


def global_sum_pool(x):
    return x.sum(axis=tuple(range(2, x.ndim)), dtype=x.dtype)
"""

PART: dict[str, Any] = {
    "profile": "smoke",
    "ops": ["global_max_pool", "global_sum_pool"],
    "clauses": ["*.definition", "*.batch", "*.gradient"],
}


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "wrong.py"
    path.write_text(WRONG)
    return str(path)


def document(events: list[Event]) -> str:
    made = Report.from_events(events).to_json()
    del made["timing"]
    return json.dumps(made)


def test_events_come_in_order_and_as_they_happen() -> None:
    heard: list[Event] = []
    events = run("numpy", listener=heard.append, jobs=1, **PART)
    assert events == heard
    first, *between, last = events
    assert isinstance(first, RunStarted) and isinstance(last, RunFinished)
    laws = [e for e in between if isinstance(e, LawFinished)]
    assert between[: len(laws)] == laws  # what is found out about them follows
    assert len(laws) == first.laws >= 4
    assert {e.op for e in laws} == set(PART["ops"])
    assert all(e.cases >= 2 for e in laws if e.verdict == "conforms")
    assert [from_json(json.loads(json.dumps(to_json(e)))) for e in laws] == laws


def test_the_same_cases_whatever_the_processes(wrong: str) -> None:
    one, two = run(wrong, jobs=1, **PART), run(wrong, jobs=2, **PART)
    inside = run(open_adapter(wrong).target, **PART)
    assert document(one) == document(two)
    assert Report.from_events(one).exit_code == 1
    there, here = (json.loads(document(events)) for events in (one, inside))
    assert there["clauses"] == here["clauses"]


def test_another_seed_is_another_run(wrong: str) -> None:
    assert document(run(wrong, jobs=1, **PART)) != document(run(wrong, jobs=1, seed=1, **PART))


def test_a_part_is_as_in_the_whole(wrong: str) -> None:
    whole = json.loads(document(run(wrong, jobs=2, profile="smoke")))["clauses"]
    for narrowed in ({"clauses": ["global_max*.dtype"]}, {"clauses": ["*.definition", "*.batch"]}):
        part = json.loads(document(run(wrong, jobs=1, profile="smoke", **narrowed)))["clauses"]
        assert part and set(part) <= set(whole)
        assert all(whole[slug] == found for slug, found in part.items())


def test_nothing_to_run() -> None:
    with pytest.raises(NothingToRun, match="numpy: no law fits what was asked for"):
        run("numpy", ops=["relu"], clauses=["relu.rejects-invalid"], jobs=1)
    line = "max_pool_with_indices window=1 x=1x1x1:float32:ones@0"
    with pytest.raises(NothingToRun, match="lacks max_pool_with_indices"):
        run(honest.implementation(), case=line)
    line = "avg_pool window=1 stride=2 x=1x1x2x2:float32:ones@0 g=1x1x1x1:float32:ones@0"
    with pytest.raises(NothingToRun, match=r"no law fits this case: window .* 2 "):
        run("numpy", case=line)


def test_a_case_no_law_is_about() -> None:
    with pytest.raises(NothingToRun):
        run(honest.implementation(), case="relu x=1x1:float32:ones@0")


def test_what_cannot_be_opened_is_told_before_anything_runs(tmp_path: Path) -> None:
    heard: list[Event] = []
    with pytest.raises(UnknownAdapter):
        run("nunpy", listener=heard.append)
    with pytest.raises(CaseError):
        run("numpy", case="conv x", listener=heard.append)
    broken = tmp_path / "broken.py"
    broken.write_text("def global_sum_pool(x):\n    raise RuntimeError('no device')\n")
    with pytest.raises(AdapterError, match=r"smoke test.*no device"):
        run(str(broken), listener=heard.append)
    assert not heard


def test_replaying_a_failure_fails_again(wrong: str) -> None:
    (clause,) = Report.from_events(
        run(wrong, jobs=1, profile="smoke", clauses=["global_max_pool.definition"])
    ).failing
    case = clause.findings[0].failure.case
    replayed = Report.from_events(run(wrong, case=case))
    assert clause.slug in {c.slug for c in replayed.failing}
    harmless = "global_sum_pool x=1x1x1:float32:ones@0"
    assert Report.from_events(run(wrong, case=harmless)).exit_code == 0


def test_laws_are_listed() -> None:
    listed = list_laws()
    assert len({info.name for info in listed}) == len(listed) >= 25
    assert all(info.statement and len(info.clauses) == len(info.ops) for info in listed)


HOSTILE = {
    "conftest.py": "raise RuntimeError('a conftest of the user')\n",
    "pytest.ini": "[pytest]\naddopts = --nonexistent\n",
    "tox.ini": "[pytest]\naddopts = --nonexistent\n",
    "setup.cfg": "[tool:pytest]\naddopts = --nonexistent\n",
    "test_mine.py": "raise RuntimeError('a test of the user')\n",
    "convspec/notes.txt": "a folder of that name\n",
}


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from convspec.cli import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, **environment}, timeout=100,
    )  # fmt: skip


def test_a_hostile_folder_does_not_disturb(tmp_path: Path) -> None:
    for name, text in HOSTILE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    ran = command(
        "check", "numpy", "--profile", "smoke", "--clause", "global_sum_pool.d*",
        "--report", "json",
        cwd=tmp_path, PYTEST_ADDOPTS="--nonexistent", PYTEST_PLUGINS="no_such_plugin",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr + ran.stdout
    report = json.loads((tmp_path / "convspec-report" / "numpy.json").read_text())
    assert report["totals"]["cases"] >= 4 and report["exit_code"] == 0


def test_a_folder_of_our_name_next_to_the_module(tmp_path: Path) -> None:
    (tmp_path / "convspec").mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "convspec", "list", "adapters"], cwd=tmp_path,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert ran.returncode == 0 and "numpy" in ran.stdout, ran.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "wrong.py", "--profile", "smoke", "--clause", "global_max*.de*"), 1),
        (("check", "nunpy"), 2),
        (("check", "numpy", "--op", "cnov"), 2),
        (("check", "broken.py"), 3),
        (("check", "wrong.py", "--op", "conv_transpose"), 4),
        (("replay", "wrong.py", "global_sum_pool x=1x1x1:float32:ones@0"), 0),
        (("replay", "wrong.py", "global_max_pool x=2x2x1:float32:ones@0"), 1),
    ],
    ids=lambda value: value if isinstance(value, int) else "-".join(value[:2]),
)
def test_exit_codes(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "broken.py").write_text("def conv(\n")
    ran = subprocess.run(
        [sys.executable, "-m", "convspec", *arguments], cwd=tmp_path, capture_output=True,
        text=True, timeout=100,
    )  # fmt: skip
    assert ran.returncode == code, ran.stderr + ran.stdout
    if code in (2, 3, 4):
        heading, *_, line = ["", *ran.stderr.splitlines()]
        assert len(ran.stderr.splitlines()) <= 2, "a heading and what was wrong"
        assert line.startswith("convspec: ") and not heading


def test_a_kernel_that_dies_takes_nothing_with_it() -> None:
    class Deadly:
        def conv(self, x: Any, w: Any, b: Any = None, **given: Any) -> Any:
            if len(x) > 1:
                os.kill(os.getpid(), signal.SIGSEGV)
            return reference.conv(x, w, b, **given)

    events = run(Deadly(), profile="smoke", clauses=["conv.definition"], after=())
    laws = [event for event in events if isinstance(event, LawFinished) and event.cases]
    (law,) = [event for event in laws if event.law == "definition" and event.rank == 2]
    assert law.verdict == CRASHES
    assert law.failures[0].message == "the process died of SIGSEGV"
    assert Case.parse(law.failures[0].case)["x"].shape[0] == 2


def explain(done: Run) -> Iterator[Event]:
    """A stage that puts every failing case to its law once more, and one that obeys."""
    for event in done.events:
        for failure in event.failures if isinstance(event, LawFinished) else ():
            again = done.bench.broken(done.laws[event.law], Case.parse(failure.case))
            fine = Case.parse("global_max_pool x=1x1x1:float32:ones@0")
            assert done.bench.broken(done.laws["definition"], fine) is None
            looks_like = (again.message,) if again else ()
            yield Explained(event.law, event.op, event.rank, failure.case, looks_like=looks_like)


def test_stages_follow_the_laws(wrong: str) -> None:
    heard: list[Event] = []
    events = run(wrong, jobs=1, listener=heard.append, after=(explain, explain), **PART)
    assert events == heard
    failing = [e for e in events if isinstance(e, LawFinished) and e.failures]
    explained = [e for e in events if isinstance(e, Explained)]
    told = [(e.law, e.op, f.case, (f.message,)) for e in failing for f in e.failures]
    assert [(e.law, e.op, e.case, e.looks_like) for e in explained] == 2 * told != []
    assert events[-1 - len(explained) : -1] == explained
    assert isinstance(events[-1], RunFinished) and not events[-1].interrupted


def test_an_interrupted_stage_ends_the_run_with_what_there_is(wrong: str) -> None:
    def interrupted(done: Run) -> Iterator[Event]:
        yield from list(explain(done))[:1]
        raise KeyboardInterrupt

    events = run(wrong, jobs=1, after=(interrupted, explain), **PART)
    assert [type(e) for e in events[-2:]] == [Explained, RunFinished]
    assert isinstance(events[-1], RunFinished) and events[-1].interrupted

"""Isolation: whatever the child does, the parent hears of it and goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from lives import behave, children, said, served

from convspec import processes
from convspec.isolation import Isolated, OurError
from convspec.noise import innermost
from convspec.verdicts import Crashed, OutOfMemory, Raised, TimedOut, WrongValue

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def isolated() -> Iterator[Isolated[str]]:
    with served(behave) as box:
        yield box


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("segfault", "died of SIGSEGV"), ("abort", "died of SIGABRT"), ("kill", "died of SIGKILL"),
        ("exit", "exit code 3"), ("zero", "exit code 0"), ("leave", "exit code 5"),
    ],
)  # fmt: skip
def test_a_death_is_a_mismatch(isolated: Isolated[str], task: str, message: str) -> None:
    with pytest.raises(Crashed, match=message) as caught:
        isolated(task)
    assert caught.value.verdict == "crashes"
    isolated("fine")  # and the next one gets a new child


def test_the_stack_of_a_death_is_kept(isolated: Isolated[str]) -> None:
    with pytest.raises(Crashed) as caught:
        isolated("segfault")
    assert caught.value.details and "behave" in caught.value.details
    with pytest.raises(Crashed) as caught:
        isolated("exit")
    assert not caught.value.details, "the stack of an earlier death"


def test_waiting_for_a_processor_is_not_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that others leave no processor to is not late, however long it takes."""
    monkeypatch.setattr(processes, "starved", lambda pid: time.monotonic())
    with served(lambda task: time.sleep(1.0), 0.2) as box:
        assert box("slow") is None


def test_a_machine_that_stands_still_is_not_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where those who wait are not served either, what they wait for has not had that time."""
    poll = Connection.poll

    def poll_late(self: Connection, timeout: float | None = 0.0) -> bool:
        time.sleep(0.2)
        return poll(self, 0.0)

    with served(lambda task: time.sleep(0.6), 0.3) as box:
        monkeypatch.setattr(Connection, "poll", poll_late)
        assert box("slow") is None


@pytest.mark.parametrize("task", ["hang", "spin"])
def test_a_hang_is_ended(task: str) -> None:
    with served(behave, 0.2) as box:
        began = time.monotonic()
        with pytest.raises(TimedOut, match=r"no answer within 0\.2 s"):
            box(task)
        assert time.monotonic() - began < 10
        box("fine")


def test_answers_travel_back(isolated: Isolated[str]) -> None:
    with pytest.raises(WrongValue) as caught:
        isolated("wrong")
    mismatch = caught.value
    assert mismatch.message == "off" and mismatch.worst == (0, 0)
    assert mismatch.expected is not None and mismatch.expected.tolist() == [0, 1, 2]
    assert mismatch.got is not None and mismatch.got.shape == (3, 1)
    with pytest.raises(Raised) as raised:
        isolated("raised")
    assert raised.value.place == ("OverflowError", "k.py", 3)
    assert raised.value.details == "line\nline"
    assert raised.value.__cause__ is not None, "what Hypothesis tells failures apart by"


def test_large_answers_travel_back() -> None:
    def check(task: int) -> None:
        raise WrongValue("large", got=np.zeros(task))

    with served(check) as box, pytest.raises(WrongValue) as caught:
        box(3_000_000)
    assert caught.value.got is not None and caught.value.got.size == 3_000_000


def test_faults_of_ours_are_told_apart(isolated: Isolated[str]) -> None:
    with pytest.raises(OurError, match="ZeroDivisionError: in a law"):
        isolated("ours")
    isolated("fine")


def test_one_child_serves_all(isolated: Isolated[str]) -> None:
    isolated("fine")
    before = children()
    for i in range(50):
        isolated(f"fine {i}")
        assert said(isolated, f"wrong {i}") == "WrongValue"
    assert children() == before


def counting(log: Path) -> Callable[[str], None]:
    """`behave`, which first writes down what it is at: the file outlives the process."""

    def check(task: str) -> None:
        with log.open("a") as file:
            file.write(task + "\n")
        behave(task)

    return check


def test_tasks_sent_ahead_of_a_death_are_neither_lost_nor_repeated(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ends = {
        "segfault": "Crashed",
        "exit": "Crashed",
        "wrong": "WrongValue",
        "fine": "",
        "ours": "OurError",
    }
    words = [
        "fine",
        "wrong",
        "exit",
        "fine",
        "segfault",
        "segfault",
        "ours",
        "wrong",
        "exit",
        "fine",
    ]
    tasks = [f"{word} {i}" for i, word in enumerate(words * 3)]
    with served(counting(log)) as box:
        box.coming = lambda: tasks[1:]
        answers = [said(box, tasks[0])]
        box.coming = tuple
        answers += [said(box, task) for task in tasks[1:]]
    assert answers == [ends[task.split()[0]] for task in tasks]
    assert log.read_text().split("\n")[:-1] == tasks


def test_a_hang_among_tasks_sent_ahead(tmp_path: Path) -> None:
    log = tmp_path / "log"
    tasks = ["fine 1", "hang 2", "fine 3", "wrong 4"]
    with served(counting(log), 0.3) as box:
        box.coming = lambda: tasks[1:]
        assert [said(box, task) for task in tasks] == ["", "TimedOut", "", "WrongValue"]
    assert log.read_text().split() == " ".join(tasks).split()


def test_tasks_may_be_asked_for_out_of_turn() -> None:
    with served(behave) as box:
        box.coming = lambda: ["wrong 1", "fine 2", "ours 3"]
        assert said(box, "fine 0") == ""
        box.coming = tuple
        assert said(box, "fine elsewhere") == ""
        assert [said(box, t) for t in ("fine 2", "ours 3", "wrong 1")] == [
            "",
            "OurError",
            "WrongValue",
        ]


def test_the_same_task_again_is_run_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(counting(log)) as box:
        for _ in range(3):
            assert said(box, "wrong") == "WrongValue"
    assert log.read_text().split() == ["wrong"] * 3


def test_many_rows_ahead_do_not_jam_the_pipe() -> None:
    """Large tasks ahead against large answers: neither side may wait for the other for ever."""

    def check(task: tuple[int, ...]) -> None:
        raise WrongValue("large", got=np.zeros(40_000))

    tasks = [(i, *range(3000)) for i in range(24)]
    with served(check, 5.0) as box:
        box.coming = lambda: tasks[1:]
        assert {said(box, task) for task in tasks} == {"WrongValue"}


def test_noise_is_kept_from_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with served(behave) as box:
        box("shout")
        with pytest.raises(Crashed) as caught:
            box("shout and segfault")
        with pytest.raises(Crashed) as silent:
            box("segfault")
        box("shout a lot")
    heard = capfd.readouterr()
    assert heard.out == heard.err == ""
    assert caught.value.details and caught.value.details.endswith("it had printed:\nmurmur\ncry")
    assert silent.value.details and "cry" not in silent.value.details


def test_where_it_hangs_is_told() -> None:
    with served(behave, 0.2) as box, pytest.raises(TimedOut) as caught:
        box("spin")
    assert caught.value.details and "in behave" in caught.value.details


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the system does not tell what memory is used"
)


@pytest.mark.slow  # in a process that has run much else, freed memory hides what is taken
@needs_proc
def test_memory_past_the_limit_is_a_mismatch() -> None:
    with served(behave, memory=300) as box:
        for task, how in (
            ("allocate", "left no memory"), ("hoard", "ran out of the 300 MiB"),
            ("keep", "left no memory"), ("fine", ""),
        ):  # fmt: skip
            if not how:
                assert said(box, task) == how
                continue
            with pytest.raises(OutOfMemory, match=how) as caught:
                box(task)
            assert (caught.value.verdict, caught.value.kind) == ("crashes", "memory")
        with pytest.raises(Crashed, match="SIGSEGV"):
            box("segfault")  # which is nothing of the kind


@needs_proc
def test_a_leak_is_told_from_a_large_task() -> None:
    with served(behave, memory=300) as box:
        with pytest.raises(OutOfMemory) as caught:
            for _ in range(40):
                box("leak")
        assert caught.value.details and "cases before" in caught.value.details
        box("leak")  # is no longer held against it


def test_a_garbled_answer_is_a_mismatch(isolated: Isolated[str]) -> None:
    with pytest.raises(Crashed):
        isolated("garble")
    isolated("fine")


def test_a_closed_connection_is_a_mismatch(isolated: Isolated[str]) -> None:
    with pytest.raises(Crashed, match="closed its connection"):
        isolated("close")
    isolated("fine")


def test_a_slow_machine_is_no_hang() -> None:
    """Where others have hung, the limit is short; it is not what a finding rests on."""
    with served(behave, 1.5) as box:
        box("fine")
        with pytest.raises(TimedOut) as first:
            box("hang")
        assert not first.value.hurried
        with pytest.raises(TimedOut, match=r"0\.5 s") as second:
            box("doze")
        assert second.value.hurried
        box.again("doze")


DUMP = """\
Fatal Python error: Segmentation fault

Thread 0x00007f1 (most recent call first):
  File "/usr/lib/python3/threading.py", line 1 in wait

Current thread 0x00007f2 (most recent call first):
  File "/home/me/kernels.py", line 3 in conv
  File "/x/convspec/answers.py", line 20 in call
  File "/x/convspec/trial.py", line 68 in results

Current thread's C stack trace (most recent call first):
  Binary file "/home/me/kernels.so", at conv2d+0x1f [0x7f01]
  Binary file "/usr/bin/python3" [0x55d]

Extension modules: numpy._core (total: 1)
"""


def test_the_innermost_part_of_a_stack() -> None:
    assert innermost(DUMP).splitlines() == [
        "Fatal Python error: Segmentation fault",
        "",
        "Current thread 0x00007f2 (most recent call first):",
        '  File "/home/me/kernels.py", line 3 in conv',
        "Current thread's C stack trace (most recent call first):",
        '  Binary file "/home/me/kernels.so", at conv2d+0x1f [0x7f01]',
        '  Binary file "/usr/bin/python3" [0x55d]',
    ]

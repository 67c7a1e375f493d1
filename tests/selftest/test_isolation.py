"""Isolation: whatever the child does, the parent hears of it and goes on."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convspec.isolation import Isolated, OurError
from convspec.verdicts import Crashed, Mismatch, Raised, TimedOut, WrongValue

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

LIMIT = 10.0


def children() -> set[int]:
    """Our own children that still run (or wait to be reaped)."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        found |= set(map(int, (task / "children").read_text().split()))
    return found


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process ends in time; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def behave(task: str) -> None:
    """What the child does, by name."""
    word = task.split()[0]
    if word == "segfault":
        ctypes.string_at(0)
    elif word == "abort":
        os.abort()
    elif word == "exit":
        os._exit(3)
    elif word == "zero":
        os._exit(0)
    elif word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "hang":
        time.sleep(1000)
    elif word == "spin":
        while True:
            pass
    elif word == "wrong":
        raise WrongValue("off", expected=np.arange(3), got=np.ones((3, 1)), worst=(0, 0))
    elif word == "raised":
        raise Raised(
            "raised OverflowError", details="line\nline", place=("OverflowError", "k.py", 3)
        )
    elif word == "ours":
        raise ZeroDivisionError("in a law")
    elif word == "leave":
        raise SystemExit(5)
    elif word == "interrupt":
        raise KeyboardInterrupt


@pytest.fixture
def isolated() -> Iterator[Isolated[str]]:
    with Isolated(behave, LIMIT) as box:
        yield box


def said(box: Isolated[Any], task: Any) -> str:
    """The class of what a task ends in, "" for nothing."""
    try:
        box(task)
    except (Mismatch, OurError) as error:
        return type(error).__name__
    return ""


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


@pytest.mark.parametrize("task", ["hang", "spin"])
def test_a_hang_is_ended(task: str) -> None:
    with Isolated(behave, 0.2) as box:
        began = time.monotonic()
        with pytest.raises(TimedOut, match=r"no answer within 0\.2 s"):
            box(task)
        assert time.monotonic() - began < 3
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

    with Isolated(check, LIMIT) as box, pytest.raises(WrongValue) as caught:
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
    with Isolated(counting(log), LIMIT) as box:
        box.coming = lambda: tasks[1:]
        answers = [said(box, tasks[0])]
        box.coming = tuple
        answers += [said(box, task) for task in tasks[1:]]
    assert answers == [ends[task.split()[0]] for task in tasks]
    assert log.read_text().split("\n")[:-1] == tasks


def test_a_hang_among_tasks_sent_ahead(tmp_path: Path) -> None:
    log = tmp_path / "log"
    tasks = ["fine 1", "hang 2", "fine 3", "wrong 4"]
    with Isolated(counting(log), 0.3) as box:
        box.coming = lambda: tasks[1:]
        assert [said(box, task) for task in tasks] == ["", "TimedOut", "", "WrongValue"]
    assert log.read_text().split() == " ".join(tasks).split()


def test_tasks_may_be_asked_for_out_of_turn() -> None:
    with Isolated(behave, LIMIT) as box:
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
    with Isolated(counting(log), LIMIT) as box:
        for _ in range(3):
            assert said(box, "wrong") == "WrongValue"
    assert log.read_text().split() == ["wrong"] * 3


def test_many_rows_ahead_do_not_jam_the_pipe() -> None:
    """Large tasks ahead against large answers: neither side may wait for the other for ever."""

    def check(task: tuple[int, ...]) -> None:
        raise WrongValue("large", got=np.zeros(40_000))

    tasks = [(i, *range(3000)) for i in range(24)]
    with Isolated(check, 5.0) as box:
        box.coming = lambda: tasks[1:]
        assert {said(box, task) for task in tasks} == {"WrongValue"}


def test_no_child_is_left_behind() -> None:
    before = children()
    with Isolated(behave, 0.2) as box:
        for task in ("fine", "segfault", "fine", "hang", "fine"):
            said(box, task)
        assert len(children() - before) == 1
    assert children() == before
    box = Isolated(behave, LIMIT)
    box.close()
    assert children() == before


PARENT = """
import os, sys, time
from convspec.isolation import Isolated

def check(task):
    if task == "tell":
        print(os.getpid(), flush=True)
    else:
        time.sleep(60)

box = Isolated(check, 60)
box("tell")
print("told", flush=True)
{then}
"""


def start(then: str) -> subprocess.Popen[str]:
    code = textwrap.dedent(PARENT.format(then=then))
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(
    "then", ["time.sleep(60)", "os.kill(os.getpid(), 9)", "os._exit(0)", "sys.exit()"]
)
def test_the_child_ends_with_its_parent(then: str) -> None:
    with start(then) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "told\n"
        if "sleep" in then:
            parent.kill()
        parent.wait(10)
        assert gone(child)


def test_interrupting_the_parent_ends_the_child() -> None:
    with start("box('sleep')") as parent:
        assert parent.stdout is not None and parent.stderr is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "told\n"
        time.sleep(0.3)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(10) != 0
        assert "KeyboardInterrupt" in parent.stderr.read()
        assert gone(child)


def test_the_child_ignores_the_terminals_interrupt(isolated: Isolated[str]) -> None:
    before = children()
    isolated("fine")
    (child,) = children() - before
    os.kill(child, signal.SIGINT)
    isolated("fine again")
    assert child in children()

"""The processes of isolation: what is begun ends, and what dies costs one task."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lives import LIMIT, behave, children, gone, said, served

from convspec.holding import Made
from convspec.isolation import Isolated, Limits
from convspec.verdicts import Crashed
from convspec.zygote import NotOpened, Zygote

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def isolated() -> Iterator[Isolated[str]]:
    with served(behave) as box:
        yield box


def test_no_child_is_left_behind() -> None:
    before = children()
    with served(behave, 0.2) as box:
        for task in ("fine", "segfault", "fine", "hang", "fine"):
            said(box, task)
        assert len(children() - before) == 2, "the zygote and one life"
    assert children() == before
    with served(behave):
        pass
    assert children() == before


PARENT = """
import os, sys, time
from convspec.holding import Made
from convspec.isolation import Isolated, Limits
from convspec.zygote import Zygote

def check(task):
    if task == "tell":
        return os.getpid(), os.getppid()
    elif task == "spin":
        while True:
            pass

box = Isolated(Zygote(lambda: Made(None, check)), Limits(60))
print(*box("tell"), flush=True)
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
@pytest.mark.parametrize("at", ["rest", "spin"])
def test_all_ends_with_the_parent(then: str, at: str) -> None:
    ahead = "box._send(['spin']); time.sleep(0.2); " if at == "spin" else ""
    with start(ahead + then) as parent:
        assert parent.stdout is not None
        life, zygote = map(int, parent.stdout.readline().split())
        if "sleep(60)" in then:
            time.sleep(0.3)
            parent.kill()
        parent.wait(10)
        assert gone(life) and gone(zygote)


def test_interrupting_the_parent_ends_all() -> None:
    with start("box('spin')") as parent:
        assert parent.stdout is not None and parent.stderr is not None
        life, zygote = map(int, parent.stdout.readline().split())
        time.sleep(0.3)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(10) != 0
        assert "KeyboardInterrupt" in parent.stderr.read()
        assert gone(life) and gone(zygote)


def test_only_the_parent_minds_the_terminals_interrupt(isolated: Isolated[str]) -> None:
    before = children()
    isolated("fine")
    begun = children() - before
    for child in begun:
        os.kill(child, signal.SIGINT)
    isolated("fine again")
    assert begun <= children()


def test_a_killed_life_or_zygote_costs_one_task(isolated: Isolated[str]) -> None:
    before = children()
    assert len(children() - before) == 0
    isolated("fine")
    life, zygote = isolated("who")
    for victim in (life, zygote):
        os.kill(victim, signal.SIGKILL)
        assert gone(victim) and gone(life)  # a life does not outlive its zygote
        with pytest.raises(Crashed, match="died of SIGKILL"):
            isolated("fine")
        isolated("fine")
        life, zygote = isolated("who")
    assert children() - before == {life, zygote}


def test_what_a_life_starts_ends_with_it() -> None:
    with served(behave, 0.5) as box:
        started = box("start")
        assert said(box, "hang") == "TimedOut"
        assert gone(started)


@pytest.mark.parametrize("fork", [True, False])
def test_a_library_that_does_not_fork_is_loaded_anew(tmp_path: Path, fork: bool) -> None:
    log = tmp_path / "log"

    def make() -> Made[str]:
        with log.open("a") as file:
            file.write(f"{os.getpid()}\n")
        return Made("described", behave, fork)

    with Zygote(make) as zygote, Isolated[str](zygote, Limits(LIMIT)) as box:
        assert zygote.description == "described"
        first, parent = box("who")
        assert (first == int(log.read_text())) != fork
        assert (parent == os.getpid()) != fork
        for task in ("segfault", "fine", "exit", "wrong", "fine"):
            said(box, task)
        box("fine")
    assert len(log.read_text().split()) == (1 if fork else 3)


def test_what_dies_or_hangs_before_it_is_ready_is_told() -> None:
    def make(task: str) -> Callable[[], Made[None]]:
        def made() -> Made[None]:
            os.write(2, b"loading\nno device\n")
            behave(task)
            return Made(None, behave)

        return made

    before = children()
    for task, how in (
        ("segfault", "died of SIGSEGV"), ("exit", "exit code 3"), ("zero", "exit code 0"),
        ("spin", "did not end within 0.5 s"),
    ):  # fmt: skip
        with pytest.raises(NotOpened, match=how) as caught, Zygote(make(task), limit=0.5) as zygote:
            assert zygote.description
        assert caught.value.said == "loading\nno device"
        assert "behave" in caught.value.stack or "exit" in how
    with pytest.raises(ZeroDivisionError, match="in a law"), Zygote(make("ours")) as zygote:
        assert zygote.description
    assert children() == before


def test_others_join_a_zygote(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def make() -> Made[None]:
        with log.open("a") as file:
            file.write("made\n")
        return Made(None, behave)

    with Zygote(make) as zygote, Isolated[str](zygote, Limits(LIMIT)) as box:
        meet = zygote.invite()
        with Zygote(make, meet=meet) as guest, Isolated[str](guest, Limits(LIMIT)) as other:
            (one, shared), (two, also) = box("who"), other("who")
            assert one != two and shared == also
            assert said(other, "segfault") == "Crashed" and said(box, "fine") == ""
            third = other("who")[0]
            assert box("who")[0] == one
        assert gone(third), "what was begun for a guest ends when it leaves"
        assert log.read_text() == "made\n"
        assert meet is not None
    assert not Path(meet).exists()


def test_a_guest_goes_on_without_its_host(tmp_path: Path) -> None:
    with (
        Zygote(lambda: Made(None, behave)) as host,
        Zygote(lambda: Made(None, behave), meet=host.invite()) as guest,
        Isolated[str](guest, Limits(LIMIT)) as box,
    ):
        life, shared = box("who")
        os.kill(shared, signal.SIGKILL)
        assert gone(life)
        with pytest.raises(Crashed):
            box("fine")
        assert box("who")[1] != shared
    with Zygote(lambda: Made(None, behave), meet=str(tmp_path / "nobody")) as alone:
        assert alone.description is None

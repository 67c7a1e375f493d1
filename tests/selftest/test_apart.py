"""The implementation at arm's length: whatever an adapter does, the run ends with a full report.

Adapters are files, as users have them, and die at the Python level, which needs no compiler; one
test has a kernel in C.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from convspec.adapters.opening import AdapterError, UnknownAdapter
from convspec.apart import Apart
from convspec.engine import run
from convspec.events import Event, LawFinished, RunFinished, to_json
from convspec.execute import Bench
from convspec.isolation import Limits
from convspec.law import all_laws
from convspec.spec.case import Case
from convspec.verdicts import Crashed, OutOfMemory

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

HEAD = """
import ctypes, os, signal, sys, time
import numpy as np

claims = {"all": {"dtypes": ["float32"], "ranks": [1]}, "fork": FORK}


def global_max_pool(x):
    ACT
    return x.max(axis=tuple(range(2, x.ndim)))
"""

RARE = "x.shape[1] > 1 and x.shape[2] > 2"
"""Where an adapter dies; the smallest such case has one entry, two channels and three cells."""

PART: dict[str, Any] = {
    "profile": "smoke", "clauses": ["global_max_pool.definition"], "after": (),
}  # fmt: skip


class Files:
    """Adapter files in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"

    def __call__(self, act: str, *, when: str = RARE, head: str = "", fork: bool = True) -> str:
        """The path of a new one, which does `act` for some inputs and `head` when loaded."""
        path = self.folder / f"kernel{len(list(self.folder.glob('kernel*')))}.py"
        text = HEAD.replace("ACT", f"if {when}:\n        {act}").replace("FORK", str(fork))
        path.write_text(textwrap.dedent(head.replace("LOG", str(self.log))) + text)
        return str(path)


@pytest.fixture
def adapter(tmp_path: Path) -> Files:
    return Files(tmp_path)


def found(events: list[Event]) -> list[LawFinished]:
    """What became of one law, of those of the clause that only looks at results."""
    laws = [event for event in events if isinstance(event, LawFinished) and event.cases]
    return [law for law in laws if law.law == "definition"]


def descendants(of: int | str = "self") -> set[int]:
    children: set[int] = set()
    for task in Path(f"/proc/{of}/task").iterdir():
        children |= set(map(int, (task / "children").read_text().split()))
    return children.union(*(descendants(child) for child in children))


@pytest.mark.parametrize(
    ("act", "verdict", "kind", "message"),
    [
        ("ctypes.string_at(0)", "crashes", "crash", "the process died of SIGSEGV"),
        ("os.abort()", "crashes", "crash", "the process died of SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGFPE)", "crashes", "crash", "the process died of SIGFPE"),
        ("os._exit(0)", "crashes", "crash", "the process left the process with exit code 0"),
        ("np.ones(1 << 50)", "crashes", "memory", "ran out of memory: raised MemoryError: Unable"),
        ("time.sleep(99)", "times-out", "timeout", "no answer within 0.3 s"),
        ("print('x' * 10**6); raise OSError('of it')", "rejects", "raised", "of it"),
    ],
)  # fmt: skip
def test_what_it_does_is_a_verdict_and_shrinks(
    adapter: Files, act: str, verdict: str, kind: str, message: str,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    events = run(adapter(act), limits=Limits(0.3 if "sleep" in act else 20.0), **PART)
    (law,) = found(events)
    (failure,) = law.failures
    assert (law.verdict, failure.kind) == (verdict, kind)
    assert message in failure.message and "not every time" not in failure.message
    assert Case.parse(failure.case)["x"].shape == (1, 2, 3)
    assert isinstance(events[-1], RunFinished) and not events[-1].interrupted
    assert capfd.readouterr() == ("", "")


def test_the_report_is_that_of_a_run_in_process(adapter: Files) -> None:
    wrong = adapter("return x.sum(axis=2) + 1", head="print('loading')")
    apart, inside = run(wrong, **PART), run(wrong, isolate=False, **PART)
    assert wrong not in "".join(map(str, sys.modules)), "in process it is imported"
    assert [_timeless(event) for event in apart] == [_timeless(event) for event in inside]
    assert found(apart)[0].verdict == "deviates"


def _timeless(event: Event) -> dict[str, Any]:
    document = to_json(event)
    document.pop("seconds", None)
    return document


def test_the_library_is_loaded_once_and_not_here(adapter: Files) -> None:
    head = "import os, sys\nopen('LOG', 'a').write(f'{os.getpid()} {sys.argv[0]}\\n')\n"
    run(adapter("pass", head=head), jobs=2, **PART)
    (line,) = adapter.log.read_text().splitlines()
    assert int(line.split()[0]) != os.getpid()


@pytest.mark.slow  # each life loads it; what does so is tested in test_isolation_lives
@pytest.mark.parametrize("act", ["ctypes.string_at(0)", "os._exit(7)"])
def test_a_library_that_does_not_fork_is_loaded_anew(adapter: Files, act: str) -> None:
    head = "open('LOG', 'a').write('loaded\\n')\n"
    events = run(adapter(act, head=head, fork=False), **PART)
    (law,) = found(events)
    (failure,) = law.failures
    assert law.verdict == "crashes" and Case.parse(failure.case)["x"].shape == (1, 2, 3)
    assert 2 < len(adapter.log.read_text().split()) < 30 * len(events)
    harmless = adapter("pass", fork=False, head=head)
    before = len(adapter.log.read_text().split())
    assert found(run(harmless, **PART))[0].verdict == "conforms"
    assert len(adapter.log.read_text().split()) == before + 1


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("import os; os.abort()", r"opening it died of SIGABRT \(.*kernel0.py:1\)$"),
        ("import os; os._exit(5)", "opening it left the process with exit code 5$"),
        (
            "import os; os.write(2, b'no such\\ndevice\\n'); os.kill(os.getpid(), 11)",
            "(?s)SIGSEGV.*; it had printed: no such\ndevice$",
        ),
        ("raise SystemExit(2)", "importing it fails"),
    ],
)
def test_what_dies_when_it_is_opened(adapter: Files, head: str, said: str) -> None:
    heard: list[Event] = []
    with pytest.raises(AdapterError, match=said):
        run(adapter("pass", head=head + "\n"), listener=heard.append, **PART)
    assert not heard and not descendants()


def test_what_hangs_when_it_is_opened(adapter: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convspec.apart.OPENING", 0.6)
    path = adapter("pass", head="while True: pass\n")
    with pytest.raises(AdapterError, match=r"opening it did not end within 0.6 s \(.*.py:1\)"):
        Apart(path, Limits(0.1))
    with pytest.raises(UnknownAdapter, match="no file"):
        Apart("nothing.py")
    assert not descendants()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("ctypes.string_at(0)", "global_max_pool: the process died of SIGSEGV"),
        ("os.write(2, b'out of luck'); os._exit(1)", "exit code 1; it had printed:\nout of luck"),
        ("time.sleep(99)", "no answer within 0.3 s"),
        ("raise RuntimeError('no device')", "raised RuntimeError: no device"),
    ],
)
def test_what_fails_in_every_plain_call(adapter: Files, act: str, said: str) -> None:
    with pytest.raises(AdapterError, match=rf"(?s)fails its smoke test: .*{said}$"):
        run(adapter(act, when="True"), limits=Limits(0.3 if "sleep" in act else 20.0), **PART)


def test_a_killed_process_is_told_and_costs_no_case(adapter: Files) -> None:
    """Once, an outsider kills a life, and once the zygote."""
    act = (
        "if not os.path.exists('LOG1'): open('LOG1', 'w'); os.kill(os.getpid(), 9)\n"
        "        elif not os.path.exists('LOG2'): open('LOG2', 'w'); os.kill(os.getppid(), 9)"
    )
    (law,) = found(run(adapter(act.replace("LOG", str(adapter.log))), **PART))
    (plain,) = found(run(adapter("pass"), **PART))
    (failure,) = law.failures
    assert failure.message == (
        "the process died of SIGKILL (not every time: the same case passed when repeated)"
    )
    assert law.cases >= plain.cases


@pytest.mark.slow  # on a busy machine the kill may reach the case of another law
def test_a_killed_worker_of_pytest_costs_no_case(adapter: Files) -> None:
    """The implementation kills, once, what the run's process began as execnet does."""
    act = "_kill() if not os.path.exists('LOG') else None"
    head = f"""
    import os

    def _kill():
        with open('LOG', 'w') as log:
            for pid in filter(str.isdigit, os.listdir('/proc')):
                try:
                    started = open(f'/proc/{{pid}}/cmdline').read()
                    parent = open(f'/proc/{{pid}}/stat').read().rpartition(')')[2].split()[1]
                except OSError:
                    continue
                if 'stdin.readline' in started and parent == '{os.getpid()}':
                    os.kill(int(pid), 9)
                    log.write(pid)
                    return
    """
    part = {**PART, "clauses": ["global_max_pool.d*", "global_max_pool.b*"], "jobs": 2}
    plain = run(adapter("pass"), **part)
    killed = run(adapter(act.replace("LOG", str(adapter.log)), head=head), **part)
    assert adapter.log.read_text().isdigit()

    def counted(events: list[Event]) -> dict[str, tuple[str, int]]:
        return {e.law: (e.verdict, e.cases) for e in events if isinstance(e, LawFinished)}

    assert counted(killed) == counted(plain)


def test_stages_ask_the_implementation_where_it_is(adapter: Files) -> None:
    with Apart(adapter("ctypes.string_at(0)")) as apart:
        bench = Bench(apart.adapter, all_laws(), None, apart)
        line = "global_max_pool x={}:float32:ramp@0"
        law = all_laws()["definition"]
        assert bench.broken(law, Case.parse(line.format("1x1x1"))) is None
        assert isinstance(bench.broken(law, Case.parse(line.format("1x2x3"))), Crashed)
        assert bench.ask(_where) != os.getpid()
        with pytest.raises(RuntimeError, match="in another process"):
            apart.adapter.functions["global_max_pool"](None)
    assert not descendants()


def _where(adapter: Any) -> int:
    return os.getpid()


C_KERNEL = """
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
void pool(const float *x, float *y, long n, long m, long k) {
    if (n * m > 1 && k == 3) { *(volatile int *)0 = 0; }
    if (n * m > 1 && k == 4) for (;;);
    if (n * m > 1 && k == 5) for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    for (long i = 0; i < n * m; i++) {
        y[i] = x[i * k];
        for (long j = 1; j < k; j++) if (x[i * k + j] > y[i]) y[i] = x[i * k + j];
    }
}
"""


@pytest.mark.slow  # hangs and leaks take their time
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc) here")
def test_a_kernel_in_c(tmp_path: Path) -> None:
    (tmp_path / "kernel.c").write_text(C_KERNEL)
    library = tmp_path / "kernel.so"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-o", library, tmp_path / "kernel.c"], check=True
    )
    (tmp_path / "native.py").write_text(
        f"""
import ctypes, numpy as np
pool = ctypes.CDLL({str(library)!r}).pool
claims = {{"all": {{"dtypes": ["float32"], "ranks": [1], "empty_batch": False}}}}
def global_max_pool(x):
    x = np.ascontiguousarray(x)
    y = np.empty(x.shape[:2], x.dtype)
    p = ctypes.c_void_p
    pool(p(x.ctypes.data), p(y.ctypes.data), *map(ctypes.c_long, x.shape))
    return y
"""
    )
    native = str(tmp_path / "native.py")
    with Apart(native, Limits(60.0, 600)) as apart:
        bench, laws = Bench(apart.adapter, all_laws(), None, apart), all_laws()
        case = Case.parse("global_max_pool x=1x2x5:float32:ones@0")
        leak = bench.broken(laws["definition"], case)
    assert isinstance(leak, OutOfMemory) and "600 MiB allowed and died of SIGSEGV" in leak.message
    (law,) = found(run(native, limits=Limits(0.4, 2000), **{**PART, "profile": "quick", "jobs": 1}))
    failures = {failure.kind: failure for failure in law.failures}
    cells = {kind: Case.parse(f.case)["x"].shape for kind, f in failures.items()}
    assert cells["crash"] == (1, 2, 3) and cells["timeout"] == (1, 2, 4)
    assert "native.py" in (failures["timeout"].details or "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_cut_short(adapter: Files, how: signal.Signals) -> None:
    spins = adapter("open('LOG', 'w'); exec('while True: pass')".replace("LOG", str(adapter.log)))
    command = ["check", spins, "--profile", "smoke", "--clause", "*.definition", "--limit", "60"]
    with subprocess.Popen(
        [sys.executable, "-m", "convspec", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        end = time.monotonic() + 60
        while not adapter.log.exists() and time.monotonic() < end:
            time.sleep(0.05)
        begun = descendants(process.pid)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    assert len(begun) >= 2 and process.returncode == (130 if how == signal.SIGINT else -9)
    assert "Traceback" not in said
    for _ in range(200):
        left = {pid for pid in begun if _runs(pid)}
        if not left:
            break
        time.sleep(0.05)
    assert not left


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_the_command_tells_what_died(adapter: Files) -> None:
    broken = adapter("pass", head="import os; os.abort()\n")
    deadly = adapter("ctypes.string_at(0)")
    answers = {}
    for path in (broken, deadly):
        done = subprocess.run(
            [sys.executable, "-m", "convspec", "check", path, "--profile", "smoke", "--clause",
             "global_max_pool.definition", "--out", str(adapter.folder / "reports"), "-j", "1"],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        answers[path] = done.returncode, done.stderr.splitlines()
    assert answers[broken][0] == 3 and len(answers[broken][1]) == 1
    assert "SIGABRT" in answers[broken][1][0]
    assert answers[deadly][0] == 1
    (report,) = (adapter.folder / "reports").glob("*.json")
    assert "SIGSEGV" in json.dumps(json.loads(report.read_text()))

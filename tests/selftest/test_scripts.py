"""Programs that show a failure: each is run in a Python of its own, and exits as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from convspec.adapters.opening import open_adapter
from convspec.apart import Apart
from convspec.engine import run
from convspec.execute import Bench
from convspec.isolation import Limits
from convspec.law import all_laws
from convspec.report import Report
from convspec.scripts.calls import Call, Stored
from convspec.scripts.literals import LAID_OUT, arranged, literal
from convspec.scripts.naming import pytest_id
from convspec.scripts.stage import write_programs
from convspec.scripts.words import words_for
from convspec.scripts.workshop import Program, write
from convspec.spec.case import Case
from convspec.trial import Trial

BEGIN = """
import os, time
import numpy as np
from convspec import reference


CALLS = []

def relu(x):
    CALLS.append(1)
    y = reference.relu(x)
"""

FAULTS = {
    "value": ("definition", "relu x=1x1x2:float32:impulse@1", "    y = y * 2", 1),
    "nan": ("special_values", "relu x=1x1x2:float32:ones@1", "    y = np.nan_to_num(y)", 1),
    "raises": (
        "definition", "relu x=1x1x2:float32:ones@0", "    raise RuntimeError('no <ones>')", 1,
    ),
    "dies": (
        "definition", "relu x=1x1x2:float32:ones@0", "    os.kill(os.getpid(), 11)", -11,
    ),
    "hangs": ("definition", "relu x=1x1x2:float32:ones@0", "    time.sleep(60)", 1),
    "input": ("inputs_unchanged", "relu x=1x1x2:float32:ones@0", "    x += 1", 1),
    "repeats": ("repeatable", "relu x=1x1x2:float32:ones@0", "    y = y + len(CALLS) % 2", 1),
    "strides": (
        "definition", "relu x=1x1x3:float32:ramp@4:reversed",
        "    y = y[..., ::-1].copy() if x.strides[-1] < 0 else y", 1,
    ),
}  # fmt: skip


def adapter_file(folder: Path, fault: str) -> Path:
    file = folder / "faulty.py"
    file.write_text(BEGIN + fault + "\n    return y\n")
    return file


def written(file: Path, *what: str, limit: float = 5.0) -> Program | None:
    laws = all_laws()
    with Apart(str(file), Limits(limit)) as apart:
        law, case, clause, message = what
        return write(Bench(apart.adapter, laws, None, apart), law, case, clause, message, limit)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_program_shows_the_failure(kind: str, tmp_path: Path) -> None:
    law, case, fault, code = FAULTS[kind]
    file = adapter_file(tmp_path, fault)
    program = written(file, law, case, "relu.clause", "what was wrong", limit=1.0)
    assert program is not None
    assert program.exit == code
    script = tmp_path / "script.py"
    script.write_text(program.text)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "expected:" in done.stdout
    assert case in program.text
    assert "what was wrong" in program.text


def test_a_law_of_several_calls_is_shown_by_the_one_that_is_wrong(tmp_path: Path) -> None:
    # Wrong for the second of the two inputs that the law adds up, right for the first.
    file = tmp_path / "faulty.py"
    file.write_text(
        "from convspec import reference\n"
        "def global_sum_pool(x):\n"
        "    y = reference.global_sum_pool(x)\n"
        "    return y + (x.ravel()[0] == -1)\n"
    )
    found = [
        finding
        for clause in Report.from_events(run(str(file), profile="quick", jobs=1, after=())).failing
        for finding in clause.findings
    ]
    assert len({finding.law for finding in found}) > 3
    for f in found:
        program = written(file, f.law, f.failure.case, "clause", f.failure.message)
        assert program is not None and program.exit == 1


def test_an_honest_adapter_has_no_program(tmp_path: Path) -> None:
    file = adapter_file(tmp_path, "")
    assert written(file, "definition", "relu x=1x1x2:float32:ones@0", "c", "m") is None


def test_the_run_writes_programs_and_equal_failures_share_one(tmp_path: Path) -> None:
    file = adapter_file(tmp_path, "    raise RuntimeError('never')")
    # The smoke test would refuse an adapter that never answers.
    file.write_text(file.read_text() + "\ndef global_sum_pool(x):\n    return x.sum(axis=2)\n")
    events = run(str(file), profile="smoke", ops=["relu"], after=[write_programs])
    report = Report.from_events(events)
    assert report.failing
    scripts = set()
    for clause in report.failing:
        for finding in clause.findings:
            explained = report.explanation(finding)
            assert explained is not None
            assert explained.script_exit == 1
            scripts.add(explained.script)
    assert len(scripts) < len(report.failing)


@pytest.mark.parametrize(
    "array",
    [
        np.array([[0.1, -np.inf], [np.nan, -0.0]], np.float32),
        np.arange(7, dtype=np.int8),
        np.zeros((0, 3)),
        np.full((2, 2), 5, np.int64),
        np.random.RandomState(0).standard_normal((9, 50)).astype(np.float16),
        np.array(3.5),
        np.array([1e-45, 3.4e38, 0.333333343], np.float32),
    ],
)
def test_literals_give_the_same_bits(array: np.ndarray) -> None:
    space: dict[str, object] = {}
    exec("import numpy as np, zlib, base64\n" + "\n".join(literal("x", array)), space)
    again = space["x"]
    assert isinstance(again, np.ndarray)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "view",
    [
        np.arange(24.0).reshape(2, 3, 4)[..., ::-1],
        np.arange(24.0).reshape(2, 3, 4)[..., ::2],
        np.moveaxis(np.arange(24.0).reshape(2, 3, 4), 1, -1),
        np.broadcast_to(np.arange(4.0), (3, 4)),
    ],
)
def test_strides_are_those_of_the_failure(view: np.ndarray) -> None:
    space: dict[str, object] = {}
    exec("import numpy as np\n" + LAID_OUT + "\n".join(arranged("x", Stored.of(view))), space)
    again = space["x"]
    assert isinstance(again, np.ndarray)
    assert again.strides == view.strides
    assert np.array_equal(again, view)


TORCH_CASES = (
    "conv stride=2,1 padding=0:1,1:1 dilation=1,2 groups=2 x=2x4x5x6:float32:ints@1 "
    "w=4x2x2x3:float32:ints@2 b=4:float32:ints@3",
    "conv padding=same_upper x=1x1x5:float32:ints@1 w=1x1x3:float32:ints@2",
    "conv_transpose stride=2 output_padding=1 x=1x2x4:float32:ints@1 w=2x3x3:float32:ints@2",
    "pad padding=1:2,0:1 mode=reflect x=1x2x4x5:float32:ints@1",
    "pad padding=1:2 mode=constant value=3 x=1x2x4:float32:ints@1",
    "max_pool window=2 stride=2 padding=1:1 x=1x2x7:float32:ints@1",
    "max_pool window=2,3 stride=2,1 ceil_mode=yes x=1x2x7x6:float32:ints@1",
    "max_pool_with_indices window=2,2,1 x=1x1x3x3x3:float32:ints@1",
    "avg_pool window=2,3 padding=1:1,1:1 count_include_pad=yes x=1x2x4x5:float32:ints@1",
    "lp_pool p=2 window=2 x=1x2x4:float32:ints@1",
    "adaptive_avg_pool output_size=2,3 x=1x2x5x4:float32:ints@1",
    "adaptive_max_pool output_size=2 x=1x2x5:float32:ints@1",
    "global_avg_pool x=2x2x3x4:float32:ints@1",
    "global_max_pool x=2x2x3:float32:ints@1",
    "global_sum_pool x=2x2x3:float32:ints@1",
    "relu x=2x2x3:float32:ints@1",
    "dense x=2x3:float32:ints@1 w=4x3:float32:ints@2 b=4:float32:ints@3",
    "softmax x=2x3:float32:ints@1",
    "log_softmax x=2x3:float32:ints@1",
    "cross_entropy logits=2x3:float32:ints@1 labels=2:int64:labels@1",
)


@pytest.mark.parametrize("name", ["torch", "torch:no-mkldnn,channels-last"])
@pytest.mark.parametrize("line", TORCH_CASES)
def test_torch_in_its_own_words_says_the_same(line: str, name: str) -> None:
    pytest.importorskip("torch")
    adapter = open_adapter(name)
    case = Case.parse(line)
    trial = Trial(adapter, case)
    inputs = {n: Stored.of(a) for n, a in trial.inputs.items()}
    assert_same(adapter, Call("forward", trial.op, inputs, trial.parameters), trial.results())
    y = np.asarray(trial.run())
    g = np.ones_like(y)
    arrays = tuple(trial.inputs.values())
    assert adapter.vjp is not None and adapter.double_vjp is not None
    gradients = adapter.vjp(trial.op, arrays, g, **trial.parameters)
    inputs["g"] = Stored.of(g)
    assert_same(adapter, Call("vjp", trial.op, inputs, trial.parameters), gradients)
    if trial.op in ("cross_entropy", "max_pool_with_indices"):
        return
    held = [np.ones_like(array) for array in arrays]
    second = adapter.double_vjp(trial.op, arrays, g, held, **trial.parameters)
    inputs |= {f"u_{n}": Stored.of(u) for n, u in zip(trial.inputs, held, strict=True)}
    assert_same(adapter, Call("double_vjp", trial.op, inputs, trial.parameters), second)


def assert_same(adapter: object, call: Call, expected: object) -> None:
    words = words_for(adapter, call, {name: name for name in call.inputs})  # type: ignore[arg-type]
    assert words is not None
    assert not any("convspec" in line for line in (*words.imports, *words.lines))
    space: dict[str, object] = {n: stored.values for n, stored in call.inputs.items()}
    exec("\n".join(["import numpy as np", *words.imports, *words.lines]), space)
    results = space["results"]
    assert isinstance(results, list)
    assert isinstance(expected, (list, tuple))
    assert len(results) == len(expected)
    for one, other in zip(results, expected, strict=True):
        assert np.array_equal(one, np.asarray(other).reshape(one.shape), equal_nan=True)


def test_pytest_id_names_an_item_of_the_suite() -> None:
    assert pytest_id("definition", "conv", 2) == (
        "convspec.conformance.test_values::test_definition[conv-2d]"
    )

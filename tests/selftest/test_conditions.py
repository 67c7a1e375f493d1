"""The condition of a failure is found: planted ones come back, and what has none is said to."""

from __future__ import annotations

import os
import random
import signal
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from convspec import reference
from convspec.adapters.mutants import MUTANTS
from convspec.adapters.mutants.triggers import TRIGGERS
from convspec.adapters.opening import adapt
from convspec.cli import cli
from convspec.diagnosis.atoms import atoms, joined
from convspec.diagnosis.explaining import explain_failures
from convspec.diagnosis.learner import Condition, Learner
from convspec.diagnosis.oracle import PER_FAILURE, PER_RUN, Budget, Oracle, plainest
from convspec.diagnosis.rules import cheapest
from convspec.diagnosis.table import Table
from convspec.diagnosis.variations import drawn, spaces_of, values_of
from convspec.diagnosis.words import UNASKED, alike_lines, condition_lines, worded
from convspec.events import Event, Explained, RunStarted
from convspec.execute import Bench
from convspec.law import all_laws
from convspec.predicates import Facts, Predicate
from convspec.spec.case import Case
from convspec.spec.groups import EVERY

Array = Any
LAWS = all_laws()


def _conv(when: str, change: Callable[[Array], Array] = lambda y: y + 1) -> SimpleNamespace:
    """A convolution whose results are changed where a predicate holds."""
    predicate = Predicate.parse(when)

    def conv(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        y = reference.conv(x, w, b, **p)
        return change(y) if predicate.holds(_case(x, w, b, p)) else y

    return SimpleNamespace(conv=conv, claims={"all": {"dtypes": ["float32", "float64"]}})


def _case(x: Array, w: Array, b: Array | None, p: dict[str, Any]) -> Case:
    arrays = {"x": x, "w": w} | ({} if b is None else {"b": b})
    pads = ",".join(f"{low}:{high}" for low, high in p["padding"])
    per_axis = " ".join(f"{n}={','.join(map(str, p[n]))}" for n in ("stride", "dilation"))
    said = " ".join(
        f"{name}={'x'.join(map(str, a.shape))}:{a.dtype}:zeros@0" for name, a in arrays.items()
    )
    return Case.parse(f"conv {per_axis} padding={pads} groups={p['groups']} {said}")


def _learnt(adapter: Any, line: str, limit: float | None = None) -> Condition:
    case = Case.parse(line)
    bench = Bench(adapt(adapter), LAWS, limit)
    law = LAWS["definition"]
    oracle = Oracle(bench, law, Budget(), case)
    assert oracle.first(case) is not None
    spaces = spaces_of(law, case.op.name, bench.adapter.claims)
    condition = Learner(oracle, spaces, case, 1).learn()
    bench.close()
    assert condition is not None
    assert condition.asked <= PER_FAILURE + 4
    return condition


def _events(adapter: Any, op: str, *names: str, count: int = 60) -> tuple[Bench, list[Event]]:
    opened = adapt(adapter)
    bench = Bench(opened, LAWS, None)
    head = RunStarted("a", "1", {}, "quick", 0, "0", "0", len(names))
    return bench, [head, *(bench.run(LAWS[n], op, 1, count=count, seed=0) for n in names)]


@pytest.mark.parametrize(
    ("planted", "smallest"),
    [
        (
            "groups >= 2 and stride[0] > kernel[0]",
            "conv stride=2 groups=2 x=1x2x1:float32:ones@0 w=2x1x1:float32:ones@0",
        ),
        (
            "low[-1] != high[-1] and channels % 2 != 0",
            "conv padding=0:1 x=1x1x1:float32:ones@0 w=1x1x1:float32:ones@0",
        ),
        (
            "any(dilation >= 2 and stride >= 2)",
            "conv stride=2 dilation=2 x=1x1x1:float32:ones@0 w=1x1x1:float32:ones@0",
        ),
    ],
)
def test_a_planted_conjunction_comes_back(planted: str, smallest: str) -> None:
    condition = _learnt(_conv(planted), smallest)
    assert condition.strength == "if and only if", condition
    assert condition.inside[0] == condition.inside[1] > 20
    assert condition.outside[0] == 0 < condition.outside[1]
    found, right = Predicate.parse(condition.rule), Predicate.parse(planted)
    spaces = spaces_of(LAWS["definition"], "conv", adapt(_conv(planted)).claims)
    draw = random.Random(7)
    for turn in range(600):
        space = spaces[1 + turn % 3]
        facts = Facts(space.build(drawn(space, draw)))
        assert found.holds_for(facts) == right.holds_for(facts), (condition.rule, facts.case)


def test_what_fails_everywhere_is_said_to() -> None:
    condition = _learnt(_conv("rank >= 1"), "conv x=1x1x1:float32:ones@0 w=1x1x1:float32:ones@0")
    assert condition.rule == "True"
    assert condition.inside[0] == condition.inside[1] and condition.outside == (0, 0)


def test_what_has_no_simple_condition_gets_none() -> None:
    def conv(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        told = repr((x.shape, w.shape, sorted(p.items())))
        return reference.conv(x, w, b, **p) + zlib.crc32(told.encode()) // 8 % 2

    adapter = SimpleNamespace(conv=conv)
    for n in range(1, 20):
        line = f"conv x=1x1x{n}:float32:ones@0 w=1x1x1:float32:ones@0"
        bench = Bench(adapt(adapter), LAWS, None)
        if bench.broken(LAWS["definition"], Case.parse(line)):
            break
    condition = _learnt(adapter, line)
    assert condition.rule == condition.strength == ""
    failing, tried = condition.outside
    assert 0 < failing < tried


def test_a_crash_has_a_condition_and_costs_few_processes() -> None:
    def conv(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        if max(p["dilation"]) > 1:
            os.kill(os.getpid(), signal.SIGSEGV)
        return reference.conv(x, w, b, **p)

    line = "conv dilation=2 x=1x1x1:float32:ones@0 w=1x1x1:float32:ones@0"
    condition = _learnt(SimpleNamespace(conv=conv), line, limit=20.0)
    assert condition.rule == "any(dilation >= 2)"
    assert condition.inside[0] <= 41


def test_explanations_of_a_run_are_the_same_each_time_and_bounded() -> None:
    adapter = _conv("groups >= 2 and kernel[-1] >= 2")
    runs = []
    for _ in range(2):
        bench, events = _events(adapter, "conv", "definition", "linear_in_input", "output_size")
        runs.append(list(explain_failures(bench, LAWS, events)))
    assert runs[0] == runs[1]
    first = runs[0][0]
    assert isinstance(first, Explained) and first.condition is not None
    assert first.law == "definition"
    assert first.condition["rule"] == "groups >= 2 and kernel[-1] >= 2"
    assert first.condition["strength"] == "if and only if"
    assert sum(told.condition["asked"] for told in runs[0] if told.condition) <= PER_RUN


def test_nothing_more_is_asked_once_the_budget_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convspec.diagnosis.explaining.Budget", lambda: Budget(0))
    bench, events = _events(_conv("groups >= 2"), "conv", "definition")
    (left,) = explain_failures(bench, LAWS, events)
    assert left.unasked and left.condition is None
    assert condition_lines(left) == [UNASKED]


def test_the_planted_fault_that_gives_the_same_is_named() -> None:
    def conv(x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        *others, (low, high) = p["padding"]
        return reference.conv(x, w, b, **p | {"padding": (*others, (high, low))})

    bench, events = _events(SimpleNamespace(conv=conv), "conv", "definition")
    (told,) = explain_failures(bench, LAWS, events)
    assert told.condition is not None and told.condition["rule"] == "low[-1] != high[-1]"
    assert MUTANTS["conv-pads-swapped"].about.rstrip(".") in told.looks_like


def test_a_result_of_its_own_kind_looks_like_nothing() -> None:
    bench, events = _events(_conv("groups >= 2", lambda y: y + 5), "conv", "definition")
    (told,) = explain_failures(bench, LAWS, events)
    assert told.looks_like == ()


@pytest.mark.parametrize("op", EVERY)
def test_every_predicate_of_the_vocabulary_means_what_its_mask_says(op: str) -> None:
    table, draw = Table(), random.Random(3)
    claims = adapt(reference).claims
    for space in spaces_of(LAWS["definition"], op, claims).values():
        for _ in range(14):
            table.add(space.build(drawn(space, draw)))
    facts = [Facts(case) for case in table.cases]
    every = atoms(table)
    pairs = joined(
        table, [axis for axis in every.axis if axis][:12], np.ones(0, int), np.ones(0, int), 8
    )
    for these, step in ((every, 5), (pairs, 3)):
        for i in range(draw.randrange(step), len(these), step):
            predicate = Predicate.parse(these.texts[i])
            expected = [predicate.holds_for(each) for each in facts]
            assert these.masks[i].tolist() == expected, these.texts[i]


@pytest.mark.parametrize("op", [op for op in EVERY if op != "relu"])
def test_a_case_is_taken_back_to_its_levels(op: str) -> None:
    draw = random.Random(11)
    for space in spaces_of(LAWS["definition"], op, adapt(reference).claims).values():
        for _ in range(10):
            case = space.build(drawn(space, draw))
            values = values_of(case, space)
            assert values is not None, case
            again = space.build(values)
            assert again.op == case.op
            assert [t.shape for t in again.tensors] == [t.shape for t in case.tensors]


def test_the_cheapest_rule_weighs_predicates_against_exceptions() -> None:
    right = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool)
    best, *_ = cheapest(right, [3.0, 3.0, 1.0], 10.0, 3, 10)
    assert best.members == (0, 1)
    assert best.cost == 6.0
    best, *_ = cheapest(right, [3.0, 30.0, 1.0], 0.5, 3, 10)
    assert best.members == (), "few exceptions are cheaper than a predicate"


def test_a_narrow_law_leaves_the_word_to_the_definition() -> None:
    bench = Bench(adapt(_conv("groups >= 2")), LAWS, None)
    case = Case.parse("conv groups=2 x=1x2x1:float32:zeros@0 w=2x1x1:float32:zeros@0")
    assert plainest(bench, LAWS, LAWS["groups_are_blocks"], case) is LAWS["definition"]
    right = Case.parse("conv x=1x1x1:float32:zeros@0 w=1x1x1:float32:zeros@0")
    assert plainest(bench, LAWS, LAWS["locality"], right) is LAWS["locality"]


def test_planted_conditions_can_be_read() -> None:
    assert len(TRIGGERS) >= 40
    for name, when in TRIGGERS.items():
        assert MUTANTS[name].when == when
        Predicate.parse(when)


def test_conditions_in_words() -> None:
    said = {"rule": "groups >= 2", "inside": [31, 31], "outside": [0, 412],
            "strength": "if and only if"}  # fmt: skip
    assert str(worded(said)) == "fails iff groups >= 2 (31 of 31 inside, 0 of 412 outside)"
    assert str(worded(said | {"inside": [30, 31], "strength": "only if"})).startswith(
        "fails only if"
    )
    everywhere = {"rule": "True", "inside": [9, 9], "outside": [0, 0]}
    assert str(worded(everywhere)) == "fails in every case tried (9)"
    none = {"rule": "", "inside": [0, 0], "outside": [57, 200], "strength": ""}
    assert str(worded(none)) == "no simple condition: 57 of 200 cases tried fail"
    told = Explained("definition", "conv", 1, "conv", said, ("padding sides swapped",))
    assert condition_lines(told) == [str(worded(said))]
    assert condition_lines(None) == alike_lines(None) == []
    assert alike_lines(told) == ["same as: padding sides swapped"]


LENIENT = {
    "cross_entropy": "(logits, np.clip(labels, 0, max(logits.shape[1] - 1, 0)))",
    "conv_transpose": "(logits, labels, **{**p, 'groups': max(p['groups'], 1)})",
}
"""What takes calls that are to be refused: wrong labels, no groups."""


@pytest.mark.parametrize("op", LENIENT)
def test_what_should_be_refused_is_varied(op: str, tmp_path: Path) -> None:
    """With other contents a wrong label may be right; without groups there is no C/groups."""
    file = tmp_path / "lenient.py"
    file.write_text(
        "import numpy as np\nfrom convspec import reference\n"
        "claims = {'all': {'dtypes': ['float32']}}\n"
        f"def {op}(logits, labels, **p):\n    return reference.{op}{LENIENT[op]}\n"
    )
    words = ["check", str(file), "--clause", "*.rejects-invalid", "--jobs", "1"]
    done = CliRunner().invoke(cli, [*words, "--out", str(tmp_path / "report")])
    assert done.exit_code == 1, done.output

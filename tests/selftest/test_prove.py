"""A proof decides: honest implementations are verified, liars found, with their condition."""

import os
import signal
import time
from types import SimpleNamespace

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.opening import adapt, open_adapter
from convspec.proof import workers
from convspec.proof.bounds import BOUNDS, Bound, Limits, Plan, sections
from convspec.proof.decide import Judge
from convspec.proof.progress_file import ProgressFile
from convspec.proof.run import CHUNK, Proof, chunks, key_of, plan_for, provable, prove
from convspec.proof.statement import code, document, failing_regions, parts
from convspec.spec.case import Case

MINI = Bound("mini", (Limits(3, 2, 3, 2, 1), Limits(2, 2, 2, 1, 1), Limits(2, 2, 1, 1, 1)), 2)

MICRO = Bound("micro", (Limits(3, 2, 2, 2, 1), Limits(2, 2, 1, 1, 1), Limits(2, 2, 1, 1, 0)), 2)


def _liar(function, op="conv", **claims):
    return adapt(
        SimpleNamespace(
            name="liar", version="1", claims={op: claims}, vjp=reference.vjp, **{op: function}
        )
    )


def _proof(adapter, bound=MINI, ops=None, dtype="float32"):
    chosen = provable(adapter, ops)
    return Proof(adapter, bound, dtype, plan_for(adapter, chosen, bound, dtype), chosen, {})


def _proven(adapter, *, jobs=1, file=None, **options):
    return prove(_proof(adapter, **options), jobs, file, lambda _: None)


def _first(name, op, order=None):
    """The first finding about an adapter in the tiny bound."""
    adapter = open_adapter(name)
    plan = Plan(sections(op, BOUNDS["tiny"], adapter.claims))
    judge = Judge(adapter, "float32")
    # Every 7th first: neighbours are alike.
    with np.errstate(all="ignore"):
        for start in range(7):
            for i in range(start, plan.count, 7):
                found = judge(*plan.locate(i))
                if found:
                    return found
    return None


@pytest.mark.parametrize("name", ["reference", "numpy"])
def test_an_honest_implementation_is_verified(name):
    adapter = open_adapter(name)
    proof = _proven(adapter, bound=MICRO)
    assert not proof.found
    assert proof.decided == proof.plan.count > 2000
    assert {part.op for part in parts(proof)} == set(provable(adapter, None))
    assert code(proof) == 0


def test_float64_is_proven_too():
    proof = _proven(open_adapter("numpy"), bound=MICRO, ops=["conv", "avg_pool"], dtype="float64")
    assert not proof.found
    assert proof.plan.count


def test_a_dtype_that_is_not_claimed_leaves_nothing():
    proof = _proof(_liar(reference.conv, dtypes=["float32"]), dtype="float64")
    assert proof.plan.count == 0
    assert parts(proof)[0].bound > 0


def _conv_if(condition, change):
    def conv(x, w, b=None, **p):
        y = reference.conv(x, w, b, **p)
        return change(y) if condition(x, w, p) else y

    return conv


def test_the_condition_of_a_liar_is_found_exactly():
    lies = _conv_if(lambda x, w, p: p["stride"][0] > w.shape[2], lambda y: y + 1)
    proof = _proven(_liar(lies, ranks=[1], groups=[1, 1]))
    failing, unexplained = failing_regions(proof)
    assert not unexplained
    (one,) = failing
    assert (one.op, one.rank, one.label) == ("conv", 1, "deviates y")
    assert one.region.condition == "s > k"
    assert one.region.strength == "if and only if"
    assert one.region.failing == one.region.inside == len(proof.found)
    assert one.region.others == 0
    # n = 1, k = 1, s = 2 and nothing else.
    assert one.confirmed
    case = Case.parse(one.case)
    assert (case["x"].shape, case["w"].shape, case.op.stride) == ((1, 1, 1), (1, 1, 1), (2,))


def test_a_condition_on_either_axis_is_found():
    def lies(x, w, p):
        return any(s > k and n > 1 for n, s, k in zip(x.shape[2:], p["stride"], w.shape[2:],
                                                      strict=True))  # fmt: skip

    proof = _proven(_liar(_conv_if(lies, lambda y: -y - 1), ranks=[2]))
    (one,), unexplained = failing_regions(proof)
    assert not unexplained
    assert one.region.strength == "if and only if"
    # e < n says the same as n ≥ 2 here: s > k is left to windows of one cell.
    assert one.region.condition == "(s > k and e < n on some axis)"


def test_separate_regions_are_told_apart():
    def lies(x, w, p):
        n, k = x.shape[2], w.shape[2]
        return (n == 1 and p["padding"][0] == (1, 1)) or (n == 3 and k == 2 and p["stride"][0] == 3)

    proof = _proven(_liar(_conv_if(lies, lambda y: y * 2 + 1), ranks=[1], groups=[1, 1]))
    failing, unexplained = failing_regions(proof)
    assert not unexplained
    assert all(one.region.failing == one.region.inside for one in failing)
    assert len(failing) >= 2
    document(proof, failing, unexplained)


def test_a_wrong_gradient_is_found_by_its_part():
    def vjp(op, inputs, g, **p):
        dx, dw, *rest = reference.vjp(op, inputs, g, **p)
        return (dx, dw + (p["dilation"][0] > 1), *rest)

    adapter = adapt(SimpleNamespace(name="liar", claims={"conv": {"ranks": [1]}},
                                    conv=reference.conv, vjp=vjp))  # fmt: skip
    (one, *others), unexplained = failing_regions(_proven(adapter))
    assert not others and not unexplained
    assert one.label == "deviates dw"
    assert one.region.condition == "d ≥ 2"
    assert "g=" in one.case and one.confirmed


def test_what_must_be_refused_and_is_not():
    def conv(x, w, b=None, **p):
        try:
            return reference.conv(x, w, b, **p)
        except ValueError:
            return np.zeros((len(x), len(w), 0), x.dtype)

    proof = _proven(_liar(conv, ranks=[1]))
    (one,), _ = failing_regions(proof)
    assert one.label == "accepts-invalid"
    assert one.region.condition == "always"
    assert one.confirmed


def test_what_is_refused_and_must_not_be():
    def conv(x, w, b=None, **p):
        if p["groups"] > 1:
            raise NotImplementedError("groups")
        return reference.conv(x, w, b, **p)

    failing, _ = failing_regions(_proven(_liar(conv, ranks=[1])))
    assert [(one.label, one.region.condition) for one in failing] == [("rejects y", "groups ≥ 2")]


def test_only_sums_are_wrong():
    """One-hot inputs are mapped rightly: the linearity sample sees it."""

    def conv(x, w, b=None, **p):
        return np.minimum(reference.conv(x, w, b, **p), x.dtype.type(4))

    assert _proven(_liar(conv, ranks=[1])).found


def test_gradients_that_are_not_claimed_are_not_asked_for():
    adapter = adapt(SimpleNamespace(name="forward", conv=reference.conv))
    assert not _proven(adapter, bound=MICRO).found


MUTANTS = {
    "conv": [
        "conv-pads-swapped", "conv-even-kernel-centred", "conv-stride-beyond-kernel",
        "conv-odd-column-of-three-taps", "conv-padding-only-unwritten",
        "conv-square-kernel-transposed", "conv-same-as-if-unstrided",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("op", "name"), [(op, n) for op, names in MUTANTS.items() for n in names])
def test_planted_faults_within_the_bound_are_found(op, name):
    assert _first(f"mutant:{name}", op)


# Processes -------------------------------------------------------------------------------


def _dies(x, w, p):
    if x.shape[2] == 3 and w.shape[2] == 2 and p["stride"] == (2,):
        os.kill(os.getpid(), signal.SIGSEGV)
    return False


def test_a_crash_costs_only_its_configuration():
    adapter = _liar(_conv_if(_dies, None), ranks=[1], groups=[1, 1], asymmetric_padding=False)
    proof = _proven(adapter, jobs=2)
    assert proof.decided == proof.plan.count
    assert {finding.label for finding in proof.found.values()} == {"crashes process"}
    (one,), _ = failing_regions(proof)
    assert one.region.failing == one.region.inside == len(proof.found)
    assert "SIGSEGV" in one.message
    assert one.confirmed


def test_a_hang_costs_only_its_configuration(monkeypatch):
    monkeypatch.setattr(workers, "LIMIT", 0.6)
    monkeypatch.setattr(workers, "LATER_LIMIT", 0.6)

    def hangs(x, w, p):
        if x.shape[2] == w.shape[2] == 1 and p["stride"] == (3,) and p["dilation"] == (2,):
            time.sleep(60)
        return False

    claims = {"ranks": [1], "groups": [1, 1], "padding": [0, 0]}
    bound = Bound("least", (Limits(2, 2, 3, 2, 0), *MINI.limits[1:]), 1)
    proof = _proven(_liar(_conv_if(hangs, None), **claims), bound=bound)
    assert proof.decided == proof.plan.count
    assert [finding.label for finding in proof.found.values()] == ["times-out call"]


def test_a_fault_of_ours_is_not_held_against_the_implementation(monkeypatch):
    monkeypatch.setattr(Judge, "__call__", lambda *_: 1 / 0)
    with pytest.raises(Exception, match="ZeroDivisionError"):
        _proven(_liar(reference.conv, ranks=[1]))


def test_any_number_of_jobs_gives_the_same_result():
    lies = _conv_if(lambda x, w, p: x.shape[2] == 2 and p["padding"][0][0], lambda y: y + 1)
    one, three = (_proven(_liar(lies, ranks=[1, 2]), jobs=jobs) for jobs in (1, 3))
    assert one.found == three.found
    assert list(one.found) == list(three.found)
    assert one.decided == three.decided == one.plan.count


def test_chunks_hold_every_configuration_once():
    plan = SimpleNamespace(count=2 * CHUNK + 7)
    assert chunks(plan) == [(0, CHUNK), (CHUNK, 2 * CHUNK), (2 * CHUNK, 2 * CHUNK + 7)]


# Going on --------------------------------------------------------------------------------


def _stop_after(count):
    def listener(proof):
        if proof.decided - proof.resumed >= count:
            raise KeyboardInterrupt

    return listener


def test_an_interrupted_proof_goes_on(tmp_path):
    lies = _conv_if(lambda x, w, p: x.shape[2] == 2, lambda y: y + 1)
    whole = _proven(_liar(lies, ranks=[1, 2]))
    path = tmp_path / "kept"
    first = _proof(_liar(lies, ranks=[1, 2]))
    file = ProgressFile(path, key_of(first))
    prove(first, 2, file, _stop_after(2 * CHUNK))
    file.close()
    assert first.interrupted and code(first) == 130
    # A line that was cut short by the interruption.
    path.write_text(path.read_text() + '{"chunk": [0, 4')

    second = _proof(_liar(lies, ranks=[1, 2]))
    file = ProgressFile(path, key_of(second))
    assert not file.note
    prove(second, 1, file, lambda _: None)
    assert second.resumed >= 2 * CHUNK
    assert second.found == whole.found
    assert second.decided == second.plan.count

    third = _proof(_liar(lies, ranks=[1, 2]))
    file = ProgressFile(path, key_of(third))
    prove(third, 1, file, lambda _: None)
    assert third.resumed == third.plan.count
    assert third.found == whole.found
    file.remove()
    assert not path.exists()


def test_another_version_starts_anew(tmp_path):
    path = tmp_path / "kept"
    proof = _proof(_liar(reference.conv, ranks=[1]))
    file = ProgressFile(path, key_of(proof))
    prove(proof, 1, file, _stop_after(CHUNK))
    file.close()
    other = ProgressFile(path, {**key_of(proof), "adapter version": "2"})
    assert other.note.startswith("starting anew: adapter version changed")
    assert not other.done

"""What is refused: every way to be invalid that the suite knows, and what the reference says."""

from __future__ import annotations

from convspec import reference
from convspec.contents import fill
from convspec.defects import DEFECTS, Defect
from convspec.spec.case import Case

from .markdown import code, plain, table

BASES = {
    "conv": "conv groups=2 x=1x4x6:float32:ramp@0 w=4x2x3:float32:ones@0 b=4:float32:ones@0",
    "conv_transpose": "conv_transpose groups=2 stride=2 x=1x4x6:float32:ramp@0"
    " w=4x2x3:float32:ones@0 b=4:float32:ones@0",
    "pad": "pad padding=1:1 x=1x1x4:float32:ramp@0",
    "max_pool": "max_pool window=2 x=1x1x6:float32:ramp@0",
    "max_pool_with_indices": "max_pool_with_indices window=2 x=1x1x6:float32:ramp@0",
    "avg_pool": "avg_pool window=2 x=1x1x6:float32:ramp@0",
    "lp_pool": "lp_pool window=2 x=1x1x6:float32:ramp@0",
    "adaptive_avg_pool": "adaptive_avg_pool output_size=2 x=1x1x6:float32:ramp@0",
    "adaptive_max_pool": "adaptive_max_pool output_size=2 x=1x1x6:float32:ramp@0",
    "global_avg_pool": "global_avg_pool x=1x1x6:float32:ramp@0",
    "global_max_pool": "global_max_pool x=1x1x6:float32:ramp@0",
    "global_sum_pool": "global_sum_pool x=1x1x6:float32:ramp@0",
    "dense": "dense x=2x3:float32:ramp@0 w=4x3:float32:ones@0 b=4:float32:ones@0",
    "softmax": "softmax x=2x3:float32:ramp@0",
    "log_softmax": "log_softmax x=2x3:float32:ramp@0",
    "cross_entropy": "cross_entropy logits=2x3:float32:ramp@0 labels=2:int64:labels@0",
}
"""A valid case of each operation, for the defects to make invalid."""


def refusals(ops: tuple[str, ...]) -> str:
    """A table of what is wrong with a call, and the reference's answer to such a call."""
    rows: dict[tuple[str, str], list[str]] = {}
    for op in ops:
        for defect in DEFECTS.get(op, ()):
            rows.setdefault((defect.name, _answer(op, defect)), []).append(op)
    if not rows:
        return ""
    named = len(ops) > 1 and any(len(of) < len(ops) for of in rows.values())
    head = ("wrong", *(("of",) if named else ()), "the reference says")
    return table(head, [
        (plain(name), *((", ".join(map(code, of)),) if named else ()), plain(answer))
        for (name, answer), of in rows.items()
    ])  # fmt: skip


def _answer(op: str, defect: Defect) -> str:
    """What the reference raises for a case with the defect."""
    case = defect.apply(Case.parse(BASES[op]))
    classes = case.tensors[0].shape[-1]
    arrays = [fill(t, classes - 1 if t.pattern == "labels" else 4) for t in case.tensors]
    try:
        getattr(reference, op)(*arrays, **case.op.arguments())
    except ValueError as error:
        return str(error)
    raise AssertionError(f"the reference takes {case}: {defect.name}")

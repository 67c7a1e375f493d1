"""Which choices an implementation makes, observed: one small call or two per dialect point.

What is observed judges nothing, the laws do that; it tells the author of an adapter which choice
to declare. Calls are made apart from the run, like every other, and may raise, die or hang. An
answer that a known failure accounts for is no choice, and told as what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from convspec import dialect
from convspec.adapters.opening import Adapter
from convspec.apart import Ask, asking, reaching
from convspec.contents import filled
from convspec.events import ACCEPTS_INVALID, DEVIATES, REJECTS
from convspec.isolation import OurError
from convspec.known.entry import Entry, Regions
from convspec.known.reading import BUILTIN, known_of
from convspec.spec.case import Case
from convspec.spec.claims import Claims, OpClaims
from convspec.spec.dialects import HELD
from convspec.spec.dtypes import is_float
from convspec.spec.operations import parameters
from convspec.trial import Trial, wide
from convspec.verdicts import Mismatch

LIMIT = 5.0
"""Seconds a call may take."""

REFUSED = "refused"

ABOUT = (
    "definition", "output-size", "indices", "gradient", "tie", "nan", "nan-index", "nan-gradient",
    "special-values", "rejects-invalid",
)  # fmt: skip
"""The clauses that an answer at a dialect point bears on."""


@dataclass(frozen=True)
class Asked:
    """The calls that ask an adapter about one point, and what is looked at."""

    point: str
    cases: tuple[Case, ...]
    of: str


def observe(
    adapter: Adapter, ops: Collection[str], ask: Ask | None = None, regions: Regions | None = None
) -> dict[str, dict[str, Any]]:
    """For every point that bears on one of `ops`: the `choice` made there, and what was `got`.

    The choice is None where the answer is none of the named ones. `known` is the reason of the
    known failure among `regions` that an answer other than the declared one is. `ask` is how the
    implementation is asked if it is not open here.
    """
    if ask is None:
        with asking(adapter, LIMIT) as own:
            return observe(adapter, ops, own, regions)
    heard: dict[str, tuple[Asked, tuple[str, ...]]] = {}
    ends: dict[str, str] = {}
    for asked in questions(adapter.claims, ops):
        got = []
        for case in asked.cases:
            try:
                got.append(ask(answer_to, case.line, asked.of))
            except Mismatch as ended:
                got.append(ended.message)
                ends[ended.message] = ended.verdict
            except OurError as error:
                got.append(f"not to be asked: {str(error).strip().splitlines()[-1]}")
        heard[asked.point] = asked, tuple(got)
    claims = adapter.claims
    for _ in range(2):
        # What one choice shows in may depend on others, which may not be the declared ones either.
        found = {
            name: fitting(asked, got, claims, adapter.claims)
            for name, (asked, got) in heard.items()
        }
        observed = {name: choice for name, choice in found.items() if choice is not None}
        claims = replace(claims, dialect={**adapter.claims.dialect, **observed})
    seen: dict[str, dict[str, Any]] = {}
    for name, (asked, answers) in heard.items():
        seen[name] = {"choice": found[name], "got": list(answers)}
        if regions and found[name] != adapter.claims.dialect[name]:
            entry = behind(asked, answers, ends, adapter.claims, regions)
            seen[name] |= {"known": entry.reason} if entry else {}
    return seen


def observe_known(name: str) -> tuple[Adapter, dict[str, dict[str, Any]]]:
    """The adapter of that name, observed at all points it bears on, in a process of its own; our
    known failures are told as that. Raises what `apart.reaching` raises."""
    with reaching(name, LIMIT) as (adapter, ask):
        regions = known_of([BUILTIN], adapter.name, adapter.version).regions
        return adapter, observe(adapter, adapter.claims.ops, ask, regions)


def behind(
    asked: Asked, got: Sequence[str], ends: Mapping[str, str], claims: Claims, regions: Regions
) -> Entry | None:
    """The known failure that one of these answers is; None if none is that.

    `ends` has the verdict on each that is none, but how a process ended.
    """
    for case, said in zip(asked.cases, got, strict=True):
        wanted = expected(case, asked.of, claims)
        if said == wanted:
            continue
        verdict = ends.get(said, ACCEPTS_INVALID if wanted == REFUSED else DEVIATES)
        verdict = REJECTS if said == REFUSED else verdict
        for point in ABOUT:
            entries = regions.of(f"{case.op.name}.{point}")
            for entry in Regions.around(entries, case):
                if verdict in entry.verdicts:
                    return entry
    return None


def questions(claims: Claims, ops: Collection[str]) -> Iterator[Asked]:
    """The calls for every point that an adapter with these claims can be asked about."""
    for name, point in HELD.items():
        for probe in point.probes:
            cases = tuple(fitted(case, claims) for case in parsed(probe.cases))
            if all(case is not None and case.op.name in ops for case in cases):
                yield Asked(name, tuple(case for case in cases if case is not None), probe.of)
                break


@cache
def parsed(lines: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of a probe, read."""
    return tuple(Case.parse(line) for line in lines)


def fitting(asked: Asked, got: tuple[str, ...], claims: Claims, declared: Claims) -> str | None:
    """The choice that gives these answers, the declared one if it does; None if none does.

    At the other points the choices of `claims` are made, or all those that are `declared`.
    """
    own = declared.dialect[asked.point]
    if tuple(expected(case, asked.of, declared) for case in asked.cases) == got:
        return own
    for choice in dict.fromkeys((own, *HELD[asked.point].choices)):
        chosen = replace(claims, dialect={**claims.dialect, asked.point: choice})
        if tuple(expected(case, asked.of, chosen) for case in asked.cases) == got:
            return choice
    return None


def fitted(case: Case, claims: Claims) -> Case | None:
    """The case with the number of axes and the dtype that are claimed; None if it is not."""
    claimed = claims.ops.get(case.op.name)
    if claimed is None or ("g" in case and not claimed.gradient):
        return None
    ranks = [rank for rank in claimed.ranks if rank >= case.rank]
    floats = [dtype for dtype in claimed.dtypes if is_float(dtype)]
    if not ranks or not (floats or claimed.dtypes):
        return None
    dtype = "float32" if "float32" in floats else (floats or list(claimed.dtypes))[0]
    if not is_float(dtype) and any(t.pattern.startswith("nan") for t in case.tensors):
        return None
    lifted = _lifted(case, ranks[0] - case.rank, dtype)
    return lifted if _claimed(lifted, claimed) else None


def _claimed(case: Case, claims: OpClaims) -> bool:
    op = case.op
    pads = op.arguments().get("padding", ())
    if not isinstance(pads, str) and any(min(pair) < 0 for pair in pads):
        # Nobody claims negative amounts: whether they mean anything is the question.
        op = replace(op, padding=tuple((abs(low), abs(high)) for low, high in pads))  # type: ignore[call-arg]
    return claims.include(op, [t for t in case.tensors if t.name != "g"])


def _lifted(case: Case, more: int, dtype: str) -> Case:
    """The case with `more` axes of one cell before its spatial ones, where nothing happens."""
    changed: dict[str, Any] = {}
    for parameter in parameters(type(case.op)):
        value = getattr(case.op, parameter.name)
        if parameter.kind == "axes":
            least = 0 if parameter.name == "output_padding" else 1
            changed[parameter.name] = (*(least,) * more, *value)
        elif parameter.kind == "pads" and not isinstance(value, str):
            changed[parameter.name] = (*((0, 0),) * more, *value)
    ones = (1,) * more
    tensors = tuple(
        replace(
            t,
            dtype=dtype if t.dtype == case.dtype else t.dtype,
            shape=(*t.shape[:2], *ones, *t.shape[2:]) if len(t.shape) > 2 else t.shape,
        )
        for t in case.tensors
    )
    return Case(replace(case.op, **changed), tensors)


def expected(case: Case, of: str, claims: Claims) -> str:
    """What a call gives in the dialect that is declared, as text."""
    op, given = case.op.name, case.op.arguments()
    *arrays, last = map(wide, filled(case).values())
    try:
        with np.errstate(all="ignore"):
            if of == "dx":
                return text(dialect.gradients(op, arrays, last, given, claims)[0])
            if of == "indices":
                return text(dialect.indices(last, given, claims))
            y = dialect.expected(op, [*arrays, last], given, claims, case.dtype)
            y = y.astype(case.dtype) if is_float(case.dtype) else y
    except ValueError:
        return REFUSED
    return text(dialect.surface(op, y, case.rank, claims), of == "shape")


def answer_to(adapter: Adapter, line: str, of: str) -> str:
    """`answer`, as a task for another process."""
    return answer(adapter, Case.parse(line), of)


def answer(adapter: Adapter, case: Case, of: str) -> str:
    """What an implementation gives for a call, as text."""
    trial = Trial(adapter, case)
    arrays = [trial.inputs[t.name] for t in case.tensors if t.name != "g"]
    given = case.op.arguments()
    try:
        with np.errstate(all="ignore"):
            if of == "dx":
                assert adapter.vjp is not None
                g = dialect.surface(trial.op, trial.inputs["g"], case.rank, adapter.claims)
                return text(adapter.vjp(trial.op, tuple(arrays), g, **given)[0])
            returned = adapter.functions[trial.op](*arrays, **given)
            if trial.op == "max_pool_with_indices":
                returned = returned[1 if of == "indices" else 0]
            return text(returned, of == "shape")
    except (Exception, SystemExit):
        return REFUSED


def text(array: Any, shape_alone: bool = False) -> str:
    """An array in one line: ``1×1×2: 0.5 NaN``, without the errors of transforms."""
    array = np.asarray(array)
    shape = "×".join(map(str, array.shape)) or "scalar"
    if shape_alone or not array.size:
        return shape
    cells = " ".join(map(_number, array.reshape(-1).tolist()))
    return f"{shape}: {cells}"


def _number(value: float) -> str:
    if value != value:
        return "NaN"
    return {float("inf"): "∞", float("-inf"): "−∞"}.get(
        value, f"{round(value, 6) + 0:.6g}".replace("-", "−")
    )

"""Networks of an adapter's own functions, where it has the layers that one needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from convspec.spec.claims import Claims, OpClaims
from convspec.spec.network import HEADS, OUTPUTS, POOLS
from convspec.spec.operations import AvgPool, Conv, MaxPool, Operation

NETWORK = "network"


def with_networks(
    functions: Mapping[str, Callable[..., Any]],
    vjp: Callable[..., Any] | None,
    double_vjp: Callable[..., Any] | None,
    claims: Claims,
) -> tuple[
    Mapping[str, Callable[..., Any]],
    Callable[..., Any] | None,
    Callable[..., Any] | None,
    Claims,
]:
    """The same with the operation ``network``, claims included; unchanged where layers are missing.

    A network needs conv, relu and one of the heads. What is claimed of it is what is claimed of
    all of its layers.
    """
    claimed = _claims(claims.ops, claims.dialect)
    if claimed is None:
        return functions, vjp, double_vjp, claims
    from convspec.reference.network import (
        Composition,
    )  # NumPy, which listing adapters must not load

    composed = Composition(functions, vjp, double_vjp)

    def gradients(op: str, inputs: Any, cotangent: Any, **params: Any) -> Any:
        if op == NETWORK:
            return composed.gradients(inputs, cotangent, **params)
        assert vjp is not None
        return vjp(op, inputs, cotangent, **params)

    def second_gradients(op: str, inputs: Any, g: Any, held: Any, **params: Any) -> Any:
        if op == NETWORK:
            return composed.second_gradients(inputs, g, held, **params)
        assert double_vjp is not None
        return double_vjp(op, inputs, g, held, **params)

    return (
        {**functions, NETWORK: composed.network},
        None if vjp is None else gradients,
        None if double_vjp is None else second_gradients,
        replace(claims, ops={**claims.ops, NETWORK: claimed}),
    )


def _claims(ops: Mapping[str, OpClaims], dialect: Mapping[str, str]) -> OpClaims | None:
    """What is claimed of networks; None if nothing is."""
    if "conv" not in ops or "relu" not in ops:
        return None
    ranks = tuple(
        r for r in (1, 2, 3) if r in ops["relu"].ranks and _fits(ops["conv"], _conv(r), r)
    )
    # Others hold too few numbers exactly for the products of several layers.
    dtypes = tuple(d for d in ("float32", "float64") if _share(ops, ("conv", "relu"), d))
    pools = [name for name, op in POOLS.items() if _has_pool(ops, op, ranks, dtypes)]
    # A pool that keeps its axes is followed by none of these layers.
    kept = dialect["global_pool.rank"] == "keep"
    heads = [
        name
        for name, parts in HEADS.items()
        if _has_all(ops, parts, dtypes) and not (kept and "global_avg_pool" in parts)
    ]
    outputs = [name for name in OUTPUTS if name == "logits" or _has_all(ops, (name,), dtypes)]
    if not (ranks and dtypes and heads):
        return None
    layers = {"conv", "relu", *(POOLS[name] for name in pools if POOLS[name])}
    layers |= {op for name in heads for op in HEADS[name] if op != "flatten"}
    last = {name for name in outputs if name != "logits"}
    biases = [ops[op].bias for op in layers if op in ("conv", "dense")]
    return replace(
        ops["conv"],
        ranks=ranks, dtypes=dtypes, asymmetric_padding=False, named_padding=(),
        layouts=tuple(n for n in ops["conv"].layouts if n in ("contiguous", "channels_last")),
        bias=tuple(b for b in (False, True) if all(b in allowed for allowed in biases)),
        gradient=all(ops[op].gradient for op in layers | last),
        second_gradient=all(ops[op].second_gradient for op in layers),
        networks=(*pools, *heads, *outputs),
        accumulate=_alike([ops[op].accumulate for op in layers | last], dtypes),
        gradient_accumulate=_alike([ops[op].gradient_accumulate for op in layers | last], dtypes),
    )  # fmt: skip


def _alike(declared: Collection[Mapping[str, str]], dtypes: Collection[str]) -> dict[str, str]:
    """The accumulators that all layers have."""
    kept = {d: {claims.get(d, d) for claims in declared} for d in dtypes}
    return {d: kinds.pop() for d, kinds in kept.items() if len(kinds) == 1 and kinds != {d}}


def _conv(rank: int) -> Operation:
    once: tuple[int, ...] = (1,) * rank
    return Conv(stride=once, padding=((0, 0),) * rank, dilation=once, groups=1)


def _fits(claims: OpClaims, op: Operation, rank: int) -> bool:
    """Whether an ordinary call with so many spatial axes is claimed."""
    arrays = [
        SimpleNamespace(shape=shape, dtype=claims.dtypes[0])
        for shape in ((2, 1, *(4,) * rank), (1, 1, *(1,) * rank))
    ]
    if True not in claims.bias:
        return claims.include(op, arrays)
    return claims.include(op, [*arrays, SimpleNamespace(shape=(1,), dtype=claims.dtypes[0])])


def _share(ops: Mapping[str, OpClaims], names: Collection[str], dtype: str) -> bool:
    return all(dtype in ops[name].dtypes for name in names)


def _has_all(ops: Mapping[str, OpClaims], names: Collection[str], dtypes: Collection[str]) -> bool:
    needed = [name for name in names if name != "flatten"]
    return all(name in ops and set(dtypes) <= set(ops[name].dtypes) for name in needed)


def _has_pool(
    ops: Mapping[str, OpClaims], op: str, ranks: Collection[int], dtypes: Collection[str]
) -> bool:
    """Whether all windows that networks pool with are claimed."""
    if not op:
        return True
    if op not in ops or not set(dtypes) <= set(ops[op].dtypes):
        return False
    for rank in ranks:
        for window, stride in ((1, 1), (2, 1), (3, 2)):
            shared: dict[str, Any] = {
                "window": (window,) * rank, "stride": (stride,) * rank, "dilation": (1,) * rank,
                "padding": ((0, 0),) * rank, "ceil_mode": False,
            }  # fmt: skip
            pool: Operation = MaxPool(**shared)
            if op == "avg_pool":
                pool = AvgPool(**shared, count_include_pad=False)
            array = SimpleNamespace(shape=(2, 1, *(4,) * rank), dtype=ops[op].dtypes[0])
            if not ops[op].include(pool, [array]):
                return False
    return True

"""What is called of tinygrad, as data: one method of a tensor per operation. tinygrad itself is not
needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Call = tuple[str, dict[str, Any]]

NAMES = (
    "conv", "conv_transpose", "pad", "max_pool", "max_pool_with_indices", "avg_pool",
    "global_avg_pool", "global_max_pool", "global_sum_pool", "relu", "dense", "softmax",
    "log_softmax", "cross_entropy",
)  # fmt: skip
"""The operations that tinygrad has, as `method` says."""

_FLAT = {"softmax": {"axis": 1}, "log_softmax": {"axis": 1}, "relu": {}, "cross_entropy": {}}
_GLOBAL = {"global_avg_pool": "mean", "global_max_pool": "max", "global_sum_pool": "sum"}


def method(op: str, rank: int, params: Mapping[str, Any]) -> Call:
    """The method of the first array, and its keywords; the other arrays are its arguments.

    Raises ValueError for what tinygrad has no parameter for.
    """
    if op in ("conv", "conv_transpose"):
        given = {
            "groups": params["groups"], "stride": params["stride"],
            "dilation": params["dilation"], "padding": _sides(params["padding"]),
        }  # fmt: skip
        if op == "conv":
            return "conv2d", given
        return "conv_transpose2d", {**given, "output_padding": params["output_padding"]}
    if op in ("max_pool", "max_pool_with_indices", "avg_pool"):
        given = {
            "kernel_size": params["window"], "stride": params["stride"],
            "dilation": params["dilation"], "padding": _sides(params["padding"]),
        }  # fmt: skip
        # Releases before 0.10 have no such keyword, and leave windows out as its default does.
        given |= {"ceil_mode": True} if params["ceil_mode"] else {}
        if op == "avg_pool":
            return "avg_pool2d", {**given, "count_include_pad": params["count_include_pad"]}
        return "max_pool2d", given | ({} if op == "max_pool" else {"return_indices": True})
    if op == "pad":
        around = ((0, 0), (0, 0), *params["padding"])
        return "pad", {"padding": around, "mode": params["mode"], "value": params["value"]}
    if op in _GLOBAL:
        return _GLOBAL[op], {"axis": tuple(range(2, 2 + rank))}
    if op == "dense":
        return "linear", {}
    return op, dict(_FLAT[op])


def _sides(padding: Any) -> tuple[int, ...]:
    """Low and high side of each axis, the last axis first, as tinygrad has them."""
    if isinstance(padding, str):
        raise ValueError(f"tinygrad's functions have no padding by the name {padding!r}")
    return tuple(n for pair in reversed(padding) for n in pair)


def spelled(
    which: str, op: str, inputs: Mapping[str, Any], names: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The imports and the lines that make a call and set `results`: see `Tinygrad.spell`."""
    if which == "double_vjp":
        raise LookupError("second gradients are not spelt")
    imports = ["import numpy as np", "from tinygrad import Tensor, dtypes"]
    first = next(iter(inputs))
    rank = inputs[first].ndim - 2
    name, keywords = method(op, rank, parameters)
    lines = [f"{names[key]}_ = {_tensor(array, names[key])}" for key, array in inputs.items()]
    of = [key for key in inputs if key != "g"]
    arguments = [f"{names[key]}_{'.T' if key == 'w' and op == 'dense' else ''}" for key in of[1:]]
    written = [*arguments, *(f"{key}={value!r}" for key, value in keywords.items())]
    lines.append(f"y = {names[first]}_.{name}({', '.join(written)})")
    if which == "vjp":
        leaves = ", ".join(f"{names[key]}_" for key in of if key != "labels")
        lines.append(f"made = y.gradient({leaves}, gradient={names['g']}_)")
    else:
        lines.append("made = y" if op == "max_pool_with_indices" else "made = [y]")
    lines.append("results = [one.numpy() for one in made]")
    return imports, lines


def _tensor(array: Any, name: str) -> str:
    if str(array.dtype) == "bfloat16":
        return f"Tensor({name}.view(np.uint16)).bitcast(dtypes.bfloat16)"
    return f"Tensor(np.ascontiguousarray({name}))"

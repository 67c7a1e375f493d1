"""What is called of TVM, as data: the operators of a call, which the adapter builds, and a program
for them in TVM's own words. TVM itself is not needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

NAMES = (
    "conv", "conv_transpose", "pad", "max_pool", "avg_pool", "adaptive_avg_pool",
    "global_avg_pool", "global_max_pool", "global_sum_pool", "relu", "dense", "softmax",
    "log_softmax", "cross_entropy",
)  # fmt: skip
"""The operations that TVM has, as `steps` says."""


@dataclass(frozen=True)
class Step:
    """One operator: `result` = relax.op.`function`(*`inputs`, **`keywords`)."""

    function: str
    inputs: tuple[str, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    result: str = "y"

    def __str__(self) -> str:
        """The call as Python has it, without the assignment."""
        written = [*self.inputs, *(f"{name}={value!r}" for name, value in self.keywords.items())]
        return f"relax.op.{self.function}({', '.join(written)})"


def steps(op: str, shapes: Mapping[str, Shape], params: Mapping[str, Any]) -> list[Step]:
    """The operators of a call; the last makes ``y``. `shapes`: of the inputs by name.

    Raises ValueError for what TVM has no parameter for.
    """
    first = next(iter(shapes))
    rank = len(shapes[first]) - 2
    spatial = tuple(range(2, 2 + rank))
    if op in ("conv", "conv_transpose"):
        return _convolution(op, rank, shapes, params)
    if op in ("max_pool", "avg_pool"):
        given = {
            "pool_size": params["window"], "strides": params["stride"],
            "padding": _sides(params["padding"]), "dilation": params["dilation"],
            "ceil_mode": params["ceil_mode"],
        }  # fmt: skip
        if op == "avg_pool":
            given["count_include_pad"] = params["count_include_pad"]
        return [Step(f"nn.{op}{rank}d", (first,), given)]
    if op == "adaptive_avg_pool":
        given = {"output_size": params["output_size"]}
        return [Step(f"nn.adaptive_avg_pool{rank}d", (first,), given)]
    if op.startswith("global"):
        function = {"global_avg_pool": "mean", "global_max_pool": "max", "global_sum_pool": "sum"}
        return [Step(function[op], (first,), {"axis": spatial})]
    if op == "pad":
        around = [0, 0, 0, 0, *(n for pair in params["padding"] for n in pair)]
        given = {"pad_width": around, "pad_mode": params["mode"]}
        if params["mode"] == "constant":
            given["pad_value"] = float(params["value"])
        return [Step("nn.pad", (first,), given)]
    if op == "dense":
        return [Step("linear", tuple(shapes))]
    if op == "cross_entropy":
        return [
            Step("nn.log_softmax", (first,), {"axis": 1}),
            Step("nn.nll_loss", ("y", "labels"), {"reduction": "mean"}),
        ]
    return [Step(f"nn.{op}", (first,), {} if op == "relu" else {"axis": 1})]


def _convolution(
    op: str, rank: int, shapes: Mapping[str, Shape], params: Mapping[str, Any]
) -> list[Step]:
    given = {
        "strides": params["stride"], "padding": _sides(params["padding"]),
        "dilation": params["dilation"], "groups": params["groups"],
    }  # fmt: skip
    function = f"nn.conv{rank}d"
    if op == "conv_transpose":
        function += "_transpose"
        given["output_padding"] = params["output_padding"]
    found = [Step(function, ("x", "w"), given)]
    if "b" in shapes:
        column = (1, *shapes["b"], *(1,) * rank)
        found.append(Step("reshape", ("b",), {"shape": column}, result="b"))
        found.append(Step("add", ("y", "b")))
    return found


def _sides(padding: Any) -> tuple[int, ...]:
    """All low sides, then all high ones, as TVM has them."""
    if isinstance(padding, str):
        raise ValueError(f"TVM has no padding by the name {padding!r}")
    return (*(low for low, _ in padding), *(high for _, high in padding))


def resolved(root: Any, path: str) -> Any:
    """What a dotted path leads to."""
    for name in path.split("."):
        root = getattr(root, name)
    return root


def spelled(
    which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The imports and the lines that make a call and set `results`: see `Tvm.spell`."""
    if which != "forward":
        raise LookupError("gradients are not spelt")
    shapes = {name: array.shape for name, array in inputs.items()}
    imports = ["import numpy as np", "import tvm", "from tvm import relax"]
    lines = [
        # First, since what stands for the arrays in the program has their names.
        f"arrays = [{_listed(names[name] for name in inputs)}]",
        "builder = relax.BlockBuilder()",
        *(
            f'{name} = relax.Var("{name}", relax.TensorType({array.shape}, "{array.dtype}"))'
            for name, array in inputs.items()
        ),
        f'with builder.function("main", [{", ".join(inputs)}]):',
        "    with builder.dataflow():",
    ]
    for step in steps(op, shapes, parameters):
        lines.append(f"        {step.result} = builder.emit({step})")
    lines += [
        "        y = builder.emit_output(y)",
        "    builder.emit_func_output(y)",
        'executable = tvm.compile(builder.get(), target="llvm")',
        'run = relax.VirtualMachine(executable, tvm.cpu())["main"]',
        "results = [run(*(tvm.runtime.tensor(np.ascontiguousarray(a)) for a in arrays)).numpy()]",
    ]
    return imports, lines


def _listed(words: Any) -> str:
    return ", ".join(words)

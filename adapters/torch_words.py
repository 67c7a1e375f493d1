"""A call of the adapter in torch's own words, for programs that show a failure without us.

The words are not written by hand: the adapter's function runs on tensors that have a shape and no
contents, and every function of torch that it calls is noted, with its arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy.typing as npt
import torch
from torch.overrides import TorchFunctionMode, resolve_name

from .torch_functions import FORWARD
from .wrapping import wrapped

Array = npt.NDArray[Any]

_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSE = (*_CONV[:5], "output_padding", "groups", "dilation")
_AVG = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
_UNSIGNED = {"conv": _CONV, "conv_transpose": _TRANSPOSE, "avg_pool": _AVG}
"""Parameters of functions that have no signature Python could show."""


class _Noting(TorchFunctionMode):
    """Notes each function of torch that is called, as a line of a program."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._names = names
        self._kept: list[Any] = []  # so that no id is given twice

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = resolve_name(func) or ""
        returned = None
        noted = not name.endswith(".__get__")
        if noted:
            arguments = self._arguments(func, args, kwargs or {})
            self.lines += wrapped(f"y = {_shortened(name)}", arguments)
        returned = func(*args, **(kwargs or {}))
        if noted:
            for i, tensor in enumerate(returned if isinstance(returned, tuple) else [returned]):
                self._names[id(tensor)] = f"y[{i}]" if isinstance(returned, tuple) else "y"
                self._kept.append(tensor)
        return returned

    def _arguments(self, func: Callable[..., Any], args: Sequence[Any], kwargs: Any) -> list[str]:
        known, defaults = _parameters(func, len(args))
        written = []
        for i, value in enumerate(args):
            if i < len(known) and known[i] in defaults and value is defaults[known[i]]:
                continue
            if i < len(known) and i > 0 and not isinstance(value, torch.Tensor):
                if value is not None or known[i] != "bias":
                    written.append(f"{known[i]}={self._spelled(value)}")
            else:
                written.append(self._spelled(value))
        for key, value in kwargs.items():
            if not key.startswith("_") and not (key in defaults and value is defaults[key]):
                written.append(f"{key}={self._spelled(value)}")
        return written

    def _spelled(self, value: Any) -> str:
        return self._names[id(value)] if isinstance(value, torch.Tensor) else repr(value)


def spelled(
    which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
    parameters: Mapping[str, Any], *, device: str, mkldnn: bool, channels_last: bool,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The imports and the lines that make a call and set `results`.

    `inputs` are the arrays by the names of the operation's inputs, `names` what the program calls
    them. `which` is "forward", "vjp" or "double_vjp".
    """
    imports = ["import torch", "import torch.nn.functional as F"]
    if not mkldnn:
        imports.append("torch.backends.mkldnn.enabled = False")
    of = [name for name in inputs if name != "g" and not name.startswith("u_")]
    lines = [f"{names[name]}_ = {_tensor(inputs[name], names[name], device)}" for name in of]
    differentiated = [name for name in of if name != "labels"]
    if which != "forward":
        lines += [f"{names[name]}_.requires_grad_()" for name in differentiated]
    blanks = [_blank(inputs[name]) for name in of]
    spoken = {id(blank): f"{names[name]}_" for name, blank in zip(of, blanks, strict=True)}
    if channels_last:
        for blank, name in zip(blanks, of, strict=True):
            if blank.ndim in (4, 5):
                memory = "channels_last" if blank.ndim == 4 else "channels_last_3d"
                spoken[id(blank)] = f"{names[name]}_.to(memory_format=torch.{memory})"
    noting = _Noting(spoken)
    try:
        with noting:
            paired = which == "forward" and op == "max_pool_with_indices"
            FORWARD[op](*blanks, **parameters, **({"return_indices": True} if paired else {}))
    except Exception:
        # What torch refuses it refuses without contents, too, after the call was noted.
        pass
    if not noting.lines:
        # Refused by the adapter itself, before any call.
        raise LookupError(f"torch is not called for this {op}")
    lines += noting.lines
    # NumPy has no type for what torch then returns.
    half = any(str(array.dtype) == "bfloat16" for array in inputs.values())
    number = "one.cpu().float().numpy()" if half else "one.cpu().numpy()"
    if which == "forward":
        got = "y" if op == "max_pool_with_indices" else "[y]"
        return imports, [*lines, f"results = [{number} for one in {got}]"]
    leaves = ", ".join(f"{names[name]}_" for name in differentiated)
    g = _tensor(inputs["g"], names["g"], device)
    if which == "vjp":
        lines.append(f"gradients = torch.autograd.grad(y, [{leaves}], {g})")
    else:
        held = [(i, name) for i, name in enumerate(differentiated) if f"u_{name}" in inputs]
        outs = ", ".join(f"first[{i}]" for i, _ in held)
        with_ = ", ".join(
            _tensor(inputs[f"u_{name}"], names[f"u_{name}"], device) for _, name in held
        )
        lines += [
            f"g_ = {g}.requires_grad_()",
            f"first = torch.autograd.grad(y, [{leaves}], g_, create_graph=True)",
            f"gradients = torch.autograd.grad([{outs}], [{leaves}, g_], [{with_}],",
            "    allow_unused=True, materialize_grads=True)",
        ]
    return imports, [*lines, f"results = [{number} for one in gradients]"]


def _tensor(array: Array, name: str, device: str) -> str:
    if str(array.dtype) == "bfloat16":
        text = f"torch.from_numpy({name}.view(np.int16)).view(torch.bfloat16)"
    else:
        text = f"torch.from_numpy({name})"
    return text if device == "cpu" else f"{text}.to({device!r})"


def _blank(array: Array) -> torch.Tensor:
    dtype = getattr(torch, str(array.dtype))
    return torch.zeros(array.shape, dtype=dtype, device="meta")


def _shortened(name: str) -> str:
    return name.replace("torch.nn.functional.", "F.")


def _parameters(func: Callable[..., Any], count: int) -> tuple[Sequence[str], dict[str, Any]]:
    """The names of a function's parameters, and the defaults of those that have one."""
    try:
        signature = inspect.signature(func).parameters
    except ValueError:
        stem = func.__name__.rstrip("d123").rstrip("0123456789")
        return _UNSIGNED.get(stem, ())[:count], {}
    names = list(signature)
    if any(p.kind is p.VAR_POSITIONAL for p in signature.values()):
        return (), {}
    defaults = {n: p.default for n, p in signature.items() if p.default is not p.empty}
    return names, defaults

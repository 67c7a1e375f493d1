"""PaddlePaddle on the CPU, through ``paddle.nn.functional``.

Every parameter that Paddle has is handed to Paddle: amounts of padding per side, ``"SAME"`` and
``"VALID"``, dilation, groups, ceil mode, ``exclusive``, and with the option ``channels-last`` its
``data_format``. Tensors are made by DLPack: the same memory, the
same strides. (Paddle 3.3 takes negative strides for positive ones there, without a word; so an
array that runs backwards is refused by us and not claimed.)

One shim remains: the gradient of max pooling with ``return_mask`` is refused, by us and with an
error, where an index is −1: Paddle 3.3 gives that to windows in which nothing is above −3.4e38, and
its backward pass then writes there, before the plane.

What Paddle does not offer raises ValueError: dilated pools, ``same_lower``, symmetric padding, Lp
pools of three axes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt

from ..errors import option_word
from ..forwarding import forward, named
from .calling import Named, Noting, running
from .claims import paddle as claimed
from .paddle_functions import FORWARD, formatted

with warnings.catch_warnings():
    # It looks for a compiler cache and warns that there is none.
    warnings.simplefilter("ignore")
    import paddle
    import paddle.nn.functional as F  # noqa: N812 - the name it has everywhere

Array = npt.NDArray[Any]

OPTIONS = ("channels-last",)

_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
_CALL = running({"F": F, "paddle": paddle})


class Paddle:
    """One way to run Paddle: channels first, or last where its functions can.

    It has a function for each operation, on NumPy's arrays, (N, C, *spatial), in and out; errors
    are Paddle's own.
    """

    name = "paddle"
    version = paddle.__version__

    def __init__(self, channels_last: bool) -> None:
        """`channels_last` copies x to (N, *spatial, C) for operations that have a `data_format`."""
        self.channels_last = channels_last
        self.claims = claimed("channels-last" if channels_last else "")
        forward(self, named(self.claims), self._run)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by ``paddle.grad``.

        One per input, but for labels, which have none.
        """
        last = self._last(op, inputs[0])
        leaves, y = self._differentiated(op, inputs, params, last)
        gradients = paddle.grad(y, leaves, _tensor(cotangent, last))
        return [_array(d, last and i == 0) for i, d in enumerate(gradients)]

    def double_vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array,
        cotangents: Sequence[Array | None], **params: Any,
    ) -> list[Array]:  # fmt: skip
        """The gradients of Σ⟨vjp_i, cotangents_i⟩, by ``paddle.grad`` with ``create_graph``.

        One per input, then that of the cotangent; a None among `cotangents` leaves its term out.
        """
        last = self._last(op, inputs[0])
        leaves, y = self._differentiated(op, inputs, params, last)
        g = _leaf(cotangent, last)
        first = paddle.grad(y, leaves, g, create_graph=True)
        held = [i for i, u in enumerate(cotangents) if u is not None]
        arrays = [*inputs, cotangent]
        if not held:
            return [np.zeros_like(array) for array in arrays]
        second = paddle.grad(
            [first[i] for i in held], [*leaves, g],
            [_tensor(u, last and i == 0) for i, u in enumerate(cotangents) if u is not None],
            allow_unused=True,
        )  # fmt: skip
        return [
            np.zeros_like(array) if d is None else _array(d, last and i in (0, len(inputs)))
            for i, (array, d) in enumerate(zip(arrays, second, strict=True))
        ]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in Paddle's own words: imports, and lines that set `results`."""
        x = next(iter(inputs.values()))
        last = self._last(op, x)
        of = [name for name in inputs if name != "g" and not name.startswith("u_")]
        lines = [
            f"{names[name]}_ = {_spelled(inputs[name], names[name], last and i == 0)}"
            for i, name in enumerate(of)
        ]
        inner = [name for name in of if name != "labels"]
        if which != "forward":
            lines += [f"{names[name]}_.stop_gradient = False" for name in inner]
        noting = Noting()
        tensors = [Named(f"{names[name]}_") for name in of]
        result = FORWARD[op](noting, x.ndim - 2, last, *tensors, **parameters)
        lines += noting.lines
        paired = op == "max_pool_with_indices"
        number = "one.numpy().view(ml_dtypes.bfloat16)" if x.dtype == _BFLOAT16 else "one.numpy()"
        if which == "forward":
            got = str(result) if paired else f"[{result}]"
        else:
            y = result[0] if paired else result
            leaves = ", ".join(f"{names[name]}_" for name in inner)
            lines.append(f"g_ = {_spelled(inputs['g'], names['g'], last)}")
            got = f"paddle.grad({y}, [{leaves}], g_)"
            if which == "double_vjp":
                held = [(i, name) for i, name in enumerate(inner) if f"u_{name}" in inputs]
                outs = ", ".join(f"first[{i}]" for i, _ in held)
                with_ = ", ".join(
                    _spelled(inputs[f"u_{name}"], names[f"u_{name}"], last and i == 0)
                    for i, name in held
                )
                lines += [
                    "g_.stop_gradient = False",
                    f"first = {got[:-1]}, create_graph=True)",
                    f"second = paddle.grad([{outs}], [{leaves}, g_], [{with_}],",
                    "    allow_unused=True)",
                ]
                got = "[paddle.zeros_like(t) if d is None else d"
                got += f" for t, d in zip([{leaves}, g_], second)]"
        lines.append(f"results = [{number} for one in {got}]")
        if last:
            lines.append("results[0] = np.moveaxis(results[0], -1, 1)")
            if which == "double_vjp":
                lines.append("results[-1] = np.moveaxis(results[-1], -1, 1)")
        imports = ["import paddle", "import paddle.nn.functional as F"]
        return (["import ml_dtypes", *imports] if x.dtype == _BFLOAT16 else imports), lines

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Any:
        last = self._last(op, arrays[0])
        tensors = [_tensor(array, last and i == 0) for i, array in enumerate(arrays)]
        y = FORWARD[op](_CALL, _rank(op, arrays[0]), last, *tensors, **params)
        if op == "max_pool_with_indices":
            return tuple(_array(one, last) for one in y)
        return _array(y, last)

    def _differentiated(
        self, op: str, inputs: Sequence[Array], params: Mapping[str, Any], last: bool
    ) -> tuple[list[Any], Any]:
        """Leaves of the graph, and the result."""
        labels = [_tensor(array, False) for array in inputs[1:]] if op == "cross_entropy" else []
        of = inputs[:1] if labels else inputs
        leaves = [_leaf(array, last and i == 0) for i, array in enumerate(of)]
        y = FORWARD[op](_CALL, _rank(op, inputs[0]), last, *leaves, *labels, **params)
        if op != "max_pool_with_indices":
            return leaves, y
        if y[1].size and int(y[1].min()) < 0:
            raise RuntimeError(
                "not run: Paddle would write outside its memory (a window without a number above"
                " −3.4e38 has index −1)"
            )
        return leaves, y[0]

    def _last(self, op: str, x: Array) -> bool:
        return self.channels_last and formatted(op, x.ndim - 2)


def make(option: str | None) -> Paddle:
    """Paddle with channels first, or ``channels-last``. Raises UnknownAdapter for other words."""
    word = option_word("paddle", option, OPTIONS)
    # The suite runs one process per core, and its tensors are small: threads of Paddle's own would
    # only compete. Whoever sets OMP_NUM_THREADS has decided otherwise.
    if "OMP_NUM_THREADS" not in os.environ:
        paddle.base.core.set_num_threads(1)
    paddle.set_device("cpu")
    return Paddle(word == "channels-last")


def _rank(op: str, x: Array) -> int:
    rank = x.ndim - 2
    flat = op in ("dense", "softmax", "log_softmax", "cross_entropy", "relu")
    if not (flat or 1 <= rank <= 3):
        raise ValueError(f"Paddle has 1, 2 or 3 spatial axes, not those of shape {x.shape}")
    return rank


def _tensor(array: Array, last: bool) -> Any:
    """The array as a tensor: the same memory; a copy with the channels last where asked for."""
    if any(step < 0 < n - 1 for step, n in zip(array.strides, array.shape, strict=True)):
        raise ValueError("Paddle has no negative strides")
    half = array.dtype == _BFLOAT16
    if last:
        array = np.ascontiguousarray(np.moveaxis(array, 1, -1))
    tensor = paddle.utils.dlpack.from_dlpack(array.view(np.int16) if half else array)
    return tensor.view("bfloat16") if half else tensor


def _leaf(array: Array, last: bool) -> Any:
    tensor = _tensor(array, last)
    tensor.stop_gradient = False
    return tensor


def _array(tensor: Any, last: bool) -> Array:
    found: Array = tensor.numpy()
    if tensor.dtype == paddle.bfloat16:
        found = found.view(_BFLOAT16)
    return np.moveaxis(found, -1, 1) if last else found


def _spelled(array: Array, name: str, last: bool) -> str:
    text = f"np.ascontiguousarray(np.moveaxis({name}, 1, -1))" if last else name
    if array.dtype == _BFLOAT16:
        return f'paddle.utils.dlpack.from_dlpack({text}.view(np.int16)).view("bfloat16")'
    return f"paddle.utils.dlpack.from_dlpack({text})"

"""OpenVINO on the CPU: models of one operation, built with its own operations and compiled.

Nothing goes through ONNX (only with the option ``onnx`` does it, in `openvino_onnx`), so that every
parameter is OpenVINO's own: ``auto_pad``, the rounding ``ceil_torch`` (that of the option ``ceil``:
plain ``ceil``), ``exclude_pad``. Weights are constants. On a processor that multiplies bfloat16,
OpenVINO computes float32 models in that unless told otherwise: it is told
``INFERENCE_PRECISION_HINT`` f32. Groups are an axis of the weight there, so that it is reshaped; a
bias is an addition. The option ``defaults`` leaves out the dilations of pools that have none, for
which OpenVINO documents a default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import openvino as ov

from ..errors import option_word
from ..forwarding import forward
from .claims import openvino as declared
from .models import Cache
from .nodes import Array, Node
from .openvino_onnx import OpenVINOOfModels
from .openvino_words import SETTINGS, VERSION, Operations, compilation, inferred

ops = Operations()

MODES = {
    "constant": "constant", "reflect": "reflect", "replicate": "edge", "symmetric": "symmetric",
}  # fmt: skip


def _padded(padding: Any) -> dict[str, Any]:
    """Padding in the words of OpenVINO; amounts do not count beside a name, but must be there."""
    if isinstance(padding, str):
        return {"auto_pad": padding, "pads_begin": [], "pads_end": []}
    return {"pads_begin": [low for low, _ in padding], "pads_end": [high for _, high in padding]}


def _grouped(w: Array, groups: int) -> Array:
    if groups < 1 or w.ndim < 1 or w.shape[0] % groups:
        raise ValueError(f"{groups} groups of a weight of shape {w.shape}")
    return w.reshape(groups, w.shape[0] // groups, *w.shape[1:])


def _conv(x: Any, *weights: Array, groups: int, **given: Any) -> Any:
    w = weights[0]
    words = {
        "strides": list(given["stride"]), "dilations": list(given["dilation"]),
        **_padded(given["padding"]),
    }  # fmt: skip
    if groups == 1:
        return _biased(ops.convolution(x, _constant(w), **words), weights)
    kernel = _constant(_grouped(w, groups))
    return _biased(ops.group_convolution(x, kernel, **words), weights)


def _conv_transpose(x: Any, *weights: Array, groups: int, **given: Any) -> Any:
    w = weights[0]
    words = {
        "strides": list(given["stride"]), "dilations": list(given["dilation"]),
        "output_padding": list(given["output_padding"]), **_padded(given["padding"]),
    }  # fmt: skip
    if groups == 1:
        return _biased(ops.convolution_backprop_data(x, _constant(w), **words), weights)
    kernel = _constant(_grouped(w, groups))
    return _biased(ops.group_convolution_backprop_data(x, kernel, **words), weights)


def _biased(y: Any, weights: Sequence[Array]) -> Any:
    if len(weights) < 2:
        return y
    b, channels = weights[1], y.get_output_partial_shape(0)[1].get_length()
    if b.shape != (channels,):
        raise ValueError(f"a bias of shape {b.shape} for {channels} channels")
    return ops.add(y, _constant(b.reshape(1, *b.shape, *(1,) * (weights[0].ndim - 2))))


def _pad(x: Any, *, padding: Any, mode: str, value: float, dtype: np.dtype[Any]) -> Any:
    if mode not in MODES:
        raise ValueError(f"OpenVINO's Pad has no mode {mode!r}: it has {', '.join(MODES)}")
    low = np.array([0, 0, *(one for one, _ in padding)], np.int64)
    high = np.array([0, 0, *(one for _, one in padding)], np.int64)
    fill = _constant(np.array(value).astype(dtype)) if mode == "constant" else None
    return ops.pad(x, _constant(low), _constant(high), MODES[mode], fill)


def _pool_words(option: str, given: Mapping[str, Any]) -> dict[str, Any]:
    rounding = "ceil" if option == "ceil" else "ceil_torch"
    words = {
        "strides": list(given["stride"]), "dilations": list(given["dilation"]),
        "kernel_shape": list(given["window"]), **_padded(given["padding"]),
        "rounding_type": rounding if given["ceil_mode"] else "floor",
    }  # fmt: skip
    if option == "defaults" and all(dilation == 1 for dilation in given["dilation"]):
        del words["dilations"]
    return words


def _max_pool(x: Any, option: str, **given: Any) -> Any:
    return ops.max_pool(x, **_pool_words(option, given), axis=2)


def _avg_pool(x: Any, option: str, *, count_include_pad: bool, **given: Any) -> Any:
    return ops.avg_pool(x, exclude_pad=not count_include_pad, **_pool_words(option, given))


def _reduced(function: str, x: Any) -> Any:
    axes = np.arange(2, x.get_partial_shape().rank.get_length(), dtype=np.int64)
    return getattr(ops, function)(x, _constant(axes))


def _sizes(output_size: Sequence[int]) -> Any:
    return _constant(np.array(output_size, np.int64))


def _dense(x: Any, w: Array, *b: Array) -> Any:
    y = ops.matmul(x, _constant(w), transpose_a=False, transpose_b=True)
    return ops.add(y, _constant(b[0])) if b else y


def _constant(array: Array) -> Any:
    return ops.constant(np.ascontiguousarray(array).reshape(array.shape))


class OpenVINO:
    """A compiled model per operation, parameters, shapes and weights."""

    name = "openvino"
    version = VERSION

    def __init__(self, option: str) -> None:
        """`option`: "", "ceil" or "defaults", as the module says."""
        self._option = option
        self._core = ov.Core()
        self._compiled: Cache[Any] = Cache(self._compile, weights=True)
        self.claims = declared(option)
        forward(self, self._makers(), self._call)

    def _makers(self) -> dict[str, Any]:
        option = self._option
        return {
            "conv": _conv,
            "conv_transpose": _conv_transpose,
            "pad": _pad,
            "max_pool": lambda x, **given: _max_pool(x, option, **given).output(0),
            "max_pool_with_indices": lambda x, **given: _max_pool(x, option, **given),
            "avg_pool": lambda x, **given: _avg_pool(x, option, **given),
            "adaptive_avg_pool": lambda x, output_size: ops.adaptive_avg_pool(
                x, _sizes(output_size)
            ),
            # With int64 indices, which are the default, it is refused on the CPU.
            "adaptive_max_pool": lambda x, output_size: ops.adaptive_max_pool(
                x, _sizes(output_size), "i32"
            ),
            "global_avg_pool": partial(_reduced, "reduce_mean"),
            "global_max_pool": partial(_reduced, "reduce_max"),
            "global_sum_pool": partial(_reduced, "reduce_sum"),
            "relu": lambda x: ops.relu(x),
            "dense": _dense,
            "softmax": lambda x: ops.softmax(x, 1),
            "log_softmax": lambda x: ops.log_softmax(x, 1),
        }

    def _call(self, op: str, arrays: Sequence[Array], params: dict[str, Any]) -> Any:
        x, *weights = arrays
        if op == "pad":
            params["dtype"] = x.dtype
        names = {"x": x, **{f"w{i}": w for i, w in enumerate(weights)}}
        node = Node(op, names, params, tuple(names)[1:], {"y": x.dtype.name})
        results = inferred(self._compiled(node), [x])
        return tuple(results) if op == "max_pool_with_indices" else results[0]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in OpenVINO's own words: imports, and lines that set `results`."""
        arrays = [array for name, array in inputs.items() if name != "g"]
        x, params = arrays[0], dict(parameters)
        if op == "pad":
            params["dtype"] = x.dtype
        ops.note({names[name]: array for name, array in inputs.items()})
        try:
            made = self._build(op, arrays, params)[1]
            result = ops.last()
        finally:
            lines = ops.stop()
        lines += [
            f"model = ov.Model({result}.outputs()[:{len(made)}], [n0])",
            compilation("model"),
            f"results = list(compiled([{names['x']}]).values())",
        ]
        return ["import openvino as ov", "import openvino.opset16 as ops"], lines

    def _build(self, op: str, arrays: Sequence[Array], params: dict[str, Any]) -> Any:
        """The node that is fed, and those whose values are asked for."""
        x, *weights = arrays
        fed = ops.parameter(list(x.shape), x.dtype)
        made = self._makers()[op](fed, *weights, **params)
        return fed, made.outputs() if isinstance(made, ov.Node) else [made]

    def _compile(self, node: Node) -> Any:
        fed, outputs = self._build(
            node.operator, list(node.inputs.values()), dict(node.attributes)
        )  # fmt: skip
        return self._core.compile_model(ov.Model(outputs, [fed]), "CPU", SETTINGS)


def make(option: str | None) -> OpenVINO | OpenVINOOfModels:
    """OpenVINO, as `option` says.

    ``ceil`` rounds up in its older way, ``defaults`` leaves out dilations of 1, ``onnx`` reads
    ONNX models. Raises UnknownAdapter for others.
    """
    word = option_word("openvino", option, ("ceil", "defaults", "onnx"))
    return OpenVINOOfModels() if word == "onnx" else OpenVINO(word)

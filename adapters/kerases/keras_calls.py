"""Keras as an adapter: runs the lines of `keras_lines`, and differentiates them by its backend."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from convspec.spec.operations import OPERATIONS

from ..forwarding import by_name, forward
from .forms import channels_of, form_text, formed, handed, returned_text, unformed
from .keras_lines import PLANS, Style, plan
from .lines import Plan, run, written
from .onednn import not_taken, spelt, without

Array = npt.NDArray[Any]

_MODULES = {"keras": keras}
_BACKEND = keras.backend.backend()
_tensor = keras.ops.convert_to_tensor

PROGRAMS = 4000
"""Calls after which the programs that JAX has compiled for them are dropped.

It keeps those of every shape, a fifth of a MiB for a call on average: a long run would end for want
of memory that no call takes.
"""

# The suite runs one process per core, and its tensors are small: threads of a library's own would
# only compete. Whoever sets OMP_NUM_THREADS has decided otherwise.
if "OMP_NUM_THREADS" not in os.environ:
    if _BACKEND == "torch":
        import torch

        torch.set_num_threads(1)
    elif _BACKEND == "tensorflow":
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


class Keras:
    """Keras on the backend that it was loaded with.

    Arrays are NumPy's, (N, C, *spatial), in and out; errors are those of Keras and its backend. It
    has a function for each operation that `keras_lines` plans.
    """

    name = "keras"
    version = keras.__version__

    def __init__(self, backend: str, words: Sequence[str], claims: dict[str, Any]) -> None:
        self.style = Style(backend, words)
        self.claims = claims
        if _BACKEND == "tensorflow":
            # There, TensorFlow's own kernels refuse what oneDNN's do, or do otherwise.
            ops = ["conv_transpose", "max_pool", "avg_pool"]
            if self.style.first:
                ops.append("conv")
            own: dict[str, Any] = {op: claims[op] for op in ops if op in claims}
            self.claims = {**claims, **without(own, not_taken())}
        self._calls = 0
        if backend != "numpy":
            self.vjp = self._vjp
        forward(self, PLANS, self._run)

    def _vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any
    ) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by the backend's own means.

        One per input, but for labels, which have none.
        """
        self._count()
        arrays = by_name(op, inputs)
        made = plan(op, arrays, self.style, params)
        tensors = handed(arrays, made.forms, _tensor)
        leaves = [name for name in arrays if name not in OPERATIONS[op].constant]
        g = _tensor(formed(cotangent, made.form, 0))

        def function(*values: Any) -> Any:
            return run(made, {**tensors, **dict(zip(leaves, values, strict=True))}, _MODULES)[0]

        gradients = _GRADIENTS[_BACKEND](function, [tensors[name] for name in leaves], g)
        return [
            unformed(_to_array(gradient), made.forms.get(name, ""))
            for name, gradient in zip(leaves, gradients, strict=True)
        ]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in Keras's own words: imports, and lines that set `results`."""
        arrays = {n: a for n, a in inputs.items() if n != "g" and not n.startswith("u_")}
        made = plan(op, arrays, self.style, parameters)
        channels = channels_of(arrays)

        def tensor(name: str, form: str) -> str:
            text = form_text(names[name], form, channels)
            return f"keras.ops.convert_to_tensor({text})"

        imports = ["import os", f'os.environ["KERAS_BACKEND"] = "{_BACKEND}"', "import keras"]
        if _BACKEND == "tensorflow":
            imports.insert(1, spelt(on=True))
        lines = [f"{name} = {tensor(name, made.forms.get(name, ''))}" for name in arrays]
        number = "keras.ops.convert_to_numpy({})"
        leaves = [name for name in arrays if name not in OPERATIONS[op].constant]
        body = [f"    {line}" for line in written(made)]
        if which == "forward":
            got = returned_text(number.format("y"), made.form)
            call = _compared(body, ", ".join(arrays)) if self.style.symbolic else written(made)
            return imports, [*lines, *call, f"results = [{got}]"]
        lines += [f"def function({', '.join(leaves)}):", *body, "    return y", ""]
        kept, g = ", ".join(leaves), tensor("g", made.form)
        if _BACKEND == "torch":
            imports.append("import torch")
            lines += [f"{name} = {name}.requires_grad_()" for name in leaves]
            lines.append(f"gradients = torch.autograd.grad(function({kept}), [{kept}], {g})")
        elif _BACKEND == "jax":
            imports.append("import jax")
            lines.append(f"gradients = jax.vjp(function, {kept})[1]({g})")
        else:
            imports.append("import tensorflow as tf")
            lines += ["with tf.GradientTape() as tape:", f"    tape.watch([{kept}])",
                      f"    y = function({kept})",
                      f"gradients = tape.gradient(y, [{kept}], {g})"]  # fmt: skip
        got = ", ".join(
            returned_text(number.format(f"gradients[{i}]"), made.forms.get(name, ""))
            for i, name in enumerate(leaves)
        )
        return imports, [*lines, f"results = [{got}]"]

    def _run(self, op: str, inputs: Sequence[Array], params: Mapping[str, Any]) -> Array:
        self._count()
        arrays = by_name(op, inputs)
        made = plan(op, arrays, self.style, params)
        tensors = handed(arrays, made.forms, _tensor)
        y = run(made, tensors, _MODULES)[0]
        if self.style.symbolic:
            _foretold(made, tensors, tuple(y.shape))
        return unformed(_to_array(y), made.form)

    def _count(self) -> None:
        self._calls += 1
        if self._calls % PROGRAMS == 0 and "jax" in sys.modules:  # NumPy's convolutions are JAX's
            sys.modules["jax"].clear_caches()


def _to_array(tensor: Any) -> Array:
    array: Array = np.asarray(keras.ops.convert_to_numpy(tensor))
    return array


def _foretold(made: Plan, tensors: Mapping[str, Any], shape: tuple[int, ...]) -> None:
    """Raise ValueError where the same lines foretell another shape, of tensors without contents.

    Layers that follow in a functional model are built for the shape foretold.
    """
    symbols = {
        name: keras.KerasTensor(tuple(tensor.shape), keras.backend.standardize_dtype(tensor.dtype))
        for name, tensor in tensors.items()
    }
    told = tuple(run(made, symbols, _MODULES)[0].shape)
    if told != shape:
        raise ValueError(f"the shape foretold is {told}, that of the result {shape}")


def _compared(body: Sequence[str], names: str) -> list[str]:
    """What a program writes for a call, and to compare shapes as `_foretold` does."""
    return [
        f"def function({names}):", *body, "    return y",
        f"y = function({names})",
        "kind = keras.backend.standardize_dtype",
        f"symbols = [keras.KerasTensor(t.shape, kind(t.dtype)) for t in [{names}]]",
        "told = function(*symbols).shape",
        "if tuple(told) != tuple(y.shape):",
        '    raise ValueError(f"the shape foretold is {told}, that of the result {y.shape}")',
    ]  # fmt: skip


def _by_autograd(function: Callable[..., Any], leaves: list[Any], g: Any) -> Sequence[Any]:
    import torch

    leaves = [leaf.requires_grad_() for leaf in leaves]
    gradients: Sequence[Any] = torch.autograd.grad(function(*leaves), leaves, g)
    return gradients


def _by_tape(function: Callable[..., Any], leaves: list[Any], g: Any) -> Sequence[Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(leaves)
        y = function(*leaves)
    gradients: Sequence[Any] = tape.gradient(y, leaves, g)
    return gradients


def _by_jax(function: Callable[..., Any], leaves: list[Any], g: Any) -> Sequence[Any]:
    import jax

    gradients: Sequence[Any] = jax.vjp(function, *leaves)[1](g)
    return gradients


_GRADIENTS: dict[str, Callable[..., Sequence[Any]]] = {
    "torch": _by_autograd,
    "tensorflow": _by_tape,
    "jax": _by_jax,
}

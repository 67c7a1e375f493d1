"""TensorFlow as an adapter: runs the lines of `tensorflow_lines`, and differentiates them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt
import tensorflow as tf

from convspec.spec.operations import OPERATIONS

from .lines import Plan, form_text, formed, returned_text, run, unformed, written
from .tensorflow_lines import plan

Array = npt.NDArray[Any]

_MODULES = {"tf": tf}

tf.get_logger().setLevel("ERROR")
# The suite runs one process per core, and its tensors are small: threads of TensorFlow's own would
# only compete. Whoever sets OMP_NUM_THREADS has decided otherwise.
if "OMP_NUM_THREADS" not in os.environ:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class TensorFlow:
    """One way to run TensorFlow: its kernels with oneDNN or without, and a family of functions.

    Arrays are NumPy's, (N, C, *spatial), in and out; errors are TensorFlow's own.
    """

    name = "tensorflow"
    version = tf.__version__

    def __init__(self, path: str, onednn: bool, claims: dict[str, Any]) -> None:
        self.path = path
        self.onednn = onednn
        self.claims = claims

    def conv(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """Convolution by ``tf.nn.conv1d``, ``conv2d`` or ``conv3d``, or as the option says."""
        return self._run("conv", (x, w, b), params)[0]

    def conv_transpose(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """Transposed convolution by ``tf.nn.conv_transpose`` or ``tf.nn.conv2d_transpose``."""
        return self._run("conv_transpose", (x, w, b), params)[0]

    def pad(self, x: Array, **params: Any) -> Array:
        """Padding by ``tf.pad``."""
        return self._run("pad", (x,), params)[0]

    def max_pool(self, x: Array, **params: Any) -> Array:
        """Max pooling by ``tf.nn.max_pool1d``, ``2d`` or ``3d``."""
        return self._run("max_pool", (x,), params)[0]

    def max_pool_with_indices(self, x: Array, **params: Any) -> tuple[Array, Array]:
        """Max pooling of two axes by ``tf.nn.max_pool_with_argmax``."""
        y, indices = self._run("max_pool_with_indices", (x,), params)
        return y, indices

    def avg_pool(self, x: Array, **params: Any) -> Array:
        """Average pooling by ``tf.nn.avg_pool1d``, ``2d`` or ``3d``."""
        return self._run("avg_pool", (x,), params)[0]

    def global_avg_pool(self, x: Array) -> Array:
        """``tf.reduce_mean`` over the spatial axes."""
        return self._run("global_avg_pool", (x,), {})[0]

    def global_max_pool(self, x: Array) -> Array:
        """``tf.reduce_max`` over the spatial axes."""
        return self._run("global_max_pool", (x,), {})[0]

    def global_sum_pool(self, x: Array) -> Array:
        """``tf.reduce_sum`` over the spatial axes."""
        return self._run("global_sum_pool", (x,), {})[0]

    def relu(self, x: Array) -> Array:
        """``tf.nn.relu``."""
        return self._run("relu", (x,), {})[0]

    def dense(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """``tf.linalg.matmul`` and ``tf.nn.bias_add``."""
        return self._run("dense", (x, w, b), {})[0]

    def softmax(self, x: Array) -> Array:
        """``tf.nn.softmax`` over the channels."""
        return self._run("softmax", (x,), {})[0]

    def log_softmax(self, x: Array) -> Array:
        """``tf.nn.log_softmax`` over the channels."""
        return self._run("log_softmax", (x,), {})[0]

    def cross_entropy(self, logits: Array, labels: Array) -> Array:
        """``tf.nn.sparse_softmax_cross_entropy_with_logits``, the mean over the batch."""
        return self._run("cross_entropy", (logits, labels), {})[0]

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by ``tf.GradientTape``.

        One per input, but for labels, which have none.
        """
        arrays = _named(op, inputs)
        made = plan(op, arrays, self.path, params)
        tensors = _tensors(arrays, made)
        leaves = [tensors[name] for name in arrays if name not in OPERATIONS[op].constant]
        with tf.GradientTape() as tape:
            tape.watch(leaves)
            y = run(made, tensors, _MODULES)[0]
        g = tf.constant(formed(cotangent, made.form, 0))
        gradients = tape.gradient(y, leaves, g)
        return [
            unformed(gradient.numpy(), made.forms.get(name, ""))
            for name, gradient in zip(arrays, gradients, strict=False)
        ]

    def double_vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array,
        cotangents: Sequence[Array | None], **params: Any,
    ) -> list[Array]:  # fmt: skip
        """The gradients of Σ⟨vjp_i, cotangents_i⟩, by a tape around the tape.

        One per input, then that of the cotangent; a None among `cotangents` leaves its term out.
        """
        arrays = _named(op, inputs)
        made = plan(op, arrays, self.path, params)
        tensors = _tensors(arrays, made)
        forms = [made.forms.get(name, "") for name in arrays]
        leaves = list(tensors.values())
        g = tf.constant(formed(cotangent, made.form, 0))
        with tf.GradientTape() as outer:
            outer.watch([*leaves, g])
            with tf.GradientTape() as inner:
                inner.watch(leaves)
                y = run(made, tensors, _MODULES)[0]
            first = inner.gradient(y, leaves, g)
        channels = _channels(arrays)
        terms = [
            (d, tf.constant(formed(u, form, channels)))
            for d, u, form in zip(first, cotangents, forms, strict=True)
            if u is not None
        ]
        second = outer.gradient(
            [d for d, _ in terms], [*leaves, g], [u for _, u in terms],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )  # fmt: skip
        return [
            unformed(gradient.numpy(), form)
            for gradient, form in zip(second, [*forms, made.form], strict=True)
        ]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in TensorFlow's own words: imports, and lines that set `results`."""
        arrays = {n: a for n, a in inputs.items() if n != "g" and not n.startswith("u_")}
        made = plan(op, arrays, self.path, parameters)
        channels = _channels(arrays)
        off = ["import os", 'os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"']
        imports = [*([] if self.onednn else off), "import tensorflow as tf"]

        def constant(name: str, form: str) -> str:
            return f"tf.constant({form_text(names[name], form, channels)})"

        lines = [f"{name} = {constant(name, made.forms.get(name, ''))}" for name in arrays]
        leaves = [name for name in arrays if name not in OPERATIONS[op].constant]
        # The program's lines rename what they work on: gradients are of what was there before.
        kept = ", ".join(leaves)
        within = [f"    {line}" for line in written(made)]
        if which == "forward":
            lines += written(made)
            got = [returned_text(f"{name}.numpy()", made.form) for name in made.results]
        elif which == "vjp":
            lines += [f"leaves = [{kept}]", "with tf.GradientTape() as tape:",
                      "    tape.watch(leaves)", *within,
                      f"g = {constant('g', made.form)}",
                      "gradients = tape.gradient(y, leaves, g)"]  # fmt: skip
            got = [
                returned_text(f"gradients[{i}].numpy()", made.forms.get(name, ""))
                for i, name in enumerate(leaves)
            ]
        else:
            held = [(i, name) for i, name in enumerate(leaves) if f"u_{name}" in inputs]
            with_ = ", ".join(constant(f"u_{n}", made.forms.get(n, "")) for _, n in held)
            lines += [f"leaves = [{kept}]", f"g = {constant('g', made.form)}",
                      "with tf.GradientTape() as outer:", "    outer.watch([*leaves, g])",
                      "    with tf.GradientTape() as inner:", "        inner.watch(leaves)",
                      *(f"    {line}" for line in within),
                      "    first = inner.gradient(y, leaves, g)",
                      f"of = [{', '.join(f'first[{i}]' for i, _ in held)}]",
                      f"gradients = outer.gradient(of, [*leaves, g], [{with_}],",
                      "    unconnected_gradients=tf.UnconnectedGradients.ZERO)"]  # fmt: skip
            got = [
                returned_text(f"gradients[{i}].numpy()", form)
                for i, form in enumerate([*(made.forms.get(n, "") for n in leaves), made.form])
            ]
        return imports, [*lines, f"results = [{', '.join(got)}]"]

    def _run(
        self, op: str, inputs: Sequence[Array | None], params: Mapping[str, Any]
    ) -> list[Array]:
        arrays = _named(op, [array for array in inputs if array is not None])
        made = plan(op, arrays, self.path, params)
        found = run(made, _tensors(arrays, made), _MODULES)
        return [unformed(y.numpy(), made.form) for y in found]


def _named(op: str, inputs: Sequence[Array]) -> dict[str, Array]:
    return dict(zip(OPERATIONS[op].inputs, inputs, strict=False))


def _channels(arrays: Mapping[str, Array]) -> int:
    first = next(iter(arrays.values()))
    return first.shape[1] if first.ndim > 1 else 0


def _tensors(arrays: Mapping[str, Array], made: Plan) -> dict[str, Any]:
    channels = _channels(arrays)
    return {
        name: tf.constant(formed(array, made.forms.get(name, ""), channels))
        for name, array in arrays.items()
    }

"""TensorFlow as an adapter: runs the lines of `tensorflow_lines`, and differentiates them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt
import tensorflow as tf

from convspec.spec.operations import OPERATIONS

from ..forwarding import by_name, forward
from .forms import channels_of, form_text, formed, handed, returned_text, unformed
from .lines import run, written
from .onednn import not_taken, spelt, without
from .tensorflow_lines import PLANS, plan

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

    Arrays are NumPy's, (N, C, *spatial), in and out; errors are TensorFlow's own. It has a function
    for each operation that `tensorflow_lines` plans.
    """

    name = "tensorflow"
    version = tf.__version__

    def __init__(self, path: str, onednn: bool, claims: dict[str, Any]) -> None:
        self.path = path
        self.onednn = onednn
        self.claims = without(claims, not_taken()) if onednn else claims
        forward(self, PLANS, self._run)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by ``tf.GradientTape``.

        One per input, but for labels, which have none.
        """
        arrays = by_name(op, inputs)
        made = plan(op, arrays, self.path, params)
        tensors = handed(arrays, made.forms, tf.constant)
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
        arrays = by_name(op, inputs)
        made = plan(op, arrays, self.path, params)
        tensors = handed(arrays, made.forms, tf.constant)
        forms = [made.forms.get(name, "") for name in arrays]
        leaves = list(tensors.values())
        g = tf.constant(formed(cotangent, made.form, 0))
        with tf.GradientTape() as outer:
            outer.watch([*leaves, g])
            with tf.GradientTape() as inner:
                inner.watch(leaves)
                y = run(made, tensors, _MODULES)[0]
            first = inner.gradient(y, leaves, g)
        channels = channels_of(arrays)
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
        channels = channels_of(arrays)
        imports = ["import os", spelt(self.onednn), "import tensorflow as tf"]

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

    def _run(self, op: str, inputs: Sequence[Array], params: Mapping[str, Any]) -> Any:
        arrays = by_name(op, inputs)
        made = plan(op, arrays, self.path, params)
        found = run(made, handed(arrays, made.forms, tf.constant), _MODULES)
        results = tuple(unformed(y.numpy(), made.form) for y in found)
        return results if len(results) > 1 else results[0]

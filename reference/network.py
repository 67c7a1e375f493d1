"""Networks: layers applied one after the other, and their gradients by the chain rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from convspec.reference.avg_pool import avg_pool
from convspec.reference.constraints import Array, check_cotangent
from convspec.reference.conv import conv
from convspec.reference.dense import dense
from convspec.reference.double_vjp import double_vjp
from convspec.reference.global_pool import global_avg_pool
from convspec.reference.halves import once_rounded
from convspec.reference.max_pool import max_pool
from convspec.reference.relu import relu
from convspec.reference.softmax import cross_entropy, log_softmax
from convspec.reference.vjp import vjp
from convspec.spec.network import Layer, layers

INPUTS = ("x", "w1", "w2", "w3", "b1", "b2", "b3")
"""The arrays of a network in call order; it has all biases or none."""


@dataclass(frozen=True)
class Call:
    """One layer with what it was given: the result of the layer before it, and its weights."""

    layer: Layer
    inputs: tuple[Array, ...]


@dataclass(frozen=True)
class Composition:
    """Networks of one implementation: its functions by the names of the operations.

    `vjp` and `double_vjp` are its gradients and second gradients, as far as it has them. Everything
    is computed by these; composing reshapes, keeps what the layers were given, and adds gradients
    up where two of them meet.
    """

    functions: Mapping[str, Callable[..., Any]]
    vjp: Callable[..., Any] | None = None
    double_vjp: Callable[..., Any] | None = None

    def network(self, *arrays: Array, **params: Any) -> Array:
        """The output, ``network.definition``: (N, K), or () for the cross-entropy.

        `arrays` are those of `INPUTS`; `params` those of the operation ``network``.
        """
        return self.run(arrays, params)[0]

    def run(self, arrays: Sequence[Array], params: Mapping[str, Any]) -> tuple[Array, list[Call]]:
        """The output, and the calls that led to it, in order."""
        if len(arrays) not in (4, 7):
            raise ValueError(f"a network has 4 arrays, or 7 with biases, not {len(arrays)}")
        named = dict(zip(INPUTS, arrays, strict=False))
        h, calls = arrays[0], []
        for layer in layers(arrays[0].ndim - 2, len(arrays) == 7, **params):
            inputs = (h, *(named[name] for name in layer.weights))
            calls.append(Call(layer, inputs))
            h = self._applied(layer, inputs)
        return h, calls

    def gradients(self, arrays: Sequence[Array], g: Array, **params: Any) -> tuple[Array, ...]:
        """The gradients of ⟨network, g⟩ in all arrays, ``network.gradient``.

        From the last layer to the first, each is given what the one after it passes back.
        """
        _, calls = self.run(arrays, params)
        found: dict[str, Array] = {}
        for call in reversed(calls):
            g, *parts = self._back(call, g)
            found.update(zip(call.layer.weights, parts, strict=True))
        return (g, *(found[name] for name in INPUTS[1 : len(arrays)]))

    def second_gradients(
        self,
        arrays: Sequence[Array],
        g: Array,
        held: Sequence[Array | None],
        **params: Any,
    ) -> tuple[Array, ...]:
        """The gradients of Σ⟨gradient, held⟩ in all arrays, then that in g.

        ``network.second-gradient``: the pass backwards is a computation as well, and is gone
        through the other way round, from the first layer to the last; what that finds about the
        results between the layers is then passed back once more.
        """
        _, calls = self.run(arrays, params)
        given = [g]  # what each layer is given on the way back, from the last to the first
        for call in reversed(calls[1:]):
            given.append(self._back(call, given[-1])[0])
        given.reverse()
        named = dict(zip(INPUTS, held, strict=False))
        found: dict[str, Array] = {}
        inner, u = [], named["x"]
        for call, back in zip(calls, given, strict=True):
            weights = [named[name] for name in call.layer.weights]
            of_input, *of_weights, u = self._double(call, back, (u, *weights))
            inner.append(of_input)
            found.update(zip(call.layer.weights, of_weights, strict=True))
        e = np.zeros_like(g)
        for call, extra in zip(reversed(calls), reversed(inner), strict=True):
            e, *parts = self._back(call, e)
            e = e + extra
            for name, part in zip(call.layer.weights, parts, strict=True):
                found[name] = found[name] + part
        assert u is not None
        return (e, *(found[name] for name in INPUTS[1 : len(arrays)]), u)

    def _applied(self, layer: Layer, inputs: tuple[Array, ...]) -> Array:
        if layer.op == "flatten":
            return _flat(inputs[0])
        result = self.functions[layer.op](*_with_labels(layer, inputs), **layer.parameters)
        return np.asarray(result)

    def _back(self, call: Call, g: Array) -> tuple[Array, ...]:
        """The gradients of one layer in its inputs."""
        assert self.vjp is not None
        layer, inputs = call.layer, call.inputs
        if layer.op == "flatten":
            return (g.reshape(inputs[0].shape),)
        given = _with_labels(layer, inputs)
        found = self.vjp(layer.op, given, g, **layer.parameters)
        return tuple(np.asarray(gradient) for gradient in found)

    def _double(self, call: Call, g: Array, held: Sequence[Array | None]) -> tuple[Array, ...]:
        assert self.double_vjp is not None
        layer, inputs = call.layer, call.inputs
        if layer.op == "flatten":
            (u,) = held
            return np.zeros_like(inputs[0]), np.zeros_like(g) if u is None else _flat(u)
        found = self.double_vjp(layer.op, inputs, g, held, **layer.parameters)
        return tuple(np.asarray(gradient) for gradient in found)


_HERE = Composition(
    {
        "conv": conv,
        "relu": relu,
        "max_pool": max_pool,
        "avg_pool": avg_pool,
        "dense": dense,
        "global_avg_pool": global_avg_pool,
        "log_softmax": log_softmax,
        "cross_entropy": cross_entropy,
    },
    vjp,
    double_vjp,
)


@once_rounded
def network(*arrays: Array, **params: Any) -> Array:
    """A small network of the operations here, ``network.definition``; see :mod:`spec.network`.

    `arrays` are those of `INPUTS`: x (N, C, *n), the weights, and all three biases or none. The
    result is (N, K), of the dtype of x, or of shape () for the cross-entropy. Raises ``ValueError``
    where a layer rejects what it is given.
    """
    return _HERE.network(*arrays, **params)


def network_vjp(inputs: Sequence[Array], cotangent: Array, **params: Any) -> tuple[Array, ...]:
    """The gradients in all arrays, ``network.gradient``."""
    check_cotangent(cotangent, network(*inputs, **params).shape, inputs[0])
    return _HERE.gradients(inputs, cotangent, **params)


def network_double_vjp(
    inputs: Sequence[Array],
    cotangent: Array,
    cotangents: Sequence[Array | None],
    **params: Any,
) -> tuple[Array, ...]:
    """The second gradients in all arrays and in the cotangent, ``network.second-gradient``.

    They are defined for networks whose output is the logits.
    """
    return _HERE.second_gradients(inputs, cotangent, cotangents, **params)


def _flat(h: Array) -> Array:
    """(N, C, *n) → (N, C·n…), row-major: the channel varies slowest."""
    return h.reshape(len(h), prod(h.shape[1:]))


def _with_labels(layer: Layer, inputs: tuple[Array, ...]) -> tuple[Array, ...]:
    if layer.op != "cross_entropy":
        return inputs
    batch, classes = inputs[0].shape
    return (*inputs, np.arange(batch, dtype=np.int64) % classes)

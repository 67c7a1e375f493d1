"""The rounding that a correct network may do, layer by layer.

The contents of a case are small integers, and means divide by powers of two, so that everything up
to the logits is exact in any order of summation. Softmax rounds; its own bound is that of
`convspec.bounds`. Going backwards, an error e in what a layer is given comes out of it as |J|ᵀe at
most, and each of its sums adds its own roundings: with T the number of roundings on the longest way
from the logits to a parameter, no more than ((1 + u)^T − 1) of |J|ᵀ|g|. Rectifiers and maxima pass
on what they passed on before, since what they decide by is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from convspec import dialect, reference
from convspec.bounds import gradient_bounds as bounds_of_operation
from convspec.bounds import result_bound
from convspec.numerics import Array, Precision, compounded
from convspec.reference.network import INPUTS, Call, Composition
from convspec.spec.claims import Claims
from convspec.spec.sums import WIDTH

if TYPE_CHECKING:
    from convspec.trial import Trial

_ABSOLUTE = ("conv", "dense")
"""Layers whose |J| is the layer with the absolute values of its weights."""


def output_bound(trial: Trial, changes: Mapping[str, Any]) -> Array:
    """The greatest legitimate |output − expected| per cell; `changes` as `Trial.expected` has."""
    arrays = [changes.get(name, trial.exact[name]) for name in _names(trial)]
    calls = _calls(arrays, trial.parameters)
    precision = _precision(trial, calls)
    logits = reference.network(*arrays, **{**trial.parameters, "output": "logits"})
    output = trial.parameters["output"]
    if output != "logits":
        labels = [np.arange(len(logits)) % logits.shape[1]] if output == "cross_entropy" else []
        return result_bound(output, [logits, *labels], {}, precision, trial.adapter.claims)
    # A mean over a number of cells that is no power of two: its rounding, and that of what follows.
    magnitude = np.abs(arrays[0])
    for call in calls:
        magnitude = _magnitude(call, magnitude)
    return precision.rounded(logits, magnitude * compounded(precision.terms * precision.unit))


def gradient_bounds(trial: Trial) -> Sequence[Array]:
    """The greatest legitimate |gradient − expected| per cell, for every array of the case."""
    names, g = _names(trial), trial.exact["g"]
    arrays = [trial.exact[name] for name in names]
    calls = _calls(arrays, trial.parameters)
    precision, error = _precision(trial, calls), np.zeros_like(g)
    if trial.parameters["output"] != "logits":
        last = calls.pop()
        labels = [np.arange(len(last.inputs[0])) % last.inputs[0].shape[1]]
        given = [last.inputs[0], *(labels if last.layer.op == "cross_entropy" else [])]
        claims = trial.adapter.claims
        (error,) = bounds_of_operation(last.layer.op, given, g, {}, precision, claims)
        (g,) = reference.vjp(last.layer.op, given, g)
    rounding = compounded(precision.terms * precision.unit)
    e = error * (1 + rounding) + np.abs(g) * rounding
    found: dict[str, Array] = {}
    for call in reversed(calls):
        e, *parts = _passed_back(call, e, trial.adapter.claims)
        found.update(zip(call.layer.weights, parts, strict=True))
    found["x"] = e
    return [found[name] + precision.least_stored for name in names]


def _names(trial: Trial) -> list[str]:
    return [name for name in INPUTS if name in trial.case]


def _calls(arrays: Sequence[Array], parameters: Mapping[str, Any]) -> list[Call]:
    functions = {name: getattr(reference, name) for name in (
        "conv", "relu", "max_pool", "avg_pool", "dense", "global_avg_pool", "log_softmax",
        "cross_entropy",
    )}  # fmt: skip
    return Composition(functions).run(arrays, parameters)[1]


def _precision(trial: Trial, calls: Sequence[Call]) -> Precision:
    """The types of the case, and the roundings on the longest way through all layers."""
    through, into = 0, 0
    for call in calls:
        x, *weights = call.inputs
        if weights:
            w = weights[0].shape
            through += max(prod(w[1:]), prod(w[:1] + w[2:])) + 3
            # A weight's gradient is a sum over the batch and all places, of which a padded map may
            # have one more along each axis than the map.
            into = max(into, len(x) * prod(n + 2 for n in x.shape[2:]))
        else:
            cells = prod(x.shape[2:]) if call.layer.op == "global_avg_pool" else 1
            through += max(cells, prod(call.layer.parameters.get("window", ()))) + 3
    dtype = trial.case.dtype
    ways = (trial.claims.accumulator(dtype, gradient) for gradient in (False, True))
    return Precision(dtype, min(ways, key=WIDTH.__getitem__), through + into)


def _magnitude(call: Call, x: Array) -> Array:
    """What a layer makes of absolute values, all of them passing."""
    weights = [np.abs(w) for w in call.inputs[1:]]
    if call.layer.op == "flatten":
        return x.reshape(len(x), prod(x.shape[1:]))
    result: Array = getattr(reference, call.layer.op)(x, *weights, **call.layer.parameters)
    return result


def _passed_back(call: Call, e: Array, claims: Claims) -> tuple[Array, ...]:
    """|J|ᵀe, in the input and in the weights."""
    layer, inputs = call.layer, call.inputs
    if layer.op == "flatten":
        return (e.reshape(inputs[0].shape),)
    if layer.op in _ABSOLUTE:
        inputs = tuple(np.abs(array) for array in inputs)
    return dialect.gradients(layer.op, inputs, e, layer.parameters, claims)

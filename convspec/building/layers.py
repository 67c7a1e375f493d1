"""Cases of the operations with weights: convolutions and the fully connected layer."""

from __future__ import annotations

from math import prod

from convspec.contents import terms
from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.operations import Conv, ConvTranspose, Dense

from .extents import (
    CELLS,
    WORK,
    Cut,
    Extents,
    Values,
    WindowAxis,
    bias,
    first,
    longest_exact,
    padding_of,
    trim,
    weight,
    window_axes,
)


def conv(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A convolution; of one-hot inputs and filters, all of them."""
    built, named = window_axes(op, rank, claims, values)
    e = Extents(values["batch"], values["groups"], values["channels"], values["filters"])
    complete = values["x.pattern"] == "eye"
    exact, backwards = longest_exact(values, scale, claims), "g.k" in values

    def load() -> list[float]:
        window, outputs = [a.window for a in built], [a.count(named) for a in built]
        sizes = [a.size(named) for a in built]
        taps = e.channels * prod(window)
        if complete:  # every one-hot input, and every one-hot filter
            inputs = e.groups * e.channels * prod(sizes)
            return [inputs * e.groups * taps * taps * prod(outputs) / WORK[scale]]
        cost = e.batch * e.groups * e.filters * taps * prod(outputs)
        cells = e.batch * e.groups * e.channels * prod(sizes)
        to = outputs if backwards else None
        sums = terms(e.channels, e.filters, e.batch, window, sizes, to, values["bias"])
        return [cost / WORK[scale], cells / CELLS, *(n / exact for n in sums)]

    cuts: list[Cut] = [(e, "channels", 1), (e, "filters", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", 1) for a in built] + [(e, "groups", claims.groups[0])]
    trim(load, cuts, values["x.k"] + values["w.k"])
    # What windows do to each other is what most faults are about: they are cut last.
    trim(load, [(a, "window", claims.window[0]) for a in built], values["x.k"])
    sizes = tuple(a.size(named) for a in built)
    kernel = tuple(a.window for a in built)
    if complete:
        e.batch, e.filters = e.groups * e.channels * prod(sizes), e.channels * prod(kernel)
    case_op = Conv(
        stride=tuple(a.stride for a in built),
        padding=padding_of(built, named),
        dilation=tuple(a.dilation for a in built),
        groups=e.groups,
    )
    tensors = [
        first(values, (e.batch, e.groups * e.channels, *sizes)),
        weight(values, (e.groups * e.filters, e.channels, *kernel), scale),
        *bias(values, e.groups * e.filters),
    ]
    return Case(case_op, tuple(tensors))


def conv_transpose(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A transposed convolution; of one-hot inputs and kernels, all of them."""
    built, _ = window_axes(op, rank, claims, values)
    e = Extents(values["batch"], values["groups"], values["channels"], values["filters"])
    complete = values["x.pattern"] == "eye"
    exact, backwards = longest_exact(values, scale, claims), "g.k" in values

    def more(a: WindowAxis) -> int:  # the output padding
        least, greatest = claims.output_padding
        return max(min(a.tail % max(a.stride, a.dilation), greatest), least)

    def reach(a: WindowAxis) -> int:  # what one cell of the input makes
        return a.dilation * (a.window - 1) + 1 + more(a)

    def full(a: WindowAxis) -> int:
        return a.stride * (a.outputs - 1) + reach(a)

    # Here `outputs` is what is drawn of the input: enough for padding to leave a cell.
    least = [max(1 - (reach(a) - 1 - a.low - a.high) // a.stride, 1) for a in built]
    for a, fewest in zip(built, least, strict=True):
        a.outputs = max(a.outputs, fewest)

    def load() -> list[float]:
        window, outputs = [a.window for a in built], [full(a) - a.low - a.high for a in built]
        sizes = [a.outputs for a in built]
        taps, read, made = prod(window), prod(sizes), prod(full(a) for a in built)
        if complete:  # every one-hot input, and every one-hot kernel
            channels = e.groups * e.channels
            cost = channels * read * channels * e.channels * taps * (taps * read + made)
            return [cost / WORK[scale]]
        most, to = max(e.channels, e.filters), outputs if backwards else None
        sums = terms(most, most, e.batch, window, sizes, to, values["bias"])
        cost = e.batch * e.groups * e.channels * e.filters * taps * read + e.batch * made
        return [cost / WORK[scale], *(n / exact for n in sums)]

    cuts: list[Cut] = [(e, "channels", 1), (e, "filters", 1), (e, "batch", 1)]
    cuts += [(a, "outputs", n) for a, n in zip(built, least, strict=True)]
    cuts += [(e, "groups", claims.groups[0])]
    if complete:  # a one-hot bank grows with the square of the window
        cuts += [(a, "window", claims.window[0]) for a in built if not a.low + a.high]
    trim(load, cuts, values["x.k"] + values["w.k"])
    transpose = ConvTranspose(
        stride=tuple(a.stride for a in built),
        padding=padding_of(built, "explicit"),
        output_padding=tuple(more(a) for a in built),
        dilation=tuple(a.dilation for a in built),
        groups=e.groups,
    )
    channels = e.groups * e.channels
    sizes, kernel = tuple(a.outputs for a in built), tuple(a.window for a in built)
    if complete:
        # Every pair of a group's channel and a tap has a filter of its own (pattern "bank").
        e.batch, e.filters = channels * prod(sizes), e.channels * prod(kernel)
    tensors = [
        first(values, (e.batch, channels, *sizes)),
        weight(values, (channels, e.filters, *kernel), scale),
        *bias(values, e.groups * e.filters),
    ]
    return Case(transpose, tuple(tensors))


def dense(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A fully connected layer; of one-hot inputs and rows, all of them."""
    e = Extents(values["batch"], channels=values["channels"], filters=values["filters"])
    exact, backwards = longest_exact(values, scale, claims), "g.k" in values
    complete = values["x.pattern"] == "eye"

    def load() -> list[float]:
        if complete:
            return [e.channels**3 / WORK[scale]]
        sums = terms(e.channels, e.filters, e.batch, (), (), () if backwards else None)
        cost = e.batch * e.channels * e.filters
        return [cost / WORK[scale], *(n / exact for n in sums)]

    cuts: list[Cut] = [(e, "channels", 1), (e, "filters", 1), (e, "batch", 1)]
    trim(load, cuts, values["x.k"] + values["w.k"])
    if complete:
        e.batch = e.filters = e.channels
    tensors = [
        first(values, (e.batch, e.channels)),
        weight(values, (e.filters, e.channels), scale),
        *bias(values, e.filters),
    ]
    return Case(Dense(), tuple(tensors))

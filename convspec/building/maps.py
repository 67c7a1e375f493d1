"""Cases of operations that treat cells one by one: pad, relu, and the classifier's head."""

from __future__ import annotations

from math import prod

from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spec.operations import OPERATIONS, CrossEntropy, Pad, Relu

from .extents import WORK, Cut, Extent, Extents, Values, first, trim


def pad(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A pad or a crop that the input is large enough for."""
    mode = values["mode"]
    pads: list[tuple[int, int]] = []
    sizes: list[int] = []
    for i in range(rank):
        low, high = values[f"low{i}"], values[f"high{i}"]
        if not claims.asymmetric_padding:
            high = low
        most = max(low, high, 0)
        needed = {"reflect": most + 1, "symmetric": most, "circular": most}.get(mode, 1)
        cropped = -min(low, 0) - min(high, 0)
        pads.append((low, high))
        sizes.append(cropped + max(needed, 1) + values[f"extra{i}"])
    e = Extents(values["batch"], channels=values["channels"])
    complete = values["x.pattern"] == "eye"

    def load() -> list[float]:
        entries = e.channels * prod(sizes) if complete else e.batch
        return [4 * entries * e.channels * prod(sizes) / WORK[scale]]

    trim(load, [(e, "channels", 1), (e, "batch", 1)], values["x.k"])
    if complete:
        e.batch = e.channels * prod(sizes)
    value = values["value"] if mode == "constant" else 0
    return Case(
        Pad(padding=tuple(pads), mode=mode, value=value),
        (first(values, (e.batch, e.channels, *sizes)),),
    )


def relu(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A rectifier of maps, or of rows where there is no spatial axis."""
    extents = [Extent(values[f"size{i}"]) for i in range(rank)]
    e = Extents(values["batch"], channels=values["channels"])

    def load() -> list[float]:
        return [4 * e.batch * e.channels * prod(extent.size for extent in extents) / WORK[scale]]

    cuts: list[Cut] = [(e, "channels", 1), (e, "batch", 1)]
    cuts += [(extent, "size", 1) for extent in extents]
    trim(load, cuts, values["x.k"])
    sizes = tuple(extent.size for extent in extents)
    return Case(Relu(), (first(values, (e.batch, e.channels, *sizes)),))


def softmax(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """Softmax or its logarithm."""
    return Case(OPERATIONS[op](), (first(values, (values["batch"], values["channels"])),))


def cross_entropy(op: str, rank: int, claims: OpClaims, scale: str, values: Values) -> Case:
    """A cross-entropy; the labels are drawn from the classes there are."""
    batch = values["batch"]
    logits = first(values, (batch, values["channels"]), "logits")
    labels = Tensor(
        "labels", (batch,), "int64", "labels", values["labels.k"], values["labels.layout"]
    )
    return Case(CrossEntropy(), (logits, labels))

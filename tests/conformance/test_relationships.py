"""Output sizes, relationship by relationship, as the paper on convolution arithmetic has them.

The case that was drawn is made to meet the premises, and the shape that comes out is compared
with the formula as it is written down in :mod:`convspec.spec.relationships`.
"""

from __future__ import annotations

from typing import Any

from convspec.comparison import require_shape
from convspec.conformance.premises import allowed, keeps_every_window, leading
from convspec.law import law
from convspec.spec.groups import CONVOLUTIONS, POOLS, WINDOWED
from convspec.spec.operations import Conv
from convspec.spec.relationships import BY_NAME, Layer
from convspec.trial import Trial

SHARE = 0.1
EXPLICIT: dict[str, tuple[Any, ...]] = {"padding": ("explicit",), "ceil_mode": (False,)}
UNDILATED = {**EXPLICIT, "dilation": (1,)}
UNPADDED = {**UNDILATED, "low": (0,), "high": (0,)}
UNIT: dict[str, tuple[Any, ...]] = {"stride": (1,)}


def _size_is(trial: Trial, name: str) -> None:
    """The size that comes out under the premises of a relationship is that of its formula.

    Of the result of a transposed convolution, a convolution makes the input's size again: only an
    output padding that dilation alone allows, as large as the stride, makes it give more.
    """
    relationship = BY_NAME[name, trial.op]
    if relationship.named and trial.parameters["padding"] not in relationship.named:
        return  # the adapter has no such name for this stride
    if keeps_every_window(trial):
        return  # the relationships are those of a ceil mode that drops a window past the input
    layers = [relationship.premises(layer) for layer in _layers(trial)]
    changes: dict[str, Any] = {
        "stride": tuple(a.s for a in layers),
        "dilation": tuple(a.d for a in layers),
        "output_padding": tuple(a.a for a in layers),
    }
    if not relationship.named:
        changes["padding"] = tuple((a.low, a.high) for a in layers)
    changes = {name: value for name, value in changes.items() if name in trial.parameters}
    given = dict(trial.inputs)
    if trial.op in CONVOLUTIONS:
        # A relationship may ask for a smaller kernel: its first cells.
        given["w"] = given["w"][leading(a.k for a in layers)]
        changes["w"] = given["w"]
    if not allowed(trial, **changes):
        return
    y = trial.run(**changes)
    channels = trial.output_shape[1]
    expected = (len(given["x"]), channels, *(relationship.size(a) for a in layers))
    require_shape(y, expected, "y", f"“{relationship.formula}”")
    if trial.op == "conv_transpose" and all(a.a < a.s for a in layers):
        back = {n: v for n, v in (trial.parameters | changes).items() if n in Conv.__annotations__}
        require_shape(
            trial.other("conv", y, given["w"], **back), given["x"].shape, "the convolution of y"
        )


def _layers(trial: Trial) -> list[Layer]:
    given, sizes = trial.parameters, trial.case["x"].shape[2:]
    kernel = trial.case["w"].shape[2:] if trial.op in CONVOLUTIONS else given["window"]
    none = (0,) * trial.case.rank
    padding = given["padding"]
    pairs = ((0, 0),) * trial.case.rank if isinstance(padding, str) else padding
    return [
        Layer(i, k, s, low, high, d, a)
        for i, k, s, (low, high), d, a in zip(
            sizes, kernel, given["stride"], pairs, given["dilation"],
            given.get("output_padding", none), strict=True,
        )
    ]  # fmt: skip


@law("unit-stride-unpadded", ("conv",), share=SHARE, narrow={**UNPADDED, **UNIT})
def test_size_at_unit_stride_unpadded(trial: Trial) -> None:
    """Relationship 1: o = i − k + 1."""
    _size_is(trial, "unit-stride-unpadded")


@law("unit-stride", ("conv",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_size_at_unit_stride(trial: Trial) -> None:
    """Relationship 2: o = i − k + 2p + 1."""
    _size_is(trial, "unit-stride")


@law("half-padding", ("conv",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_half_padding_keeps_size(trial: Trial) -> None:
    """Relationship 3: with an odd kernel, p = ⌊k/2⌋ and stride 1, o = i."""
    _size_is(trial, "half-padding")


@law("full-padding", ("conv",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_full_padding_grows(trial: Trial) -> None:
    """Relationship 4: with p = k − 1 and stride 1, o = i + k − 1."""
    _size_is(trial, "full-padding")


@law("unpadded", ("conv", *POOLS), share=SHARE, narrow=UNPADDED)
def test_size_unpadded(trial: Trial) -> None:
    """Relationships 5 and 7: o = ⌊(i − k)/s⌋ + 1."""
    _size_is(trial, "unpadded")


@law("padded", ("conv",), share=SHARE, narrow=UNDILATED)
def test_size_padded(trial: Trial) -> None:
    """Relationship 6: o = ⌊(i + 2p − k)/s⌋ + 1."""
    _size_is(trial, "padded")


@law("of-unit-stride-unpadded", ("conv_transpose",), share=SHARE, narrow={**UNPADDED, **UNIT})
def test_size_of_unit_stride_unpadded_transposed(trial: Trial) -> None:
    """Relationship 8: o′ = i′ + k − 1, of which a convolution makes i′ again."""
    _size_is(trial, "of-unit-stride-unpadded")


@law("of-unit-stride", ("conv_transpose",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_size_of_unit_stride_transposed(trial: Trial) -> None:
    """Relationship 9: o′ = i′ + (k − 1) − 2p, of which a convolution makes i′ again."""
    _size_is(trial, "of-unit-stride")


@law("of-half-padding", ("conv_transpose",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_half_padding_transposed_keeps_size(trial: Trial) -> None:
    """Relationship 10: with an odd kernel, p = ⌊k/2⌋ and stride 1, o′ = i′."""
    _size_is(trial, "of-half-padding")


@law("of-full-padding", ("conv_transpose",), share=SHARE, narrow={**UNDILATED, **UNIT})
def test_full_padding_transposed_shrinks(trial: Trial) -> None:
    """Relationship 11: with p = k − 1 and stride 1, o′ = i′ − (k − 1)."""
    _size_is(trial, "of-full-padding")


@law("of-unpadded", ("conv_transpose",), share=SHARE, narrow=UNPADDED)
def test_size_of_unpadded_transposed(trial: Trial) -> None:
    """Relationship 12: o′ = s(i′ − 1) + k, of which a convolution makes i′ again."""
    _size_is(trial, "of-unpadded")


@law("of-padded", ("conv_transpose",), share=SHARE, narrow=UNDILATED)
def test_size_of_padded_transposed(trial: Trial) -> None:
    """Relationship 13: o′ = s(i′ − 1) + k − 2p, of which a convolution makes i′ again."""
    _size_is(trial, "of-padded")


@law("of-uneven", ("conv_transpose",), share=SHARE, narrow={**UNDILATED, "stride": (2, 3, 4, 5)})
def test_size_of_uneven_transposed(trial: Trial) -> None:
    """Relationship 14: o′ = s(i′ − 1) + a + k − 2p, of which a convolution makes i′ again."""
    _size_is(trial, "of-uneven")


@law("dilated", ("conv",), share=SHARE, narrow={**EXPLICIT, "dilation": (2, 3, 4)})
def test_size_dilated(trial: Trial) -> None:
    """Relationship 15: o = ⌊(i + 2p − k − (k − 1)(d − 1))/s⌋ + 1."""
    _size_is(trial, "dilated")


@law("uneven-padding", WINDOWED, share=SHARE, narrow=EXPLICIT)
def test_size_unevenly_padded(trial: Trial) -> None:
    """Only the sum of the paddings counts: o = ⌊(i + p_lo + p_hi − d(k − 1) − 1)/s⌋ + 1."""
    _size_is(trial, "uneven-padding")


@law("ceil-size", POOLS, share=SHARE, narrow={"padding": ("explicit",), "ceil_mode": (True,)})
def test_size_in_ceil_mode(trial: Trial) -> None:
    """Rounded up, o is at most ⌈(i + p_lo)/s⌉: every window starts before the high padding."""
    if trial.adapter.claims.dialect["pool.ceil-mode"] == "keep":
        return  # it declares that such a window stays; output-size holds it to that
    _size_is(trial, "ceil-size")


@law(
    "same-size",
    WINDOWED,
    share=SHARE,
    narrow={"padding": ("same_upper", "same_lower"), "ceil_mode": (False,)},
)
def test_size_of_same_padding(trial: Trial) -> None:
    """Same padding gives o = ⌈i/s⌉, whatever window and dilation."""
    _size_is(trial, "same-size")


@law("valid-size", WINDOWED, share=SHARE, narrow={"padding": ("valid",), "ceil_mode": (False,)})
def test_size_of_valid_padding(trial: Trial) -> None:
    """Valid padding gives o = ⌈(i − d(k − 1))/s⌉."""
    _size_is(trial, "valid-size")


@law("of-any", ("conv_transpose",), share=SHARE)
def test_size_of_any_transposed(trial: Trial) -> None:
    """o′ = s(i′ − 1) + d(k − 1) + 1 − p_lo − p_hi + a."""
    _size_is(trial, "of-any")

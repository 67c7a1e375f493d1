"""Which cells see which: an output reads its window, all of it, and nothing else."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.contents import exact_up_to
from convspec.dtypes import limits as dtype_limits
from convspec.dtypes import lowest
from convspec.law import law
from convspec.moves import claimed, coverage, grown, window_axes
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import MAXIMA, SCALED, WINDOWED
from convspec.trial import Array, Trial, wide
from convspec.verdicts import WrongShape, WrongValue


def readers(trial: Trial, cell: tuple[int, ...]) -> Array:
    """True for each output that reads that cell of x: the index relation, by a one-hot input."""
    x = np.zeros_like(trial.exact["x"])
    if trial.op in MAXIMA:
        x[...] = lowest(np.dtype(trial.case.dtype))
        x[cell] = 1
        return np.asarray(trial.expected(x=x) == 1)
    x[cell] = 1
    changes = {"w": np.ones_like(trial.exact["w"]), "b": None} if "w" in trial.exact else {}
    return np.asarray(trial.expected(x=x, **changes, value=0) != 0)


@law("locality", SCALED, share=0.5, bits=True)
def test_locality(trial: Trial) -> None:
    """One changed cell changes every output that reads it, and not a bit of any other."""
    x = trial.inputs["x"].copy()
    cell = tuple(int(i) for i in np.unravel_index(trial.case["x"].k * 37 % x.size, x.shape))
    given = {}
    if "w" in trial.inputs:
        # A weight of 0 reads without a trace.
        w = trial.inputs["w"]
        given["w"] = np.where(w == 0, w.dtype.type(1), w)
    before = trial.run(x=x, **given).copy()
    trial.require_shape(before)
    x[cell] = x.max() + 1 if trial.op in MAXIMA else x[cell] + 1
    after = trial.run(x=x, **given)
    require_shape(after, before.shape, "y of the changed x")
    changed, reads = after != before, readers(trial, cell)
    if (changed != reads).any():
        worst = tuple(int(i[0]) for i in np.nonzero(changed != reads))
        place, at = _cell(worst), _cell(cell)
        raise WrongValue(
            f"y[{place}] changes with x[{at}], which its window does not read"
            if changed[worst]
            else f"y[{place}] does not change with x[{at}], which its window reads",
            expected=np.where(reads, after, before), got=after, worst=worst,
        )  # fmt: skip


def _cell(place: tuple[int, ...]) -> str:
    return ", ".join(map(str, place))


@law(
    "unread",
    WINDOWED,
    share=0.5,
    narrow={"stride": (2, 3, 4, 5), "padding": ("explicit",), "ceil_mode": (False,)},
    bits=True,
)
def test_unread_cells(trial: Trial) -> None:
    """The cells that no window reads, between windows and in the tail, are of no consequence."""
    # As many cells at the end of one axis as no further window can use.
    which = trial.case["x"].k % trial.case.rank
    axis = window_axes(trial)[which]
    short = axis.stride - 1 - (axis.padded - axis.extent) % axis.stride
    more = [short if a == which else 0 for a in range(trial.case.rank)]
    # Both in one layout: roots are rounded one way or another from one layout to the next.
    x = np.array(grown(trial.inputs["x"], more), order="C")
    counts = coverage(trial, x.shape[2:])
    limits = dtype_limits(x.dtype)
    other = np.where(counts == 0, x.dtype.type(limits.max), x)
    require_equal(trial.run(x=other), trial.run(x=x), "y of other unread cells", "x as it was")


@law("coverage", ("conv",), share=0.5, narrow={"bias": (False,)}, bits=True)
def test_coverage(trial: Trial) -> None:
    """With a kernel of ones, Σ y counts each input cell as often as windows read it."""
    x, w = trial.exact["x"], trial.inputs["w"]
    spatial = tuple(range(2, x.ndim))
    y = trial.run(w=np.ones_like(w))
    trial.require_shape(y)
    maps = (x * coverage(trial)).sum(axis=spatial)
    groups = trial.parameters["groups"]
    sums = maps.reshape(len(x), groups, -1).sum(axis=2).repeat(len(w) // groups, axis=1)
    require_equal(wide(y).sum(axis=spatial), sums, "Σ y", "Σ coverage·x")


@law("coverage", ("conv",), share=0.5, gradient=True, narrow={"dtype": FLOATS, "bias": (False,)})
def test_coverage_gradient(trial: Trial) -> None:
    """Of Σ y with a kernel of ones the gradient is the coverage, the same everywhere if full."""
    w, given = np.ones_like(trial.inputs["w"]), trial.parameters
    shares = len(w) // given["groups"]  # filters that read a channel
    dx = trial.gradients(w=w, g=np.ones_like(trial.inputs["g"]))[0]
    require_shape(dx, trial.case["x"].shape, "dx")
    expected = np.broadcast_to(coverage(trial) * shares, dx.shape)
    require_equal(dx, expected, "dΣy/dx", "coverage")
    extents = [axis.extent for axis in window_axes(trial)]
    full = {
        "padding": tuple((e - 1, e - 1) for e in extents), "stride": (1,) * trial.case.rank
    }  # fmt: skip
    taps = w[0, 0].size * shares
    if taps > exact_up_to(trial.case.dtype) or not claimed(trial, **full):
        return  # padded like this every tap meets the gradient, those that met none before, too
    sizes = [n + e - 1 for n, e in zip(dx.shape[2:], extents, strict=True)]
    ones = np.ones((dx.shape[0], len(w), *sizes), dx.dtype)
    dx = trial.gradients(w=w, g=ones, **full)[0]
    uniform = np.full(trial.case["x"].shape, taps)
    require_equal(dx, uniform, "dΣy/dx with full padding", "the number of taps")


@law("size-in-stride", WINDOWED, share=0.25)
def test_size_in_stride(trial: Trial) -> None:
    """A longer stride along one axis gives no more outputs there, and as many elsewhere."""
    which = trial.case["x"].k % trial.case.rank
    strides = trial.parameters["stride"]
    longer = tuple(s + 1 if a == which else s for a, s in enumerate(strides))
    if not claimed(trial, stride=longer) or not trial.meaningful(stride=longer):
        return
    y = trial.run()
    trial.require_shape(y)
    sizes, fewer = y.shape, trial.run(stride=longer).shape
    place = 2 + which
    if fewer[:place] + fewer[place + 1 :] != sizes[:place] + sizes[place + 1 :]:
        raise WrongShape(f"stride {longer} instead of {strides} makes {fewer} of {sizes}")
    if fewer[place] > sizes[place]:
        raise WrongShape(f"stride {strides} gives {sizes}, the longer stride {longer} {fewer}")

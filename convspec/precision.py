"""Whether the errors of a whole result are those of rounding: their size and their direction.

The bound of a single cell must hold for the worst that rounding can do; over many products that is
far more than it does. This test looks at a whole array. It assumes of the roundings what Higham and
Mary assume (*A new approach to probabilistic rounding error analysis*, SIAM J. Sci. Comput. 41(5),
2019): whatever happened before, each is at most u and has mean 0. Then the error of a sum of K
numbers p, by any tree of additions, is a martingale whose steps are at most u times the partial
sums, and Azuma's inequality says that it is sub-Gaussian with the variance

    v = u²·(Σ over all partial sums s of s² + Σ p²).

How great the partial sums are depends on the tree, which is unknown:

- whatever the signs, |s| ≤ Σ|p|, so that v ≤ u²·K·(Σ|p|)²;
- where the signs of p are drawn, the mean of Σ s² is no more than (K − 1)·Σp², for each p enters
  K − 1 partial sums at most. For G sets of cells with signs of their own it is exceeded
  (1 + 2√(τ/G) + 2τ/G)-fold with a probability of no more than exp(−τ) (Hsu, Kakade and Zhang, *A
  tail inequality for quadratic forms of subgaussian random vectors*, 2012).

*Size.* The mean of the squares of numbers that are sub-Gaussian with variance 1, dependent on each
other in whatever way, exceeds t with a probability of no more than √t·exp((1 − t)/2): their moment
generating functions are averaged. Adding a rounding of what is stored, |y|·u, gives the limit.

*Direction.* If the roundings of M cells are a martingale together, the mean of their errors, each
counted toward or away from 0, is sub-Gaussian with the mean of their variances over M. Some are
not: see `_apart`.

What is no rounding of mean 0 (the one reciprocal that all cells of a mean are multiplied by) is
granted in full. Each of the probabilities is `RISK`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, prod, sqrt

import numpy as np

from convspec import dialect
from convspec.numerics import Array, Precision
from convspec.spec.case import Case
from convspec.spec.claims import Claims
from convspec.spec.groups import MEANS, WEIGHTED

RISK = 1e-12
"""The probability with which each of the three events may happen to a correct implementation."""

FEW = 1 / 8
"""The greatest K·u for which roundings count as having mean 0: beyond it small terms vanish beside
large sums, all in one direction. There is no verdict then."""


def mean_square_limit(risk: float) -> float:
    """What the mean of squares of sub-Gaussian numbers of variance 1 exceeds with that risk."""
    t = 1.0
    for _ in range(100):
        t = 1 + 2 * log(sqrt(t) / risk)
    return t


def partial_sums_factor(independent: int, risk: float) -> float:
    """How far Σ s² may exceed its mean, over `independent` sets of cells with signs of their own.

    The inequality has exp(−τ); `risk` is that.
    """
    share = log(1 / risk) / independent
    return 1 + 2 * sqrt(share) + 2 * share


@dataclass(frozen=True)
class Spread:
    """What the errors of an array may be: per cell, all of one shape.

    `granted` is allowed in full, `summed` the standard deviation that the sum gives a cell,
    `stored` that of storing it. They are infinite where nothing can be said. `apart` is how many
    of the cells round independently of each other, at least.
    """

    granted: Array
    summed: Array
    stored: Array
    apart: float

    @property
    def unit(self) -> Array:
        """What the errors are counted in."""
        return np.asarray(np.sqrt(self.summed**2 + self.stored**2))


@dataclass(frozen=True)
class Measured:
    """The errors of an array in units of what correct rounding spreads them by.

    `size`: the root of their mean square; `drift`: their mean, above 0 away from zero. The limits
    are those of a correct implementation.
    """

    size: float
    size_limit: float
    drift: float
    drift_limit: float

    @property
    def explained(self) -> bool:
        """Whether rounding explains the errors."""
        return self.size <= self.size_limit and abs(self.drift) <= self.drift_limit


def measure(got: Array, expected: Array, spread: Spread) -> Measured | None:
    """The errors of finite numbers, all of one shape; None if there is nothing to be said."""
    unit = spread.unit
    seen = np.isfinite(unit) & (unit > 0) & np.isfinite(expected) & np.isfinite(got)
    if not seen.any():
        return None
    error = (got.astype(np.float64) - expected)[seen]
    unit, granted = unit[seen], spread.granted[seen]
    beyond = np.maximum(np.abs(error) - granted, 0) / unit
    variance = 1 + float(((spread.stored[seen] / unit) ** 2).mean())
    toward = np.sign(expected[seen])
    return Measured(
        size=sqrt(float((beyond**2).mean())),
        size_limit=sqrt(mean_square_limit(RISK) * variance),
        drift=float((toward * error / unit).mean()),
        drift_limit=float((granted / unit).mean())
        + sqrt(2 * log(2 / RISK) * variance / min(spread.apart, len(unit))),
    )


def result_spread(
    case: Case, exact: Mapping[str, Array], precision: Precision, claims: Claims
) -> Spread:
    """The spread of a linear operation's result; `exact` are its arrays, wide."""
    op, parameters = case.op.name, case.op.arguments()
    arrays = [exact[t.name] for t in case.tensors if t.name != "g"]

    def applied(power: int) -> Array:
        given = [np.abs(array) ** power for array in arrays]
        return dialect.expected(op, given, parameters, claims, precision.dtype)

    terms = lengths(case)["y"]
    sizes = applied(1)
    y = dialect.expected(op, arrays, parameters, claims, precision.dtype)
    squares = None
    if signed(case):
        # Of a mean, squares over n are n sums of squares over n².
        squares = applied(2) / (terms if op in MEANS else 1)
    return _spread(case, "y", y, sizes, squares, terms, precision)


def gradient_spreads(
    case: Case, exact: Mapping[str, Array], precision: Precision, claims: Claims
) -> dict[str, Spread]:
    """The spreads of a linear operation's gradients, by the names of the arrays."""
    op, parameters = case.op.name, case.op.arguments()
    names = [t.name for t in case.tensors if t.name != "g"]

    def applied(power: int) -> tuple[Array, ...]:
        given = [np.abs(exact[name]) ** power for name in names]
        g = np.abs(exact["g"]) ** power
        return dialect.gradients(op, given, g, parameters, claims)

    right = dialect.gradients(op, [exact[n] for n in names], exact["g"], parameters, claims)
    sizes, terms = applied(1), lengths(case)
    # Squares of the shares of a mean are no shares of squares.
    squares = applied(2) if signed(case) and op in WEIGHTED else (None,) * len(names)
    return {
        name: _spread(
            case, f"d{name}", right[i], sizes[i], squares[i], terms[f"d{name}"],
            precision,
        )
        for i, name in enumerate(names)
    }  # fmt: skip


def _spread(
    case: Case, result: str, y: Array, sizes: Array, squares: Array | None, terms: int,
    precision: Precision,
) -> Spread:  # fmt: skip
    return spread_of(
        y, sizes, squares, terms, precision,
        independent=independent(case, result),
        apart=_apart(case, result, 1 / precision.stored),
        systematic=2 if case.op.name in MEANS else 0,
    )  # fmt: skip


def spread_of(
    y: Array, sizes: Array, squares: Array | None, terms: int, precision: Precision,
    *, independent: int, apart: float, systematic: int = 0,
) -> Spread:  # fmt: skip
    """The spread of sums y of that many terms p.

    `sizes` are Σ|p|, `squares` Σp² where the signs are drawn, else None. `independent`: sets of
    cells with signs of their own. `apart`: cells that round independently. `systematic`: roundings
    that all cells may have in common.
    """
    unit = precision.unit
    if terms * unit > FEW:
        nothing = np.full(np.shape(y), np.inf)
        return Spread(nothing, nothing, nothing, 1)
    # Roundings of roundings: the factors 1 + δ of a product, as in γ_K.
    grown = 1 / (1 - terms * unit)
    if squares is None:
        variance = terms * sizes**2
    else:
        variance = partial_sums_factor(independent, RISK) * terms * squares
    least = (terms + 1) * precision.underflow
    return Spread(
        np.asarray(systematic * unit * sizes + least),
        np.asarray(unit * grown * np.sqrt(variance)),
        np.asarray(precision.stored * np.abs(y)),
        apart,
    )


def _apart(case: Case, result: str, numbers: float) -> float:
    """How many cells round independently; `numbers` is how many a binade of their type holds.

    Where a number of the case meets more cells than there are numbers to meet, its roundings are
    the same over again. A bias is added to many sums, all of them multiples of one unit: what it
    leaves over is the same in all. Cells that the same windows read have the same gradient.
    """
    if case.op.name in WEIGHTED:
        return min(numbers, case["b"].size) if result == "y" and "b" in case else numbers
    return min(numbers, case["g"].size) if result == "dx" else numbers


def signed(case: Case) -> bool:
    """Whether the signs of all products of the case are drawn."""
    return all(t.pattern == "normal" for t in case.tensors)


def lengths(case: Case) -> dict[str, int]:
    """The greatest number of products that a cell adds up: of ``y`` and of ``dx``, ``dw``, ``db``.

    The operation is linear, and the case valid. Without a cotangent there are no gradients.
    """
    op, given = case.op.name, case.op.arguments()
    x = case.tensors[0].shape
    g = case["g"].shape if "g" in case else ()
    bias = int("b" in case)
    if op in WEIGHTED:
        w, groups = case["w"].shape, given.get("groups", 1)
        taps = prod(w[2:])
        # Of a transposed convolution the first axis of w is the one summed over.
        into, out = (w[0] // groups, w[1]) if op == "conv_transpose" else (w[1], w[0] // groups)
        found = {"y": into * taps + bias, "dx": out * taps}
        if g:
            each = x if op == "conv_transpose" else g
            found |= {"dw": each[0] * prod(each[2:]), "db": g[0] * prod(g[2:])}
        return found
    if "window" in given:
        taps = max(prod(given["window"]), 1)
        return {"y": taps, "dx": taps}
    if "output_size" in given:
        pairs = list(zip(x[2:], given["output_size"], strict=True))
        # A bin, and in turn the bins that read one cell, begin and end amid others.
        return {
            "y": prod(-(-n // o) + 1 for n, o in pairs),
            "dx": prod(-(-o // max(n, 1)) + 1 for n, o in pairs),
        }
    return {"y": max(prod(x[2:]), 1), "dx": 1}


def independent(case: Case, result: str) -> int:
    """How many sets of cells of a result have products whose signs are drawn independently.

    All sets have as many cells. Given the other array, those are the filters by the signs of w,
    and the images by those of x or g.
    """
    x = case.tensors[0].shape
    if case.op.name not in WEIGHTED:
        return max(prod(x[:2]), 1)
    w = case["w"].shape
    filters = w[1] if case.op.name == "conv_transpose" else w[0]
    return max(x[0] if result == "dx" else filters, 1)

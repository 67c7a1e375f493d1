"""Every linear operation and its gradients, summed in every honest way, against exact fractions.

An operation that is linear in an array is a matrix; here it is read off the reference by one-hot
arrays, and its rows are summed cell by cell in the type in question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.adapters.opening import open_adapter
from convspec.bounds import gradient_bounds, result_bound
from convspec.contents import longest_sum
from convspec.numerics import UNIT_ROUNDOFF, Precision
from convspec.spec.case import Case
from convspec.spec.groups import MEANS
from convspec.trial import Trial

Array = npt.NDArray[Any]

CLAIMS = open_adapter("reference").claims
LINES = (
    "conv stride=2,1 padding=1:0,0:1 x=2x2x4x4:D:P@1 w=2x2x2x3:D:P@65 b=2:D:P@66 g=2x2x2x3:D:P@130",
    "conv_transpose stride=2 padding=1:0 x=2x2x3:D:P@1 w=2x3x3:D:P@65 g=2x3x6:D:P@130",
    "dense x=3x7:D:P@1 w=4x7:D:P@65 b=4:D:P@66 g=3x4:D:P@130",
    "avg_pool window=3,2 stride=2,1 padding=1:0,0:1 x=1x2x4x4:D:P@1 g=1x2x2x4:D:P@130",
    "adaptive_avg_pool output_size=2,3 x=1x2x5x4:D:P@1 g=1x2x2x3:D:P@130",
    "global_avg_pool x=2x2x3x5:D:P@1 g=2x2:D:P@130",
    "global_sum_pool x=2x2x3x5:D:P@1 g=2x2:D:P@130",
)


def forth(products: Array, _: Sequence[tuple[Any, Any]]) -> Any:
    return np.add.accumulate(products)[-1]


def back(products: Array, _: Sequence[tuple[Any, Any]]) -> Any:
    return np.add.accumulate(products[::-1])[-1]


def pairwise(products: Array, _: Sequence[tuple[Any, Any]]) -> Any:
    while len(products) > 1:
        if len(products) % 2:
            products = np.append(products, products.dtype.type(0))
        products = products[::2] + products[1::2]
    return products[0]


def blocked(products: Array, _: Sequence[tuple[Any, Any]]) -> Any:
    sums = [np.add.accumulate(products[i : i + 4])[-1] for i in range(0, len(products), 4)]
    return np.add.accumulate(np.array(sums, products.dtype))[-1]


def fused(products: Array, pairs: Sequence[tuple[Any, Any]]) -> Any:
    total = products.dtype.type(0)
    for a, b in pairs:
        exact = np.longdouble(a) * np.longdouble(b) + np.longdouble(total)
        total = np.asarray(exact, np.longdouble).astype(np.float64).astype(products.dtype)[()]
    return total


WAYS: tuple[Callable[[Array, Sequence[tuple[Any, Any]]], Any], ...] = (
    forth, back, pairwise, blocked, fused,
)  # fmt: skip


def matrix(function: Callable[[Array], Array], shape: tuple[int, ...]) -> Array:
    """The linear map: (results, inputs)."""
    size = int(np.prod(shape))
    columns = [function(np.eye(size)[i].reshape(shape)).ravel() for i in range(size)]
    return np.array(columns).T


def maps(case: Case, exact: dict[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Result and gradients, each as a matrix and what it is applied to."""
    op, given = case.op.name, case.op.arguments()
    function = getattr(reference, op)
    names = [t.name for t in case.tensors if t.name != "g"]

    def applied(name: str) -> Callable[[Array], Array]:
        def linear(array: Array) -> Array:
            arrays = [array if n == name else exact[n] for n in names]
            if "b" in names and name != "b":
                arrays[-1] = np.zeros_like(exact["b"])
            if name == "b":
                arrays[0] = np.zeros_like(exact["x"])
            result: Array = function(*arrays, **given)
            return result

        return linear

    found = {name: matrix(applied(name), exact[name].shape) for name in names}
    whole = np.concatenate([found[n] for n in names if n != "w"], axis=1)
    x = np.concatenate([exact[n].ravel() for n in names if n != "w"])
    g = exact["g"].ravel()
    return {"y": (whole, x), **{f"d{name}": (found[name].T, g) for name in names}}


def rounded_row(row: Array, x: Array, dtype: Any, mean: bool, way: Any) -> float:
    """One cell, summed in the type; the quotients of a mean are made of sums of equal shares."""
    used = row != 0
    if not used.any():
        return 0.0
    if mean and len(set(row[used])) == 1:
        terms = x[used].astype(dtype)
        return float(way(terms, [(t, 1.0) for t in terms]) / dtype(round(1 / row[used][0])))
    a, b = row[used].astype(dtype), x[used].astype(dtype)
    return float(way(a * b, list(zip(a, b, strict=True))))


@pytest.mark.parametrize("pattern", ["normal", "positive"])
@pytest.mark.parametrize("dtype", UNIT_ROUNDOFF)
@pytest.mark.parametrize("line", LINES, ids=[line.split()[0] for line in LINES])
def test_no_honest_cell_is_outside(line: str, dtype: str, pattern: str) -> None:
    case = Case.parse(line.replace(":D:", f":{dtype}:").replace(":P@", f":{pattern}@"))
    trial = Trial(open_adapter("reference"), case)
    precision = Precision(dtype, dtype, longest_sum(case))
    names = [t.name for t in case.tensors if t.name != "g"]
    arrays, given = [trial.exact[n] for n in names], case.op.arguments()
    bounds = {"y": result_bound(case.op.name, arrays, given, precision, CLAIMS)}
    gradients = gradient_bounds(
        case.op.name, arrays, trial.exact["g"], given, precision, CLAIMS
    )  # fmt: skip
    bounds |= {f"d{name}": bound for name, bound in zip(names, gradients, strict=True)}
    kind, worst = np.dtype(dtype).type, 0.0
    mean = case.op.name in MEANS
    for name, (rows, x) in maps(case, trial.exact).items():
        for row, bound in zip(rows, bounds[name].ravel(), strict=True):
            shares = [Fraction(c).limit_denominator(100) if mean else Fraction(c) for c in row]
            exact = sum((s * Fraction(v) for s, v in zip(shares, x, strict=True) if s), Fraction())
            for way in WAYS:
                got = rounded_row(row, x, kind, mean, way)
                off = float(abs(Fraction(got) - exact))
                assert off <= bound, (name, way.__name__)
                worst = max(worst, off / bound if bound else 0.0)
    # It is a bound that errors come near to, and not just any great number.
    assert worst > 0.02 or dtype in ("float16", "bfloat16")

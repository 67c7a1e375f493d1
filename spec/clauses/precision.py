"""How precise a result is as a whole: the size and the direction of its errors."""

from __future__ import annotations

from convspec.spec.groups import CONVOLUTIONS, MEANS

from .point import Point

MARY = "Higham & Mary, A new approach to probabilistic rounding error analysis, SISC 41(5), 2019"

SUMS = (*CONVOLUTIONS, *MEANS, "global_sum_pool", "dense")
"""Operations that are sums of products, and their gradients, too."""

POINTS = (
    Point(
        "precision", SUMS,
        "The errors of a result as a whole are no greater, and lean no further to one side, than"
        " roundings do that are each at most u and 0 in the mean.",
        "mean (e/σ)² ≤ t, σ² = u²·K·Σ(wx)² where signs are drawn, u²·K·(Σ|wx|)² where not, plus"
        " (u·y)²",
        (MARY,),
        note="It shows what the bound of a single cell is too wide for where sums are long: inputs"
        " cut to fewer bits, sums kept in less than is declared, a term left out, numbers cut off"
        " instead of rounded.",
    ),
    Point(
        "gradient-precision", SUMS,
        "The errors of a gradient as a whole are no greater, and lean no further to one side, than"
        " roundings do that are each at most u and 0 in the mean.",
        "as for the result, with the products that the gradient sums", (MARY,),
    ),
)  # fmt: skip

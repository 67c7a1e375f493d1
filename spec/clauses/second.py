"""Second gradients: the gradients of what the gradients are."""

from __future__ import annotations

from convspec.spec.groups import TWICE, WEIGHTED

from .point import ARITHMETIC, Point

POINTS = (
    Point(
        "second-gradient", WEIGHTED,
        "The operation is bilinear, so that its second gradients are first gradients and results"
        " again: held against u, v and t, the gradients dx, dw and db make a number whose own"
        " gradients are the right sides here; a term that is left out counts as zero.",
        "Φ = ⟨dx, u⟩ + ⟨dw, v⟩ + ⟨db, t⟩: ∂Φ/∂g = f(u, w) + f(x, v) + t, ∂Φ/∂x = dx(v, g),"
        " ∂Φ/∂w = dw(u, g), ∂Φ/∂b = 0",
        (f"{ARITHMETIC}, §4", "C9"),
    ),
    Point(
        "second-gradient", tuple(op for op in TWICE if op not in WEIGHTED),
        "The operation is linear, at least around each input: the gradient dx, held against u,"
        " does not change with the input, and changes with the cotangent as the operation itself"
        " does around the input, applied to u.",
        "Φ = ⟨dx, u⟩: ∂Φ/∂x = 0, ∂Φ/∂g = f′(x)·u",
        ("C9",),
        note="A maximum and the rectifier have no derivative where cells tie, or at 0; there the"
        " map is the one whose adjoint the gradient is, in the dialect of the implementation.",
    ),
)  # fmt: skip

"""Gradients."""

from __future__ import annotations

from convspec.spec.groups import EVERY, LINEAR, MAXIMA

from .point import ARITHMETIC, Point

POINTS = (
    Point(
        "gradient", EVERY,
        "The gradients of ⟨f(x), g⟩ in every input are those of the definition; at a tie they"
        " follow"
        " the dialect.",
        "dx = Jᵀg", (f"{ARITHMETIC}, §4", "C9"),
    ),
    Point("adjoint", LINEAR, "The gradient is the adjoint of the linear map.",
           "⟨f(x), g⟩ = ⟨x, dx⟩ = ⟨w, dw⟩", (f"{ARITHMETIC}, §4", "C9")),
    Point(
        "tie", MAXIMA,
        "Where maxima tie, the gradient is a convex combination over the tied cells: each window"
        " passes on exactly what it is given, and only to maxima.",
        sources=("dialect point max_pool.tie",),
    ),
)  # fmt: skip

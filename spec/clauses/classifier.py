"""The head of a classifier: rectifier, fully connected layer, softmax and cross-entropy."""

from __future__ import annotations

from convspec.spec.groups import SOFTMAXES

from .point import Point

_HEADS = (*SOFTMAXES, "cross_entropy")

POINTS = (
    Point("idempotent", ("relu",), "A second rectifier changes nothing.",
           "relu(relu(x)) = relu(x)", ("N1",)),
    Point("nonexpansive", ("relu",), "Two results are no further apart than their inputs.",
           "|relu(x) − relu(x′)| ≤ |x − x′|", ("N1",)),
    Point(
        "gradient-zero", ("relu",),
        "At 0, where there is no derivative, the gradient is 0.",
        "dx = 0 where x = 0", ("N1", "N2"),
    ),
    Point(
        "pointwise-conv", ("dense",),
        "A fully connected layer is a convolution of maps of one cell with kernels of one cell.",
        "dense(x, w, b) = conv(x, w, b) on 1×1 maps", ("C8", "G7"),
    ),
    Point(
        "sum", ("softmax",), "Each row is a distribution: nothing below 0, and 1 in all.",
        "Σ_c y[c] = 1, y[c] ≥ 0", ("N1",),
    ),
    Point(
        "order", SOFTMAXES, "A greater number never gets a smaller result in its row.",
        "x[i] ≤ x[j] ⇒ y[i] ≤ y[j]", ("N1",),
    ),
    Point(
        "shift", _HEADS, "A number added to a whole row changes nothing.",
        "f(x + a) = f(x)", ("N1",),
    ),
    Point(
        "large", _HEADS,
        "Numbers whose exponentials overflow, or all underflow, give the finite result that the"
        " definition has for them.",
        "f(±10⁴) is finite", ("N1",),
    ),
    Point(
        "gradient-sum", _HEADS,
        "The gradient of each row has the sum 0, since a shift of the row changes nothing.",
        "Σ_c dx[c] = 0", ("N2",),
    ),
    Point(
        "logarithm", ("log_softmax",),
        "The result is the logarithm of softmax: its exponentials are softmax, and nothing is"
        " above 0.",
        "exp(log_softmax(x)) = softmax(x)", ("N1",),
    ),
    Point(
        "log-softmax", ("cross_entropy",),
        "The result is the mean, over the batch, of −log softmax at the labels.",
        "y = −(1/N) Σ_n log_softmax(x)[n, label[n]]", ("N1", "N2"),
    ),
    Point(
        "batch", ("cross_entropy",),
        "The result is the mean of what each image has alone, in whatever order they come.",
        "y = (1/N) Σ_n f(x[n], label[n])", ("N2",),
    ),
)  # fmt: skip

"""The head of a classifier: rectifier, fully connected layer, softmax and cross-entropy."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_shape, require_within
from convspec.contents import backwards
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import SOFTMAXES
from convspec.trial import Trial, wide
from convspec.verdicts import WrongValue

HEADS = (*SOFTMAXES, "cross_entropy")

SHIFT = 16
"""Added to a row of small integers it is exact, and far beyond what they differ by."""

LARGE = 2500
"""Times an integer of up to 4 it is 10⁴, whose exponential no dtype holds."""


@law("idempotent", ("relu",), share=0.5)
def test_relu_idempotent(trial: Trial) -> None:
    """relu(relu(x)) = relu(x)."""
    y = trial.run()
    trial.require_shape(y)
    require_equal(trial.run(x=y.astype(trial.case.dtype)), y, "relu(relu(x))", "relu(x)")


@law("nonexpansive", ("relu",), share=0.5)
def test_relu_nonexpansive(trial: Trial) -> None:
    """|relu(x) − relu(x′)| ≤ |x − x′|, cell by cell."""
    x = trial.inputs["x"]
    other = backwards(x)
    y = trial.run()
    trial.require_shape(y)
    apart = np.abs(wide(y) - wide(trial.run(x=other)))
    before = np.abs(wide(x) - wide(other))
    if (apart > before).any():
        worst = tuple(int(i[0]) for i in np.nonzero(apart > before))
        raise WrongValue(
            f"inputs {before[worst]:g} apart give results {apart[worst]:g} apart", worst=worst
        )


@law(
    "gradient-zero",
    ("relu", "lp_pool"),
    share=0.5,
    gradient=True,
    narrow={
        "dtype": FLOATS,
        "x.pattern": ("zeros", "impulse", "ramp"),
        "g.pattern": ("ones", "ints"),
    },
)
def test_gradient_zero(trial: Trial) -> None:
    """Cells that hold 0 get the gradient 0."""
    signed = trial.adapter.claims.dialect["lp_pool.sign"] == "signed"
    if trial.op == "lp_pool" and signed and trial.parameters["p"] % 2:
        return  # a sum of odd powers has a derivative there: 1 for p = 1, NaN where it is negative
    (dx,) = trial.gradients()
    require_shape(dx, trial.case["x"].shape, "dx")
    at_zero = np.where(trial.exact["x"] == 0, dx, 0)
    require_equal(at_zero, np.zeros_like(at_zero), "dx where x = 0:")


@law("pointwise-conv", ("dense",))
def test_dense_is_pointwise_conv(trial: Trial) -> None:
    """dense(x, w, b) is the convolution of 1×1 maps with 1×1 kernels."""
    x, w, b = (trial.inputs.get(name) for name in trial.case.op.inputs)
    assert x is not None and w is not None
    y = trial.other(
        "conv", x[:, :, None, None], w[:, :, None, None], b,
        stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1,
    )  # fmt: skip
    require_shape(y, (*trial.output_shape, 1, 1), "conv of 1×1 maps")
    trial.require(trial.run(), y[:, :, 0, 0], versus="conv of 1×1 maps")


@law("sum", ("softmax",))
def test_softmax_sums_to_1(trial: Trial) -> None:
    """Each row is a distribution: nothing below 0, and 1 in all."""
    y = trial.run()
    trial.require_shape(y)
    require_equal(np.minimum(y, 0), np.zeros_like(y), "min(y, 0)")
    bound = trial.bound().sum(axis=1)
    require_within(wide(y).sum(axis=1), np.ones(len(y)), bound, "the sum of row ")


@law("order", SOFTMAXES)
def test_softmax_keeps_order(trial: Trial) -> None:
    """A greater number never gets a smaller result in its row."""
    x, bound, y = trial.exact["x"], trial.bound(), trial.run()
    trial.require_shape(y)
    order = np.argsort(x, axis=1, kind="stable")
    y, bound = (np.take_along_axis(wide(a), order, axis=1) for a in (y, bound))
    if y.shape[1] < 2:
        trial.nothing_to_test("a row of one number is in order")
    falls = y[:, :-1] - y[:, 1:] - bound[:, :-1] - bound[:, 1:]
    if not (falls <= 0).all():
        n, place = (int(i[0]) for i in np.nonzero(~(falls <= 0)))
        low, high = int(order[n, place]), int(order[n, place + 1])
        raise WrongValue(
            f"x[{n}, {low}] ≤ x[{n}, {high}], but y has {y[n, place]:g} and {y[n, place + 1]:g}"
            " there"
        )


@law("shift", HEADS)
def test_softmax_shift(trial: Trial) -> None:
    """A number added to a whole row changes nothing but the rounding."""
    x = trial.inputs[trial.first]
    moved = x + x.dtype.type(SHIFT)
    given = {trial.first: wide(moved)}
    bound = trial.bound() + trial.bound(**given)
    got = trial.run(**{trial.first: moved})
    require_within(got, wide(trial.run()), bound, f"y of {trial.first} + {SHIFT}", "the given row")


@law("large", HEADS, narrow={"dtype": ("float32", "float64")})
def test_softmax_large(trial: Trial) -> None:
    """Numbers up to ±10⁴, whose exponentials overflow or vanish, have the result they should."""
    x = trial.inputs[trial.first]
    large = x * x.dtype.type(LARGE)
    given = {trial.first: wide(large)}
    y = trial.run(**{trial.first: large})
    require_within(y, trial.expected(**given), trial.bound(**given), f"y of {LARGE}·{trial.first}")


@law("gradient-sum", HEADS, gradient=True, narrow={"dtype": FLOATS})
def test_gradient_sums_to_0(trial: Trial) -> None:
    """The gradient of each row has the sum 0."""
    dx = trial.gradients()[0]
    (bound,) = trial.gradient_bounds()
    require_shape(dx, bound.shape, f"d{trial.first}")
    zero = np.zeros(len(dx))
    require_within(wide(dx).sum(axis=1), zero, bound.sum(axis=1), f"the sum of d{trial.first} in ")


@law("logarithm", ("log_softmax",))
def test_log_softmax_is_the_logarithm(trial: Trial) -> None:
    """Its exponentials are softmax, and nothing is above 0."""
    y, exact, bound = trial.run(), trial.expected(), trial.bound()
    trial.require_shape(y)
    require_within(np.maximum(wide(y), 0), np.zeros_like(exact), bound, "max(y, 0)")
    softmax = trial.other("softmax", trial.inputs["x"])
    apart = np.exp(exact) * np.expm1(bound) + trial.bound_of("softmax")
    require_within(np.exp(wide(y)), wide(softmax), apart, "exp(y)", "softmax")


@law("log-softmax", ("cross_entropy",))
def test_cross_entropy_of_log_softmax(trial: Trial) -> None:
    """It is the mean of −log softmax at the labels."""
    labels = trial.exact["labels"][:, None]
    log = trial.other("log_softmax", trial.inputs["logits"])
    require_shape(log, trial.case["logits"].shape, "log_softmax(logits)")
    mean = -np.take_along_axis(wide(log), labels, axis=1).mean()
    off = np.take_along_axis(trial.bound_of("log_softmax"), labels, axis=1).mean()
    bound = np.asarray(trial.bound() + off)
    require_within(trial.run(), np.asarray(mean), bound, "y", "the mean of −log_softmax at labels")


@law("batch", ("cross_entropy",))
def test_cross_entropy_of_each(trial: Trial) -> None:
    """It is the mean of what each image has alone, whatever their order."""
    logits, labels = trial.inputs["logits"], trial.inputs["labels"]
    y = trial.run()
    turned = trial.run(logits=logits[::-1].copy(), labels=labels[::-1].copy())
    trial.require(turned, wide(y), "y of the reversed batch", versus="the given order")
    alone, bounds = [], []
    for n in range(len(labels)):
        one = {"logits": logits[n : n + 1].copy(), "labels": labels[n : n + 1].copy()}
        result = trial.run(**one)
        require_shape(result, (), f"y of image {n} alone")
        alone.append(float(result))
        bounds.append(float(trial.bound(**{name: wide(a) for name, a in one.items()})))
    bound = np.asarray(trial.bound() + np.mean(bounds))
    require_within(y, np.asarray(np.mean(alone)), bound, "y", "the mean of the images alone")

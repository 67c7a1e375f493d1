"""Four networks that made history, layer by layer: shapes, parameters and work, as integers.

Each architecture is a list of steps as its paper gives them. Everything else is derived: extents by
the index relation (`spec.relation`), parameters by counting weights, work by counting
multiply-accumulates, one for each weight at each place it is used. What the papers print stands
beside it in `PUBLISHED`, and is compared with it by the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

from .counts import dense_parameters, dense_work, pool_work
from .relation import Axis

Shape = tuple[int, ...]
"""(C, *spatial), or (C,): one image's maps."""


@dataclass(frozen=True)
class Step:
    """One layer. `kind` is conv, max_pool, subsample, gap, dense or add.

    `norm`: batch normalisation follows, a scale and a shift per channel. `source` names the step
    whose result is read, if not the one before; `also` the one that "add" adds. `pairs` counts the
    (input map, output map) pairs that a convolution connects, where not all are.
    """

    name: str
    kind: str
    channels: int = 0
    window: int = 1
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = True
    norm: bool = False
    source: str = ""
    also: str = ""
    pairs: int = 0


@dataclass(frozen=True)
class Row:
    """What a step comes to: the shape of its result, its trained numbers, its work.

    `work` counts multiply-accumulates (of pools: the cells they read), for one image.
    """

    step: Step
    shape: Shape
    parameters: int
    work: int


@dataclass(frozen=True)
class Architecture:
    """A network: its name, the shape of an image, its steps, where it is published, notes."""

    name: str
    title: str
    image: Shape
    steps: tuple[Step, ...]
    source: str
    notes: tuple[str, ...] = field(default=())


def trace(architecture: Architecture) -> tuple[Row, ...]:
    """The rows of an architecture. Raises ValueError where a window exceeds its padded input."""
    shapes: dict[str, Shape] = {"": architecture.image}
    rows = []
    last = ""
    for step in architecture.steps:
        given = shapes[step.source or last]
        row = _row(step, given)
        rows.append(row)
        shapes[step.name] = row.shape
        last = step.name
    return tuple(rows)


def _row(step: Step, given: Shape) -> Row:
    channels, sizes = given[0], given[1:]
    if step.kind == "add":
        return Row(step, given, 0, 0)
    if step.kind == "gap":
        return Row(step, (channels,), 0, prod(given))
    if step.kind == "dense":
        cells, units = prod(given), step.channels
        trained = dense_parameters(cells, units, bias=step.bias)
        return Row(step, (units,), trained, dense_work(cells, units))
    out = tuple(Axis(n, step.window, step.stride, step.padding, step.padding).out for n in sizes)
    window = (step.window,) * len(sizes)
    if step.kind == "max_pool":
        return Row(step, (channels, *out), 0, pool_work(channels, window, out))
    if step.kind == "subsample":  # a sum over the window, times a weight, plus a bias, per map
        return Row(step, (channels, *out), 2 * channels, pool_work(channels, window, out))
    # As in `counts`, but that a table may leave pairs of maps out.
    weights = (step.pairs or channels // step.groups * step.channels) * prod(window)
    trained = weights + step.channels * (step.bias + 2 * step.norm)
    return Row(step, (step.channels, *out), trained, weights * prod(out))


def parameters(rows: Sequence[Row]) -> int:
    """The trained numbers of all rows."""
    return sum(row.parameters for row in rows)


def multiply_accumulates(rows: Sequence[Row]) -> int:
    """Multiply-accumulates of convolutions and dense layers, for one image."""
    return sum(row.work for row in rows if row.step.kind in ("conv", "dense"))


def shrinking(size: int, window: int) -> tuple[int, ...]:
    """The extents along one axis when unpadded convolutions of stride 1 follow each other.

    From `size` on, until no further window fits: each takes window − 1 cells (claim P6). Raises
    ValueError for a window of one cell, which takes none.
    """
    if window < 2:
        raise ValueError(f"a window of {window} takes nothing off")
    found = [size]
    while found[-1] >= window:
        found.append(Axis(found[-1], window).out)
    return tuple(found)


def _lenet() -> tuple[Step, ...]:
    return (
        Step("C1", "conv", 6, 5),
        Step("S2", "subsample", window=2, stride=2),
        # Table I of the paper: six maps read three, nine read four, one reads all six.
        Step("C3", "conv", 16, 5, pairs=6 * 3 + 9 * 4 + 6),
        Step("S4", "subsample", window=2, stride=2),
        Step("C5", "conv", 120, 5),
        Step("F6", "dense", 84),
    )


def _alexnet() -> tuple[Step, ...]:
    return (
        Step("conv1", "conv", 96, 11, 4),
        Step("pool1", "max_pool", window=3, stride=2),
        Step("conv2", "conv", 256, 5, padding=2, groups=2),
        Step("pool2", "max_pool", window=3, stride=2),
        Step("conv3", "conv", 384, 3, padding=1),
        Step("conv4", "conv", 384, 3, padding=1, groups=2),
        Step("conv5", "conv", 256, 3, padding=1, groups=2),
        Step("pool5", "max_pool", window=3, stride=2),
        Step("fc6", "dense", 4096),
        Step("fc7", "dense", 4096),
        Step("fc8", "dense", 1000),
    )


def _vgg() -> tuple[Step, ...]:
    steps: list[Step] = []
    for block, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        steps += [
            Step(f"conv{block}_{i}", "conv", filters, 3, padding=1) for i in range(1, count + 1)
        ]
        steps.append(Step(f"pool{block}", "max_pool", window=2, stride=2))
    return (*steps, *(Step(f"fc{i}", "dense", n) for i, n in ((6, 4096), (7, 4096), (8, 1000))))


def _normed(
    name: str, channels: int, window: int, stride: int = 1, padding: int = 0, source: str = ""
) -> Step:
    """A convolution with batch normalisation in place of a bias."""
    return Step(
        name, "conv", channels, window, stride, padding, bias=False, norm=True, source=source
    )


def _resnet() -> tuple[Step, ...]:
    steps = [
        _normed("conv1", 64, 7, 2, 3),
        Step("pool1", "max_pool", window=3, stride=2, padding=1),
    ]
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), 2):
        for block in range(1, count + 1):
            name, given = f"conv{stage}_{block}", steps[-1].name
            # Downsampling is done by the first 1×1 of a stage and by its shortcut.
            stride = 2 if block == 1 and stage > 2 else 1
            shortcut = given
            if block == 1:
                shortcut = f"{name}s"
                steps.append(_normed(shortcut, 4 * width, 1, stride, source=given))
            steps += [
                _normed(f"{name}a", width, 1, stride, source=given),
                _normed(f"{name}b", width, 3, 1, 1),
                _normed(f"{name}c", 4 * width, 1),
                Step(name, "add", also=shortcut),
            ]
    return (*steps, Step("pool", "gap"), Step("fc", "dense", 1000))


ARCHITECTURES: dict[str, Architecture] = {
    a.name: a
    for a in (
        Architecture(
            "lenet-5", "LeNet-5", (1, 32, 32), _lenet(),
            "LeCun, Bottou, Bengio & Haffner, Gradient-Based Learning Applied to Document"
            " Recognition, Proc. IEEE 86(11), 1998, §II.B",
            ("S2 and S4 are not pools as they are understood today: a window's sum is multiplied by"
             " one trained weight per map, and a trained bias is added.",
             "C3 connects 60 of the 96 pairs of maps (Table I of the paper).",
             "The output, ten radial basis functions on F6, has 840 parameters that were set by"
             " hand; they are not among the 60,000 trained ones."),
        ),
        Architecture(
            "alexnet", "AlexNet", (3, 227, 227), _alexnet(),
            "Krizhevsky, Sutskever & Hinton, ImageNet Classification with Deep Convolutional Neural"
            " Networks, NIPS 2012, §3.5",
            ("The paper says 224×224, which gives no 55×55 maps with 11×11 windows of stride 4 and"
             " no padding; 227×227 does. (Padding of 2 on 224, as others have it, does so too.)",
             "conv2, conv4 and conv5 have two groups, one for each of the two GPUs of the paper."
             " The variant with one column (Krizhevsky, arXiv:1404.5997; torchvision) has other"
             " widths and 61,100,840 parameters."),
        ),
        Architecture(
            "vgg-16", "VGG-16", (3, 224, 224), _vgg(),
            "Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image"
            " Recognition, arXiv:1409.1556, Table 1 (D) and Table 2",
        ),
        Architecture(
            "resnet-50", "ResNet-50", (3, 224, 224), _resnet(),
            "He, Zhang, Ren & Sun, Deep Residual Learning for Image Recognition, arXiv:1512.03385,"
            " Table 1",
            ("Each convolution is followed by batch normalisation, and has no bias of its own.",
             "A stage begins by stride 2 in its first 1×1 convolution, as in the paper. Some"
             " implementations (torchvision's, “v1.5”) have it in the 3×3 instead: the same"
             " parameters, and 4.09 in place of 3.86 thousand million multiply-accumulates."),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A number that is in print: of what, how much, to how many leading digits, and where."""

    architecture: str
    what: str
    value: int
    digits: int
    where: str


PUBLISHED = (
    Published("lenet-5", "parameters", 60_000, 5, "§II.B: “only 60,000 trainable free parameters”"),
    Published("alexnet", "parameters", 60_000_000, 2, "abstract: “60 million parameters”"),
    Published("vgg-16", "parameters", 138_000_000, 3, "Table 2: 138 million"),
    Published("resnet-50", "parameters", 25_600_000, 3,
              "not in the paper; what libraries report for it (torchvision: 25,557,032)"),
    Published("resnet-50", "multiply-accumulates", 3_800_000_000, 2,
              "Table 1: 3.8×10⁹, multiply-adds; the exact 3.86 is cut to 3.8 there"),
)  # fmt: skip

"""The reference at real layer sizes: beside torch in float64, and beside onnx's evaluator.

One thread each (`run.py` sees to it), the same arrays of small integers, results compared for
equality before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
from measure import in_turns, installed, met, say, show

from convspec import reference

Array = npt.NDArray[Any]

ROUNDS = 30
SLOW_ROUNDS = 8
FASTER = 10


@dataclass(frozen=True)
class Layer:
    """A layer with a square image and kernel: channels and size in, filters, kernel, …"""

    name: str
    channels: int
    size: int
    filters: int
    kernel: int
    stride: int = 1
    pad: int = 0
    groups: int = 1
    target: float | None = None

    def arrays(self) -> tuple[Array, Array]:
        """x and w, filled with integers from −4 to 4: every sum is exact."""
        draw = np.random.default_rng(0)
        x = draw.integers(-4, 5, (1, self.channels, self.size, self.size))
        inputs = self.channels // self.groups
        w = draw.integers(-4, 5, (self.filters, inputs, self.kernel, self.kernel))
        return x.astype(np.float64), w.astype(np.float64)

    @property
    def parameters(self) -> dict[str, Any]:
        """As the reference takes them."""
        return {
            "stride": (self.stride,) * 2, "padding": ((self.pad,) * 2,) * 2,
            "dilation": (1, 1), "groups": self.groups,
        }  # fmt: skip


LAYERS = (
    Layer("7×7/2, 3→64 at 224", 3, 224, 64, 7, 2, 3, target=1.5),
    Layer("3×3, 64→64 at 56", 64, 56, 64, 3, 1, 1, target=1.5),
    Layer("1×1, 256→64 at 56", 256, 56, 64, 1, target=1.5),
    Layer("3×3/2, 128→128 at 56", 128, 56, 128, 3, 2, 1),
    Layer("3×3, 512→512 at 7", 512, 7, 512, 3, 1, 1),
    Layer("3×3, 2→4 at 7", 2, 7, 4, 3, 1, 1),
    Layer("3×3 depthwise, 144 at 56", 144, 56, 144, 3, 1, 1, groups=144),
)
"""ResNet-50's three kinds of layer, which have a target, and some others, one as in the cases."""


def main() -> None:
    """Print both tables."""
    torch = installed("torch")
    if torch is not None:
        torch.set_num_threads(1)
        show(
            "Reference and torch, float64, one thread: milliseconds, best of the rounds",
            ("layer", "conv", "torch", "ratio", "target", "gradients", "torch", "ratio"),
            [_beside_torch(torch, layer) for layer in LAYERS],
        )  # fmt: skip
    onnx = installed("onnx")
    if onnx is not None:
        show(
            "Reference and onnx's reference evaluator, float64, one thread",
            ("layer", "conv, ms", "onnx, ms", "times faster", "target", "torch, times faster"),
            [_beside_onnx(onnx, torch, layer) for layer in LAYERS],
        )


def _beside_torch(torch: Any, layer: Layer) -> tuple[str | float | None, ...]:
    x, w = layer.arrays()
    tx, tw = (torch.tensor(array, requires_grad=True) for array in (x, w))

    def theirs() -> Any:
        return torch.nn.functional.conv2d(
            tx, tw, stride=layer.stride, padding=layer.pad, groups=layer.groups
        )

    def forward() -> Any:
        with torch.no_grad():
            return theirs()

    ty = theirs()
    g = np.random.default_rng(1).integers(-4, 5, tuple(ty.shape)).astype(np.float64)
    tg = torch.tensor(g)
    contestants: dict[str, Callable[[], Any]] = {
        "forward": lambda: reference.conv(x, w, **layer.parameters),
        "torch forward": forward,
        "gradients": lambda: reference.conv_vjp(x, w, None, g, **layer.parameters),
        # The forward pass is not run again: only its gradient is timed.
        "torch gradients": lambda: torch.autograd.grad(ty, (tx, tw), tg, retain_graph=True),
    }
    _same(layer, [contestants["forward"]()], [forward().numpy()])
    _same(layer, contestants["gradients"](), [t.numpy() for t in contestants["torch gradients"]()])
    times = in_turns(contestants, ROUNDS)
    ratio = times["forward"].over(times["torch forward"])
    return (
        layer.name,
        times["forward"].best * 1e3,
        times["torch forward"].best * 1e3,
        ratio,
        met(ratio, layer.target) if layer.target else None,
        times["gradients"].best * 1e3,
        times["torch gradients"].best * 1e3,
        times["gradients"].over(times["torch gradients"]),
    )


def _beside_onnx(onnx: Any, torch: Any, layer: Layer) -> tuple[str | float | None, ...]:
    evaluators = import_module("onnx.reference")
    x, w = layer.arrays()
    node = onnx.helper.make_node(
        "Conv", ["x", "w"], ["y"], strides=[layer.stride] * 2, pads=[layer.pad] * 4,
        kernel_shape=[layer.kernel] * 2, group=layer.groups,
    )  # fmt: skip
    double = onnx.TensorProto.DOUBLE
    inputs = [
        onnx.helper.make_tensor_value_info(n, double, a.shape) for n, a in (("x", x), ("w", w))
    ]
    result = onnx.helper.make_tensor_value_info("y", double, None)
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "conv", inputs, [result]))
    evaluator = evaluators.ReferenceEvaluator(model)
    ours: Callable[[], Array] = lambda: reference.conv(x, w, **layer.parameters)  # noqa: E731
    theirs: Callable[[], Array] = lambda: evaluator.run(None, {"x": x, "w": w})[0]  # noqa: E731
    _same(layer, [ours()], [theirs()])
    contestants: dict[str, Callable[[], object]] = {"ours": ours, "theirs": theirs}
    if torch is not None:
        # What a library of kernels gains over the evaluator is about the most there is to gain.
        tx, tw = torch.tensor(x), torch.tensor(w)
        contestants["torch"] = lambda: torch.nn.functional.conv2d(
            tx, tw, stride=layer.stride, padding=layer.pad, groups=layer.groups
        )
    times = in_turns(contestants, SLOW_ROUNDS)
    faster = times["theirs"].over(times["ours"])
    return (
        layer.name,
        times["ours"].best * 1e3,
        times["theirs"].best * 1e3,
        faster,
        met(faster, FASTER, most=False) if layer.target else None,
        times["theirs"].over(times["torch"]) if "torch" in times else None,
    )


def _same(layer: Layer, ours: Any, theirs: Any) -> None:
    for one, other in zip(ours, theirs, strict=True):
        if not np.array_equal(one, other):
            say(f"[bold red]{layer.name}: the results differ[/]")

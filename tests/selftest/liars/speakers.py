"""An implementation in one dimension that speaks any dialect: a list of taps per window, loops.

It is written for these tests alone and shares no code with what the suite expects of a dialect.
Where no other choice is asked for it is the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, floor
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.spec.dialects import HELD

Array = npt.NDArray[Any]

CLAIMS: dict[str, Any] = {"all": {"ranks": [1], "dtypes": ["float32", "float64"]}}
NAMED = ["same_upper", "same_lower", "valid"]


def refuse_if(wrong: bool, what: str) -> None:
    if wrong:
        raise ValueError(what)


class Speaker:
    """`choices`: dialect point → the choice made there, where it is not the spec's own."""

    def __init__(self, choices: dict[str, str]) -> None:
        self.choices = {name: p.default for name, p in HELD.items()} | choices

    def says(self, point: str, choice: str) -> bool:
        return self.choices[point] == choice

    # Windows -----------------------------------------------------------------------------

    def windows(self, x: Array, p: dict[str, Any]) -> list[range]:
        """The cells of the input that each window reads; those outside are padding."""
        refuse_if(x.ndim != 3, "not one axis")
        for name in ("window", "stride", "dilation"):
            refuse_if(len(p[name]) != 1 or p[name][0] < 1, name)
        n, k, s, d = x.shape[2], p["window"][0], p["stride"][0], p["dilation"][0]
        extent = d * (k - 1) + 1
        low, high = self.padding(n, extent, s, p["padding"])
        room = n + low + high - extent
        if not p["ceil_mode"]:
            count = floor(room / s) + 1 if room >= 0 else 0
        else:
            count = ceil(room / s) + 1
            if room < 0 and not self.says("pool.ceil-window", "one"):
                count = 0
            elif room >= 0 and self.says("pool.ceil-mode", "drop"):
                count -= (count - 1) * s >= n + low
            elif room >= 0 and self.says("pool.ceil-mode", "drop-all"):
                count = len([start for start in range(0, count * s, s) if start < n + low])
        refuse_if(
            room < 0 and count < 1 and self.says("pool.too-large-window", "reject"), "too large"
        )
        starts = range(-low, -low + max(count, 0) * s, s)
        return [range(start, start + extent, d) for start in starts]

    def padding(self, n: int, extent: int, s: int, given: Any) -> tuple[int, int]:
        if given == "valid":
            return 0, 0
        if isinstance(given, str):
            total = max((ceil(n / s) - 1) * s + extent - n, 0)
            less, more = total // 2, (total + 1) // 2
            return (more, less) if given == "same_lower" else (less, more)
        refuse_if(len(given) != 1 or min(given[0]) < 0, "padding")
        low, high = given[0]
        return low, high

    # Maxima ------------------------------------------------------------------------------

    def start(self, x: Array) -> Any:
        if x.dtype.kind == "i":
            return np.iinfo(x.dtype).min
        lowest = self.says("max_pool.padding-value", "lowest")
        return np.finfo(x.dtype).min if lowest else -np.inf

    def best(self, x: Array, cells: list[int]) -> tuple[Any, list[int]]:
        """The maximum of some cells of a row, and the cells that hold it."""
        start = self.start(x)
        numbers = [c for c in cells if x[c] == x[c]]
        if len(numbers) < len(cells) and self.says("max_pool.nan", "propagates"):
            return np.nan, [c for c in cells if x[c] != x[c]]
        most = max([start, *(x[c] for c in numbers)])
        return most, [c for c in numbers if x[c] == most] or cells[:1]

    def empty(self, x: Array) -> Any:
        lowest = np.finfo(x.dtype).min if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        choice = self.choices["max_pool.empty-window"]
        return {"identity": self.start(x), "lowest": lowest, "zero": 0}[choice]

    def max_pool(self, x: Array, **p: Any) -> Array:
        return self.max_pool_with_indices(x, **p)[0]

    def max_pool_with_indices(self, x: Array, **p: Any) -> tuple[Array, Array]:
        windows = self.windows(x, p)
        y = np.zeros((*x.shape[:2], len(windows)), x.dtype)
        indices = np.full(y.shape, -1, np.int64)
        for i, j, o, cells in rows(x, windows):
            if not cells:
                y[i, j, o] = self.empty(x)
                continue
            y[i, j, o], at = self.best(x[i, j], cells)
            last = np.isnan(y[i, j, o]) and self.says("max_pool.nan-index", "last")
            indices[i, j, o] = self.place(at[-1 if last else 0], i, j, x.shape)
        return y, indices

    def place(self, cell: int, i: int, j: int, shape: tuple[int, ...]) -> int:
        _, channels, n = shape
        match self.choices["max_pool.index-place"]:
            case "tensor":
                return i * channels * n + j * n + cell
            case "channels-last":
                return cell * channels + j
            case "channels-last-tensor":
                return (i * n + cell) * channels + j
        return cell

    def max_gradient(self, x: Array, g: Array, **p: Any) -> Array:
        dx = np.zeros_like(x)
        for i, j, o, cells in rows(x, self.windows(x, p)):
            if cells:
                most, at = self.best(x[i, j], cells)
                tie = self.choices["max_pool.tie"]
                if most != most and tie != "split":
                    tie = self.choices["max_pool.nan-index"]
                share(dx[i, j], at, g[i, j, o], tie)
        return dx

    # Averages and norms ------------------------------------------------------------------

    def divisor(self, x: Array, cells: range, p: dict[str, Any]) -> int:
        n, d = x.shape[2], p["dilation"][0]
        extent, padding = len(cells) * d - d + 1, p["padding"]
        low, high = self.padding(n, extent, p["stride"][0], padding)
        whole = self.says("avg_pool.overhang", "full")
        whole |= self.says("avg_pool.overhang", "full-if-padded") and low + high > 0
        read = range(cells[0], cells[-1] + 1)
        counted = read if self.says("avg_pool.dilated-divisor", "extent") else cells
        if not p["count_include_pad"]:
            return sum(0 <= c < n for c in counted)
        return sum(whole or -low <= c < n + high for c in counted)

    def avg_pool(self, x: Array, **p: Any) -> Array:
        windows = self.windows(x, p)
        y = np.zeros((*x.shape[:2], len(windows)), x.dtype)
        divisors = [self.divisor(x, cells, p) for cells in windows]
        none = self.choices["avg_pool.empty-window"]
        refuse_if(0 in divisors and none == "reject", "nothing to average")
        for i, j, o, cells in rows(x, windows):
            nothing = np.nan if none == "nan" else 0
            total = x[i, j, cells].sum(dtype=np.float64)
            y[i, j, o] = total / divisors[o] if divisors[o] else nothing
        return y

    def avg_gradient(self, x: Array, g: Array, **p: Any) -> Array:
        dx, windows = np.zeros(x.shape), self.windows(x, p)
        for i, j, o, cells in rows(x, windows):
            for cell in cells:
                dx[i, j, cell] += float(g[i, j, o]) / self.divisor(x, windows[o], p)
        return dx.astype(x.dtype)

    def norm(self, x: Array, o: int, windows: list[range], p: dict[str, Any]) -> tuple[Any, float]:
        """A row's norm over a window, and what its sum of powers is scaled by."""
        n, cells = len(x), windows[o]
        low, high = self.padding(n, cells[-1] - cells[0] + 1, p["stride"][0], p["padding"])
        inside = sum(-low <= c < n + high for c in cells)
        scale = (
            len(cells) / max(inside, 1) if self.says("lp_pool.clipped-window", "rescaled") else 1
        )
        read = np.array([x[c] for c in cells if 0 <= c < n], np.float64)
        size = read if self.says("lp_pool.sign", "signed") else np.abs(read)
        total = scale * (size ** p["p"]).sum()
        with np.errstate(invalid="ignore"):
            return total if p["p"] == 1 else np.float64(total) ** (1 / p["p"]), scale

    def lp_pool(self, x: Array, **p: Any) -> Array:
        refuse_if(p["p"] < 1, "p")
        windows = self.windows(x, p)
        y = np.zeros((*x.shape[:2], len(windows)), x.dtype)
        for i, j, o, _ in rows(x, windows):
            y[i, j, o] = self.norm(x[i, j], o, windows, p)[0]
        return y

    def lp_gradient(self, x: Array, g: Array, **p: Any) -> Array:
        dx, windows, power = np.zeros(x.shape), self.windows(x, p), p["p"] - 1
        for i, j, o, cells in rows(x, windows):
            y, scale = self.norm(x[i, j], o, windows, p)
            for cell in cells:
                value = float(x[i, j, cell])
                if self.says("lp_pool.sign", "signed"):
                    part = (value / y) ** power if y else 0
                else:
                    part = np.sign(value) * (abs(value) / y) ** power if value else 0
                dx[i, j, cell] += float(g[i, j, o]) * scale * part
        return dx.astype(x.dtype)

    # Bins --------------------------------------------------------------------------------

    def bins(self, x: Array, output_size: tuple[int, ...]) -> list[range]:
        refuse_if(x.ndim != 3 or len(output_size) != 1, "not one axis")
        n, out = x.shape[2], output_size[0]
        none = out == 0 and self.says("adaptive_pool.no-output", "empty")
        refuse_if(out < 1 and not none, "output size")
        if self.says("adaptive_pool.bins", "disjoint"):
            return [
                range(i * n // out, max((i + 1) * n // out, i * n // out + 1)) for i in range(out)
            ]
        if self.says("adaptive_pool.bins", "larger-first"):
            # As many cells as others, or one more; the larger bins come first.
            refuse_if(out > n, "more bins than cells")
            sizes = [n // out + (i < n % out) for i in range(out)]
            return [range(sum(sizes[:i]), sum(sizes[: i + 1])) for i in range(out)]
        return [range(i * n // out, ceil((i + 1) * n / out)) for i in range(out)]

    def adaptive_avg_pool(self, x: Array, *, output_size: tuple[int, ...]) -> Array:
        bins, none = self.bins(x, output_size), self.choices["adaptive_avg_pool.empty"]
        y = np.zeros((*x.shape[:2], len(bins)), x.dtype)
        if x.shape[2] == 0:
            refuse_if(none == "reject", "no cells")
            return np.full_like(y, np.nan if none == "nan" else 0)
        for i, j, o, cells in rows(x, bins):
            y[i, j, o] = x[i, j, cells].mean(dtype=np.float64)
        return y

    def adaptive_max_pool(self, x: Array, *, output_size: tuple[int, ...]) -> Array:
        bins = self.bins(x, output_size)
        refuse_if(x.shape[2] == 0, "no cells")
        y = np.zeros((*x.shape[:2], len(bins)), x.dtype)
        for i, j, o, cells in rows(x, bins):
            y[i, j, o] = self.best(x[i, j], cells)[0]
        return y

    def bin_gradient(self, op: str, x: Array, g: Array, bins: list[range]) -> Array:
        dx = np.zeros(x.shape)
        for i, j, o, cells in rows(x, bins):
            if "avg" in op:
                dx[i, j, cells] += float(g[i, j, o]) / len(cells)
            else:
                share(dx[i, j], self.best(x[i, j], cells)[1], g[i, j, o], self.choices[f"{op}.tie"])
        return dx.astype(x.dtype)

    # Global ------------------------------------------------------------------------------

    def global_pool(self, op: str, x: Array) -> Array:
        refuse_if(x.ndim < 3, "no spatial axis")
        cells = x.reshape(*x.shape[:2], int(np.prod(x.shape[2:])))
        if cells.shape[2] == 0:
            choice = self.choices[f"{op}.empty"]
            refuse_if(choice == "reject", "no cells")
            none = {"nan": np.nan, "zero": 0, "identity": self.start(x)}[choice]
            y = np.full(x.shape[:2], none, x.dtype)
        elif op == "global_max_pool":
            rows = cells.reshape(-1, cells.shape[2])
            every = list(range(cells.shape[2]))
            y = np.array([self.best(row, every)[0] for row in rows], x.dtype).reshape(x.shape[:2])
        else:
            y = getattr(reference, op)(x)
        keep = self.says("global_pool.rank", "keep")
        return y.reshape(*y.shape, *[1] * (x.ndim - 2)) if keep else y

    # The rest ----------------------------------------------------------------------------

    def conv(self, x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        x, w, p = self.written(x, w, p)
        lacking = (w.shape[2] - 1) * p["dilation"][0] + 1 - x.shape[2]
        lacking -= 0 if isinstance(p["padding"], str) else sum(p["padding"][0])
        if lacking > 0 and self.says("conv.too-large-window", "empty"):
            roomy = np.pad(x, ((0, 0), (0, 0), (0, lacking)))
            return reference.conv(roomy, w, b, **p)[..., :0]
        return reference.conv(x, w, b, **p)

    def written(self, x: Array, w: Array, p: dict[str, Any]) -> tuple[Array, Array, dict[str, Any]]:
        refuse_if(x.ndim != 3 or w.ndim != 3, "not one axis")
        if self.says("conv.flip", "flipped"):
            w = w[:, :, ::-1]
        if self.says("conv.negative-padding", "crop") and not isinstance(p["padding"], str):
            refuse_if(len(p["padding"]) != 1, "padding")
            low, high = p["padding"][0]
            x = x[:, :, max(-low, 0) : x.shape[2] - max(-high, 0)]
            p = {**p, "padding": ((max(low, 0), max(high, 0)),)}
        return x, w, p

    def conv_transpose(self, x: Array, w: Array, b: Array | None = None, **p: Any) -> Array:
        refuse_if(x.ndim != 3 or w.ndim != 3, "not one axis")
        if self.says("conv_transpose.flip", "flipped"):
            w = w[:, :, ::-1]
        choice = self.choices["conv_transpose.output-padding"]
        refuse_if(choice == "stride" and p["output_padding"][0] >= p["stride"][0], "output padding")
        if choice == "any" and p["output_padding"][0] > 0:
            low, high = p["padding"][0]
            refuse_if(low < 0 or high < 0, "padding")
            bare = {**p, "padding": ((0, 0),), "output_padding": (0,)}
            full = reference.conv_transpose(x, w, None, **bare)
            reference.conv_transpose(x, w, b, **bare)  # is the bias right?
            full = np.pad(full, ((0, 0), (0, 0), (0, p["output_padding"][0])))
            full = full if b is None else full + b.reshape(1, -1, 1)
            refuse_if(full.shape[2] <= low + high, "nothing left")
            return full[:, :, low : full.shape[2] - high].copy()
        return reference.conv_transpose(x, w, b, **p)

    def pad(self, x: Array, *, padding: Any, mode: str, value: float) -> Array:
        refuse_if(x.ndim != 3 or len(padding) != 1, "not one axis")
        (low, high), choice = padding[0], self.choices["pad.negative"]
        refuse_if(min(low, high) < 0 and choice == "reject", "negative")
        refuse_if(x.shape[2] + min(low, 0) + min(high, 0) < 0, "cropped away")
        places = self.sources(x.shape[2], low, high, mode)
        return (
            np.stack(
                [np.full(x.shape[:2], value, x.dtype) if c is None else x[:, :, c] for c in places]
                or [np.zeros((*x.shape[:2], 0), x.dtype)],
                axis=2,
            )
            if places
            else x[:, :, :0].copy()
        )

    def sources(self, n: int, low: int, high: int, mode: str) -> list[int | None]:
        """The cell of the input that each cell of the padded one holds; None: the constant."""
        late = self.says("pad.negative", "pad-first")
        first, stop = (0, n) if late else (max(-low, 0), n - max(-high, 0))
        size, most = stop - first, max(low, high, 0)
        if mode in ("reflect", "symmetric", "circular") and self.says(f"pad.{mode}-limit", "once"):
            refuse_if(most > size - (mode == "reflect"), "beyond the input")
        refuse_if(mode != "constant" and most > 0 and size < 1, "nothing to pad from")
        return [self.source(c, first, stop, mode) for c in range(-low, n + high)]

    def source(self, c: int, first: int, stop: int, mode: str) -> int | None:
        c, size = c - first, stop - first
        if 0 <= c < size:
            return c + first
        match mode:
            case "constant":
                return None
            case "replicate":
                return first if c < 0 else stop - 1
            case "circular":
                return c % size + first
            case "symmetric":
                c %= 2 * size
                return (c if c < size else 2 * size - 1 - c) + first
        if size == 1:
            return first
        c %= 2 * size - 2
        return (c if c < size else 2 * size - 2 - c) + first

    def over_classes(self, op: str, x: Array) -> Array:
        if x.ndim == 2 and x.shape[1] == 0 and self.says("softmax.no-classes", "empty"):
            return x.copy()
        return getattr(reference, op)(x)  # type: ignore[no-any-return]

    def cross_entropy(self, logits: Array, labels: Array) -> Array:
        nothing = logits.ndim == 2 and logits.shape[0] == 0 and logits.shape[1] > 0
        if nothing and labels.shape == (0,) and labels.dtype == np.int64:
            refuse_if(self.says("cross_entropy.empty-batch", "reject"), "no entries")
            return np.array(np.nan, logits.dtype)
        return reference.cross_entropy(logits, labels)

    def vjp(self, op: str, inputs: Any, g: Array, **p: Any) -> tuple[Array, ...]:
        x = inputs[0]
        if op.startswith("max_pool"):
            return (self.max_gradient(x, g, **p),)
        if op == "avg_pool":
            return (self.avg_gradient(x, g, **p),)
        if op == "lp_pool":
            return (self.lp_gradient(x, g, **p),)
        if op.startswith("adaptive"):
            return (self.bin_gradient(op, x, g, self.bins(x, p["output_size"])),)
        if op == "global_max_pool":
            refuse_if(x.shape[2] == 0, "no cells")
            return (self.bin_gradient(op, x, g.reshape(*x.shape[:2], 1), [range(x.shape[2])]),)
        if op.startswith("global"):
            return reference.vjp(op, (x,), g.reshape(x.shape[:2]))
        if op == "pad":
            dx = np.zeros(x.shape)
            for i, c in enumerate(self.sources(x.shape[2], *p["padding"][0], p["mode"])):
                if c is not None:
                    dx[:, :, c] += g[:, :, i]
            return (dx.astype(x.dtype),)
        if op in ("conv", "conv_transpose") and self.says(f"{op}.flip", "flipped"):
            x, w, *b = inputs
            dx, dw, *db = reference.vjp(op, (x, w[:, :, ::-1], *b), g, **p)
            return (dx, dw[:, :, ::-1].copy(), *db)
        return reference.vjp(op, tuple(inputs), g, **p)


def rows(x: Array, windows: list[range]) -> Iterator[tuple[int, int, int, list[int]]]:
    """For each image, channel and output: the real cells that its window reads."""
    inside = [[c for c in cells if 0 <= c < x.shape[2]] for cells in windows]
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            for o, cells in enumerate(inside):
                yield i, j, o, cells


def share(dx: Array, cells: list[int], g: Any, tie: str) -> None:
    """Hand a gradient to the first or the last of some cells, or to all in equal parts."""
    if tie in ("split", "axis-by-axis"):  # the same where there is one axis
        dx[cells] += g / len(cells)
    else:
        dx[cells[-1 if tie == "last" else 0]] += g


def speaker(op: str, made: dict[str, str], declared: dict[str, str]) -> SimpleNamespace:
    """An adapter with one operation that makes the choices `made` and declares others, maybe."""
    speaks = Speaker(made)
    function: Callable[..., Any] = getattr(speaks, op, None) or (
        lambda x: (
            speaks.over_classes(op, x) if op.endswith("softmax") else speaks.global_pool(op, x)
        )
    )
    entry = {"named_padding": NAMED} if op in ("max_pool", "avg_pool", "lp_pool") else {}
    claims = {**CLAIMS, "dialect": declared, op: entry}
    return SimpleNamespace(name="speaker", claims=claims, vjp=speaks.vjp, **{op: function})

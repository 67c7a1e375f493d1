"""What the claims of several adapters have alike, as data."""

from __future__ import annotations

from convspec.spec.dtypes import FLOATS, INTEGERS

STRIDED = [
    "contiguous", "channels_last", "column_major", "sliced", "windowed", "offset", "broadcast",
    "loose",
]  # fmt: skip
"""The layouts of libraries whose tensors have strides, none of them negative."""

ONE_SAME = ["same_upper", "valid"]
"""Padding by name, of libraries that have one kind of SAME."""

MODES = ["constant", "reflect", "replicate", "circular"]
"""Modes of padding, without the symmetric one, which fewer libraries have."""

NUMBERS = {"dtypes": [*FLOATS, *INTEGERS]}
"""Every type."""

REPEATED = {
    "pad.reflect-limit": "repeat",
    "pad.symmetric-limit": "repeat",
    "pad.circular-limit": "repeat",
}
"""The dialect of padding that goes on where the map ends, as `numpy.pad` does."""

NO_CELLS = {"global_avg_pool.empty": "nan", "global_sum_pool.empty": "zero"}
"""The dialect of means that divide a sum of no cells by their number."""

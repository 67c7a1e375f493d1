"""What must not matter to what: batch entries, channels, filters."""

from __future__ import annotations

from convspec.spec.groups import CONVOLUTIONS, EVERY, GLOBAL, POOLS

from .point import Point

POINTS = (
    Point("batch", EVERY, "Each batch entry is computed as if it were alone."),
    Point("channels", ("pad", *POOLS, *GLOBAL), "Each channel is computed as if it were alone.",
           "", ("O6",)),
    Point("filters", ("conv",), "Each map depends on its own filter alone; permuted filters give"
           " permuted maps.", "", ("C5",)),
    Point("channel-order", CONVOLUTIONS,
           "Permuting the input channels together with the kernel's changes nothing."),
)  # fmt: skip

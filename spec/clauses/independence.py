"""What must not matter to what: batch entries, channels, filters."""

from __future__ import annotations

from convspec.spec.groups import BATCHED, CHANNELWISE, WEIGHTED

from .point import Point

POINTS = (
    Point("batch", BATCHED, "Each batch entry is computed as if it were alone."),
    Point("channels", CHANNELWISE, "Each channel is computed as if it were alone.",
           "", ("O6",)),
    Point("filters", ("conv", "dense"), "Each map depends on its own filter alone;"
           " permuted filters give permuted maps.", "", ("C5",)),
    Point("channel-order", WEIGHTED,
           "Permuting the input channels together with the kernel's changes nothing.", "",
           ("N4",)),
)  # fmt: skip

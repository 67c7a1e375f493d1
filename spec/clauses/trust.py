"""What an answer is made of: the inputs of its own call, and nothing that lies or lay around."""

from __future__ import annotations

from convspec.spec.groups import EVERY

from .point import Point

POINTS = (
    Point("written", EVERY,
           "Every cell of a result is written by the call: what its memory held before never"
           " shows.",
           note="Memory that was used before often holds the right answer of an earlier call, so"
           " that cells which are never written look right until they are not."),
    Point("outside", EVERY,
           "Memory beside the inputs, and between their cells, has no part in the result, and is"
           " neither read nor written.",
           note="Vector loads that reach past the last cell and are masked afterwards are reads,"
           " too: where the array ends with its page they are a fault of the process."),
    Point("settings", EVERY,
           "What is set for the whole process does not show in the result and is left as it was:"
           " the states of random generators, the handling of floating-point errors, the rounding"
           " mode, subnormal numbers."),
    Point("deterministic", EVERY,
           "On real numbers, too, the same call gives the same bits.",
           level="SHOULD",
           note="Sums in an order that is not fixed, as atomic additions make them, differ by"
           " their rounding from call to call. On integers, where nothing rounds, every call"
           " has to give the same."),
)  # fmt: skip

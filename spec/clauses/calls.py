"""What a call does besides its result: nothing."""

from __future__ import annotations

from convspec.spec.groups import BATCHED, EVERY, REFUSING

from .point import Point

POINTS = (
    Point("inputs-unchanged", EVERY, "A call writes nothing into its inputs."),
    Point("repeatable", EVERY,
           "The same call gives the same answer; an answer is that of the inputs as they are now."),
    Point("results-stay", EVERY,
           "A result is the caller's: no later call and no change to an input changes it."),
    Point("layout", EVERY, "The memory layout of the inputs does not show in the result."),
    Point("empty-batch", BATCHED, "A batch of no entries is legal and gives an empty result."),
    Point("rejects-invalid", REFUSING,
           "Invalid parameters and shapes are refused with an error: no answer, no dead process."),
)  # fmt: skip

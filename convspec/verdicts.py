"""The ways an implementation can be wrong, one exception class each.

Hypothesis tells failures apart by exception class and place; so do we. Every class names the
`kind` that reports show and the verdict it leads to.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy.typing as npt

from convspec.events import ACCEPTS_INVALID, CRASHES, DEVIATES, REJECTS, TIMES_OUT, VACUOUS


class Mismatch(AssertionError):  # noqa: N818 - it names what happened
    """The implementation broke a law. `message` says in one line how.

    `expected` and `got` are the arrays that should agree, `worst` the index of the cell that
    is furthest off, `details` further lines such as the end of a traceback. `place` tells
    failures of one class apart: the type, file and line of an exception that was raised.
    """

    kind: ClassVar[str] = "law"
    verdict: ClassVar[str] = DEVIATES
    cost: int = 0
    """Processes it cost to find it out; those that cost much time count for several."""

    def __init__(
        self,
        message: str,
        *,
        expected: npt.NDArray[Any] | None = None,
        got: npt.NDArray[Any] | None = None,
        worst: tuple[int, ...] | None = None,
        details: str | None = None,
        place: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.got = got
        self.worst = worst
        self.details = details
        self.place = place


class WrongShape(Mismatch):
    """The result has another shape than the clause says."""

    kind = "shape"


class WrongValue(Mismatch):
    """A cell holds another number."""

    kind = "value"


class Imprecise(Mismatch):
    """The errors of a whole array are more than rounding, though none of them may be."""

    kind = "precision"


class WrongNaN(Mismatch):
    """A cell is NaN where it must not be, or is not where it must be."""

    kind = "nan"


class WrongDtype(Mismatch):
    """The result has another element type."""

    kind = "dtype"


class NotAnArray(Mismatch):
    """The result is no array, or not as many arrays as the operation returns."""

    kind = "type"


class InputChanged(Mismatch):
    """The call wrote into its input."""

    kind = "input-changed"


class WroteOutside(Mismatch):
    """The call wrote into memory beside its input, or between the cells of it."""

    kind = "wrote-outside"


class ResultChanged(Mismatch):
    """A later call, or the caller's own array, changed an earlier result."""

    kind = "result-changed"


class NotRepeatable(Mismatch):
    """The same call gave another answer."""

    kind = "not-repeatable"


class SettingChanged(Mismatch):
    """The call changed a setting of the whole process."""

    kind = "setting-changed"


class Raised(Mismatch):
    """The implementation raised on a valid input that it claims."""

    kind = "raised"
    verdict = REJECTS


class OutOfMemory(Raised):
    """The implementation took more memory than it may: it was told so, or died of it."""

    kind = "memory"
    verdict = CRASHES


class AcceptedInvalid(Mismatch):
    """The implementation answered an invalid input instead of refusing it."""

    kind = "accepted"
    verdict = ACCEPTS_INVALID


class Crashed(Mismatch):
    """The process of the implementation died, or left, in the middle of a call."""

    kind = "crash"
    verdict = CRASHES


class TimedOut(Mismatch):
    """The call did not come back within the time limit.

    `hurried`: the limit was shorter than usual, because others had hung before.
    """

    kind = "timeout"
    verdict = TIMES_OUT
    hurried: bool = False


class NothingToTest(Mismatch):
    """Not a mismatch, but an answer that comes as they do: the case lacks what the law is about.

    Whoever puts cases to laws counts these; they break nothing, and they show nothing.
    """

    kind = "vacuous"
    verdict = VACUOUS

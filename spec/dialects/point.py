"""The shape of a dialect point: a question, its named answers, and who gives which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOW = {
    "run": "seen when run",
    "source": "read in the source",
    "documentation": "from its documentation",
    "issue": "from its issue tracker",
    "recalled": "recalled, not checked",
}
"""How something is known of an implementation, most certain first."""


@dataclass(frozen=True)
class Seen:
    """What one implementation does at a point. `choice` is empty if it is none of the named ones.

    `version` is that of the library where it was seen, empty where it is not tied to one.
    """

    who: str
    choice: str
    how: str
    version: str = ""
    detail: str = ""

    @property
    def name(self) -> str:
        """Library and version."""
        return f"{self.who} {self.version}".rstrip()


@dataclass(frozen=True)
class Probe:
    """Calls of one operation that tell the choices of a point apart.

    `cases` are canonical case lines; `of` is what is looked at: the result ``y``, its ``shape``,
    its ``indices``, or the gradient ``dx``. `answers` holds, for each choice, what each case then
    gives (`1×1×2: 1 0`, or `refused`), the spec's own choice being made at every other point.
    """

    cases: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    of: str = "y"


@dataclass(frozen=True)
class DialectPoint:
    """A question the field answers in several ways. `choices`: name → what it means, ours first.

    A point is *held* if its choice shows in what an adapter's functions `ops` return, so that an
    adapter can declare it and is held to it; it then has probes, the first of whose operations an
    adapter has being the one to use. The others are matters of a front end (defaults, layouts,
    names), which the adapter's surface does not have. `topics` are words by which the point is
    looked up, besides those of its name.
    """

    name: str
    question: str
    choices: Mapping[str, str]
    ops: tuple[str, ...]
    chosen: tuple[Seen, ...] = ()
    probes: tuple[Probe, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def default(self) -> str:
        """The spec's own choice."""
        return next(iter(self.choices))

    @property
    def held(self) -> bool:
        """Whether an adapter can declare its choice and is held to it."""
        return bool(self.probes)


@dataclass(frozen=True)
class Limit:
    """Something that an implementation refuses, lacks or adds: no choice at a point.

    `name` is how the layer-dependent remarks of ``convspec explain`` refer to it.
    """

    name: str
    ops: tuple[str, ...]
    topics: tuple[str, ...]
    who: str
    does: str
    how: str

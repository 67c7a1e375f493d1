"""What a run does once the laws are done: the stages that follow, and what they have in hand.

A stage looks at what was found and says more about it: under which condition a case fails, what
became of the known entries, how precise the sums are. It runs in the process that the user
started and gives events as it goes, so that a run cut short keeps what was found out till then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from convspec.events import Event
from convspec.execute import Bench
from convspec.law import Law


@dataclass(frozen=True)
class Run:
    """A run whose laws are done.

    `events` are all up to now, those of earlier stages included. `given` is what the user named
    the implementation by, or the object itself. `case` is the line that is replayed, None in a
    run over drawn cases. `ops` and `clauses` are what the run was narrowed down to, if it was.
    `known` names files of known failures. `conditions`: whether those of failures are looked for.
    """

    bench: Bench
    laws: Mapping[str, Law]
    events: Sequence[Event]
    given: str | object
    profile: str
    seed: int
    ops: Sequence[str] | None = None
    clauses: Sequence[str] | None = None
    case: str | None = None
    known: Sequence[str] = ()
    conditions: bool = True


Stage = Callable[[Run], Iterator[Event]]
"""Takes a run whose laws are done; gives what it finds out about it."""

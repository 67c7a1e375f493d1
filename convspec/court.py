"""Where the implementation is: one case after another put to a law."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from convspec.adapters.opening import Adapter
from convspec.answers import calls_made
from convspec.law import Law, all_laws
from convspec.spaces import Space
from convspec.spec.case import Case
from convspec.trial import Trial
from convspec.verdicts import NothingToTest

Row = tuple[int, ...]
"""What a case is drawn by; see `spaces`."""


class Court:
    """Puts cases to laws, in the process where the implementation is."""

    def __init__(self, adapter: Adapter, laws: Mapping[str, Law], isolated: bool) -> None:
        self._adapter = adapter
        self._laws = laws
        self._isolated = isolated
        self._spaces: dict[tuple[str, str, int], Space] = {}

    def put(self, law: str, op: str, rank: int, which: Row | str) -> None:
        """Put one case to a law. Raises a Mismatch if the implementation breaks it.

        `NothingToTest` says that it was not called at all.
        """
        before = calls_made()
        case = (
            Case.parse(which) if isinstance(which, str) else self.space(law, op, rank).case(which)
        )
        # Overflow and NaN are subjects of the laws, not accidents to be warned of.
        with np.errstate(all="ignore"):
            self._laws[law].hold(Trial(self._adapter, case, isolated=self._isolated))
        if calls_made() == before:
            raise NothingToTest("the case does not meet the law's premises")

    def space(self, law: str, op: str, rank: int) -> Space:
        """The space that a law's cases are drawn from."""
        key = law, op, rank
        if key not in self._spaces:
            space = self._laws[law].space(op, rank, self._adapter.claims)
            assert space is not None
            self._spaces[key] = space
        return self._spaces[key]


_sitting: dict[int, Court] = {}
"""By the adapter's identity: in the process that serves tasks, an adapter lives as long as it."""


def put(adapter: Adapter, law: str, op: str, rank: int, which: Row | str) -> None:
    """`Court.put` with the suite's laws, as a task for another process."""
    if id(adapter) not in _sitting:
        _sitting[id(adapter)] = Court(adapter, all_laws(), isolated=True)
    _sitting[id(adapter)].put(law, op, rank, which)

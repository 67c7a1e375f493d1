"""What the items of one pytest run share: the adapter, the laws, the plan, the bench."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from convspec.adapters.opening import Adapter, open_adapter
from convspec.events import UNSUPPORTED, LawFinished
from convspec.execute import Bench, is_valid
from convspec.isolation import can_fork
from convspec.law import Law, all_laws
from convspec.plan import Item, counts, items, wanted
from convspec.spec.case import Case


@dataclass
class Session:
    """One run. `opened` stands in for `--adapter` where the adapter is at hand already."""

    config: pytest.Config
    opened: Adapter | None = None

    @cached_property
    def adapter(self) -> Adapter:
        """The implementation under test, opened once per process."""
        if self.opened is not None:
            return self.opened
        name = self.config.getoption("--adapter")
        if not name:
            raise pytest.UsageError(
                "which implementation? give --adapter NAME, FILE.py or module:Name"
            )
        return open_adapter(name)

    @cached_property
    def laws(self) -> dict[str, Law]:
        """Every law of the suite."""
        return all_laws()

    @cached_property
    def counts(self) -> dict[Item, int]:
        """Cases per item."""
        profile = self.config.getoption("--convspec-profile")
        return counts(self.laws, self.adapter.claims, profile)

    @cached_property
    def case(self) -> Case | None:
        """The one case to replay, if the run is a replay."""
        line = self.config.getoption("--convspec-case")
        return Case.parse(line) if line else None

    @cached_property
    def done(self) -> frozenset[str]:
        """The items that a run which was cut short had finished, as ``law:op:rank``."""
        return frozenset(self.config.getoption("--convspec-done").split())

    @cached_property
    def bench(self) -> Bench:
        """Where cases are put to laws: in a child process, unless that cannot or shall not be."""
        inside = self.config.getoption("--convspec-in-process")
        fork = self.adapter.claims.fork and can_fork() and not inside
        limit = float(self.config.getoption("--convspec-limit")) if fork else None
        return Bench(self.adapter, self.laws, limit)

    def close(self) -> None:
        """End the child process, if there is one."""
        if "bench" in self.__dict__:
            self.bench.close()

    def items(self, law: Law) -> list[Item]:
        """The items of one law that the options ask for."""
        ops = self.config.getoption("--convspec-op")
        clauses = self.config.getoption("--convspec-clause")
        if self.case is None:
            profile = self.config.getoption("--convspec-profile")
            found = items([law], self.adapter.claims, profile, ops, clauses)
            return [i for i in found if f"{i.law}:{i.op}:{i.rank}" not in self.done]
        op = self.case.op.name
        asked = op in law.ops and op in self.adapter.functions and wanted(law, op, ops, clauses)
        fits = (
            asked
            and law.claimed_by(self.adapter.claims.ops[op], self.case.dtype)
            and law.applies_to(self.case, is_valid(self.case, self.adapter.claims))
        )
        return [Item(law.name, op, self.case.rank)] if fits else []

    def run(self, law: Law, item: Item) -> LawFinished:
        """Run one item."""
        if self.case is not None:
            return self.bench.replay(law, self.case)
        if item.rank is None:
            return LawFinished(law.name, law.slug(item.op), item.op, None, UNSUPPORTED)
        seed = self.config.getoption("--convspec-seed")
        return self.bench.run(law, item.op, item.rank, count=self.counts[item], seed=seed)

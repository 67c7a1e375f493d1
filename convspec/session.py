"""What the items of one pytest run share: the adapter, the laws, the plan, the bench."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from convspec.adapters.opening import Adapter, open_adapter
from convspec.apart import Apart
from convspec.events import UNSUPPORTED, LawFinished
from convspec.execute import Bench
from convspec.isolation import Limits, can_fork
from convspec.known.reading import known_of
from convspec.law import Law, all_laws
from convspec.plan import Item, counts, grouping, items, wanted
from convspec.spec.case import Case
from convspec.validity import is_valid


@dataclass
class Session:
    """One run. `given` stands in for `--adapter` where a bench is at hand already."""

    config: pytest.Config
    given: Bench | None = None

    @cached_property
    def name(self) -> str:
        """What the implementation is called."""
        name: str | None = self.config.getoption("--adapter")
        if not name:
            raise pytest.UsageError(
                "which implementation? give --adapter NAME, FILE.py or module:Name"
            )
        return name

    @cached_property
    def apart(self) -> Apart | None:
        """Where the implementation is, if it is not to be in this process."""
        option = self.config.getoption
        if option("--convspec-in-process") or not can_fork():
            return None
        memory = int(option("--convspec-memory"))
        limits = Limits(float(option("--convspec-limit")), memory or None)
        return Apart(self.name, limits, option("--convspec-meet"))

    @cached_property
    def bench(self) -> Bench:
        """Where cases are put to laws."""
        if self.given is not None:
            return self.given
        adapter = self.apart.adapter if self.apart else open_adapter(self.name)
        bench = Bench(adapter, self.laws, None, self.apart)
        names = self.config.getoption("--convspec-known") or ()
        bench.regions = known_of(names, adapter.name, adapter.version).regions
        return bench

    @property
    def adapter(self) -> Adapter:
        """The implementation under test, or what stands in for it in this process."""
        return self.bench.adapter

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

    def close(self) -> None:
        """End the processes that are our own."""
        if self.__dict__.get("apart"):
            self.__dict__["apart"].close()

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
        profile = self.config.getoption("--convspec-profile")
        return self.bench.run(
            law, item.op, item.rank, count=self.counts[item], seed=seed,
            grouping=grouping(self.laws, self.adapter.claims, profile, seed, item),
        )  # fmt: skip

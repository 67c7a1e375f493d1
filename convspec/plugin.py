"""The pytest plugin: `--adapter` and the events of a run.

Each test of the suite is a law; this plugin gives it its items (one per operation and number
of spatial axes that the adapter claims), runs them, and hands on what they found as events.
Under xdist the events travel in the test reports.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

import pytest

from convspec.adapters.opening import Adapter, adapt, open_adapter
from convspec.events import (
    ACCEPTS_INVALID,
    CRASHES,
    DEVIATES,
    ERROR,
    FAILING,
    REJECTS,
    UNSUPPORTED,
    Failure,
    LawFinished,
    from_json,
    to_json,
)
from convspec.execute import Bench, is_valid
from convspec.law import Law, all_laws
from convspec.plan import BUDGETS, Item, counts, items
from convspec.spec.case import Case

PROPERTY = "convspec"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--adapter` and the options of a conformance run."""
    group = parser.getgroup("convspec", "conformance of convolution and pooling")
    group.addoption("--adapter", help="the implementation to test: a name, file.py or module:Name")
    group.addoption("--convspec-profile", default="quick", choices=tuple(BUDGETS), help="how many cases")  # fmt: skip
    group.addoption("--convspec-seed", type=int, default=0, help="what all cases are drawn from")
    group.addoption("--convspec-op", action="append", help="only this operation (repeatable)")
    group.addoption("--convspec-clause", action="append", help="only clauses that match this glob")
    group.addoption("--convspec-limit", type=float, default=20.0, help="seconds a case may take")
    group.addoption("--convspec-in-process", action="store_true", help="do not isolate the kernel")
    group.addoption("--convspec-case", help="put this one case to every law it fits")


@dataclass
class Session:
    """What the items of one run share. `target` stands in for `--adapter` in-process."""

    config: pytest.Config
    target: object | None = None

    @cached_property
    def adapter(self) -> Adapter:
        """The implementation under test, opened once per process."""
        name = self.config.getoption("--adapter")
        if self.target is not None:
            return adapt(self.target, name)
        if not name:
            raise pytest.UsageError("which implementation? give --adapter NAME, FILE.py or module:Name")
        return open_adapter(name)

    @cached_property
    def laws(self) -> dict[str, Law]:
        """Every law of the suite."""
        return all_laws()

    @cached_property
    def counts(self) -> dict[Item, int]:
        """Cases per item."""
        return counts(self.laws, self.adapter.claims, self.config.getoption("--convspec-profile"))

    @cached_property
    def case(self) -> Case | None:
        """The one case to replay, if the run is a replay."""
        line = self.config.getoption("--convspec-case")
        return Case.parse(line) if line else None

    @cached_property
    def bench(self) -> Bench:
        """Where cases are put to laws: in a child process, unless that is impossible or unwanted."""
        inside = self.config.getoption("--convspec-in-process")
        fork = self.adapter.claims.fork and hasattr(os, "fork") and not inside
        limit = float(self.config.getoption("--convspec-limit")) if fork else None
        return Bench(self.adapter, self.laws, limit)

    def items(self, law: Law) -> list[Item]:
        """The items of one law that the options ask for."""
        if self.case is not None:
            valid = is_valid(self.case)
            fits = law.applies_to(self.case, valid) and self.case.op.name in self.adapter.functions
            candidates = [Item(law.name, self.case.op.name, self.case.rank)] if fits else []
        else:
            candidates = items([law], self.adapter.claims)
        ops = self.config.getoption("--convspec-op")
        globs = self.config.getoption("--convspec-clause") or ["*"]
        return [
            item
            for item in candidates
            if (not ops or item.op in ops)
            and any(fnmatchcase(law.slug(item.op), glob) for glob in globs)
        ]

    def run(self, law: Law, item: Item) -> LawFinished:
        """Run one item."""
        if self.case is not None:
            return self.bench.replay(law, self.case)
        if item.rank == 0:
            return LawFinished(law.name, law.slug(item.op), item.op, 0, UNSUPPORTED)
        seed = self.config.getoption("--convspec-seed")
        return self.bench.run(law, item.op, item.rank, count=self.counts[item], seed=seed)


_SESSION = pytest.StashKey[Session]()


def session_of(config: pytest.Config) -> Session:
    """The run's shared state."""
    if _SESSION not in config.stash:
        config.stash[_SESSION] = Session(config)
    return config.stash[_SESSION]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the child process."""
    session = config.stash.get(_SESSION, None)
    if session is not None and "bench" in session.__dict__:
        session.bench.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each law the items that the adapter claims."""
    law = getattr(metafunc.function, "law", None)
    if isinstance(law, Law):
        found = session_of(metafunc.config).items(law)
        names = [f"{item.op}-{item.rank}d" if item.rank else item.op for item in found]
        metafunc.parametrize("law_run", found, ids=names, indirect=True)


@pytest.fixture
def law_run(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Runs the item and turns what it found into a pytest outcome."""
    law: Law = request.function.law
    item: Item = request.param

    def run() -> None:
        finished = session_of(request.config).run(law, item)
        request.node.user_properties.append((PROPERTY, json.dumps(to_json(finished))))
        if finished.verdict == UNSUPPORTED:
            pytest.skip("not claimed")
        if finished.verdict == ERROR:
            pytest.fail(finished.note or "error", pytrace=False)
        if finished.verdict in FAILING:
            adapter = session_of(request.config).adapter.name
            pytest.fail(_story(finished, adapter), pytrace=False)

    return run


def _story(finished: LawFinished, adapter: str) -> str:
    import shlex

    lines = [f"{finished.clause}: {finished.verdict} after {finished.cases} cases"]
    for failure in finished.failures:
        lines += [f"  {failure.message}", f"  {failure.case}", f"  convspec replay {shlex.quote(adapter)} {shlex.quote(failure.case)}"]  # fmt: skip
    return "\n".join(lines)


class EventCollector:
    """Turns test reports into events; lives in the process that the user started."""

    def __init__(self, emit: Callable[[LawFinished], None]) -> None:
        self._emit = emit

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hand on the event of a finished item; an item without one died or failed by our fault."""
        if "::" not in report.nodeid or report.when not in ("setup", "call", "???"):
            return
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                event = from_json(json.loads(str(value)))
                assert isinstance(event, LawFinished)
                self._emit(event)
                return
        if report.failed:
            self._emit(_lost(report))


def _lost(report: pytest.TestReport) -> LawFinished:
    """The event of an item whose process died, or that failed before it began."""
    function, _, bracket = report.nodeid.rpartition("::")[2].partition("[")
    name = function.removeprefix("test_")
    op, _, rank = bracket.rstrip("]").partition("-")
    law = all_laws().get(name)
    slug = law.slug(op) if law else f"{op}.{name}"
    axes = int(rank[0]) if rank[:1].isdigit() else 0
    if report.when == "???":
        failure = Failure(
            kind="died", verdict=CRASHES, case="", message="the process died in one of this law's cases",
            details=str(report.longrepr),
        )  # fmt: skip
        return LawFinished(name, slug, op, axes, CRASHES, 0, 0.0, (failure,))
    return LawFinished(name, slug, op, axes, ERROR, note=str(report.longrepr))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cheap laws last: the long items start first, so that processes end together."""
    def cost(item: pytest.Item) -> int:
        law = getattr(getattr(item, "function", None), "law", None)
        if not isinstance(law, Law):
            return 0
        params: Any = getattr(item, "callspec").params
        planned = params["law_run"]
        return -session_of(item.config).counts.get(planned, 0)

    items.sort(key=cost)



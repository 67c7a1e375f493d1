"""The pytest plugin: `--adapter` and the events of a run.

Each test of the suite is a law; this plugin gives it its items (one per operation and number
of spatial axes that the adapter claims), runs them, and hands on what they found as events.
Under xdist the events travel in the test reports.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

# pytest loads this file in every project that has us installed: what runs laws comes with a run.
from convspec.events import (
    CRASHES,
    ERROR,
    FAILING,
    UNSUPPORTED,
    VACUOUS,
    Failure,
    LawFinished,
    from_json,
    to_json,
)
from convspec.legible import legible
from convspec.profiles import BUDGETS

if TYPE_CHECKING:
    from convspec.plan import Item
    from convspec.session import Session

PROPERTY = "convspec"
LAW = "convspec_law"
"""The attribute by which a test function carries the law that it is."""

KILLED = "???"
"""How xdist marks an item whose process is gone."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--adapter` and the options of a conformance run."""
    group = parser.getgroup("convspec", "conformance of convolution and pooling")
    group.addoption("--adapter", help="the implementation to test: a name, file.py or module:Name")
    group.addoption(
        "--convspec-profile", default="quick", choices=tuple(BUDGETS), help="how many cases"
    )
    group.addoption("--convspec-seed", type=int, default=0, help="what all cases are drawn from")
    group.addoption("--convspec-op", action="append", help="only this operation (repeatable)")
    group.addoption("--convspec-clause", action="append", help="only clauses that match this glob")
    group.addoption("--convspec-limit", type=float, default=20.0, help="seconds a case may take")
    group.addoption("--convspec-in-process", action="store_true", help="do not isolate the kernel")
    group.addoption(
        "--convspec-memory",
        type=int,
        default=4096,
        help="MiB the kernel's process may take beside the library (0: no limit)",
    )
    group.addoption("--convspec-meet", help="the socket of a process that has the adapter open")
    group.addoption("--convspec-case", help="put this one case to every law it fits")
    group.addoption("--convspec-done", default="", help="items that a run before this one did")
    group.addoption(
        "--convspec-known", action="append", help="a file of known failures (repeatable)"
    )


SESSION: pytest.StashKey[Session] = pytest.StashKey()


def session_of(config: pytest.Config) -> Session:
    """The run's shared state."""
    from convspec.session import Session

    if SESSION not in config.stash:
        config.stash[SESSION] = Session(config)
    return config.stash[SESSION]


def pytest_configure(config: pytest.Config) -> None:
    """Tell what is wrong with a file of known failures before anything is collected."""
    names = config.getoption("--convspec-known", None)
    if names:
        from convspec.known.reading import KnownFileError, read_known

        try:
            read_known(names)
        except KnownFileError as error:
            raise pytest.UsageError("\n".join(error.lines)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the child process."""
    if SESSION in config.stash:
        config.stash[SESSION].close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each law the items that the adapter claims."""
    law = getattr(metafunc.function, LAW, None)
    if law is not None:
        found = session_of(metafunc.config).items(law)
        names = [
            item.op if item.rank is None else f"{item.op}-{item.rank}d" for item in found
        ]  # fmt: skip
        grouped = _grouped(metafunc.config)
        given = [
            pytest.param(item, marks=pytest.mark.xdist_group(name) if grouped else ())
            for item, name in zip(found, names, strict=True)
        ]
        metafunc.parametrize("law_run", given, ids=names, indirect=True)


def _grouped(config: pytest.Config) -> bool:
    """Whether a process of several keeps to the operations that it has compiled programs for."""
    there = hasattr(config, "workerinput")
    return there and session_of(config).adapter.claims.compiled


@pytest.fixture
def law_run(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Runs the item and turns what it found into a pytest outcome."""
    item: Item = request.param

    def run() -> None:
        session = session_of(request.config)
        finished = session.run(getattr(request.function, LAW), item)
        request.node.user_properties.append((PROPERTY, json.dumps(to_json(finished))))
        if finished.verdict == UNSUPPORTED:
            pytest.skip("not claimed")
        if finished.verdict == VACUOUS:
            pytest.skip(finished.note or "nothing was tested")
        if finished.verdict == ERROR:
            pytest.fail(finished.note or "error", pytrace=False)
        if finished.verdict in FAILING:
            pytest.fail(_story(finished, session.adapter.name), pytrace=False)

    return run


def _story(finished: LawFinished, adapter: str) -> str:
    lines = [f"{finished.clause}: {finished.verdict} after {finished.cases} cases"]
    for failure in finished.failures:
        replay = f"convspec replay {shlex.quote(adapter)} {shlex.quote(failure.case)}"
        lines += [f"  {line}" for line in (failure.message, failure.case, replay)]
    return legible("\n".join(lines))


class EventCollector:
    """Turns test reports into events; lives in the process that the user started.

    `alone`: the implementation is in processes of its own, so that it is not to blame for the
    death of a process of pytest's. What such a process was at is left out.
    """

    def __init__(self, emit: Callable[[LawFinished], None], alone: bool = False) -> None:
        self._emit = emit
        self._alone = alone
        self.interrupted = False
        self.broken: list[str] = []
        """What went wrong before any item ran: a fault of ours."""

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell Ctrl-C from pytest giving up, which it reports in the same way."""
        self.interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong in collecting."""
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hand on the event of a finished item; an item without one died or failed by our fault."""
        if "::" not in report.nodeid or report.when not in ("setup", "call", KILLED):
            return
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                event = from_json(json.loads(str(value)))
                assert isinstance(event, LawFinished)
                self._emit(event)
                return
        when: str = report.when
        if report.failed and not (self._alone and when == KILLED):
            self._emit(_lost(report))


def _lost(report: pytest.TestReport) -> LawFinished:
    """The event of an item whose process died, or that failed before it began."""
    # xdist appends an item's group.
    function, _, bracket = report.nodeid.rpartition("::")[2].partition("@")[0].partition("[")
    name = function.removeprefix("test_")
    op, _, rank = bracket.rstrip("]").partition("-")
    from convspec.law import all_laws

    law = all_laws().get(name)
    slug = law.slug(op) if law else f"{op}.{name}"
    axes = int(rank[0]) if rank[:1].isdigit() else None
    when: str = report.when or ""
    if when == KILLED:
        failure = Failure(
            kind="died", verdict=CRASHES, case="", details=str(report.longrepr),
            message="the process died in one of this law's cases",
        )  # fmt: skip
        return LawFinished(name, slug, op, axes, CRASHES, 0, 0.0, (failure,))
    return LawFinished(name, slug, op, axes, ERROR, note=str(report.longrepr))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long items start first, so that processes end together."""

    def planned(item: pytest.Item) -> int:
        call: Any = getattr(item, "callspec", None)
        if call is None or getattr(getattr(item, "function", None), LAW, None) is None:
            return 0
        return -session_of(item.config).counts.get(call.params["law_run"], 0)

    items.sort(key=planned)

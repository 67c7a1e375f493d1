"""The run: pytest with our plugin, shielded from whatever the user's folder holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convspec import __version__
from convspec.adapters.opening import Adapter, AdapterError, adapt, open_adapter
from convspec.afterwards import Run, Stage
from convspec.apart import Apart, Ask, asking
from convspec.events import UNSUPPORTED, Event, LawFinished, RunFinished, RunStarted
from convspec.execute import Bench
from convspec.isolation import PRINTED, Limits, can_fork
from convspec.journal import CannotResume, difference
from convspec.known.reading import known_of, marks, read_known
from convspec.law import LAWS_PACKAGE, all_laws
from convspec.plan import Item, counts, grouping, items
from convspec.plugin import SESSION, EventCollector
from convspec.probes import LIMIT as PROBING
from convspec.probes import observe
from convspec.session import Session
from convspec.spaces import space_for
from convspec.spec.case import Case
from convspec.spec.claims import Claims
from convspec.spec.clauses import SPEC_VERSION
from convspec.stages import STAGES
from convspec.trial import Trial
from convspec.validity import why_invalid
from convspec.verdicts import Crashed, Mismatch, Raised, TimedOut

Listener = Callable[[Event], None]

_INI = Path(__file__).with_name("conformance.ini")


class NothingToRun(RuntimeError):  # noqa: N818 - it names what happened
    """No law fits what was asked for."""


def run(
    adapter: str | object,
    *,
    profile: str = "quick",
    seed: int = 0,
    jobs: int | None = None,
    ops: Sequence[str] | None = None,
    clauses: Sequence[str] | None = None,
    case: str | None = None,
    resume: Sequence[Event] = (),
    known: Sequence[str] = (),
    conditions: bool = True,
    listener: Listener | None = None,
    after: Sequence[Stage] = STAGES,
    isolate: bool = True,
    limits: Limits | None = None,
    instead: Callable[[Bench, Listener], bool] | None = None,
) -> list[Event]:
    """Hold an adapter to the laws; return the events, which `listener` also gets as they come.

    `adapter` is a name, or an object with functions named after operations. It is opened in a
    process of its own, and each case runs in a copy of that (of this process for an object), unless
    `isolate` is false or the system has no fork; `limits` is what a copy may use up. `jobs` is the
    number of worker processes, by default one per core. `case` is the line of one case to put to
    every law that it fits, in place of drawn ones. `resume` are the events of a run that was cut
    short: its laws that finished are not run again, and are among the events returned, but
    `listener` does not get them once more. `known` are files of known failures: what they excuse is
    let pass, and their witnesses are checked. `conditions`: whether those of failures are looked
    for. `after` are the stages that follow the laws; Ctrl-C in one of them ends the run like Ctrl-C
    in a law. `instead` puts cases to laws in its own way,
    in place of the profile's plan, and says whether it was interrupted.

    Raises KnownFileError for a file of known failures that is wrong, UnknownAdapter or AdapterError
    if there is nothing to call, CaseError for a line that cannot be read, NothingToRun if no law
    fits the request, CannotResume if what was cut short is not a part of what is asked for.
    """
    began = time.perf_counter()
    events: list[Event] = []
    finished = [event for event in resume if isinstance(event, LawFinished)]

    def emit(event: Event) -> None:
        events.append(event)
        if listener is not None:
            listener(event)

    read_known(known)
    if case is not None:
        Case.parse(case)
    with _bench(adapter, isolate, limits or Limits()) as (bench, apart):
        opened = bench.adapter
        bench.regions = known_of(known, opened.name, opened.version).regions
        if case is None:
            smoke(opened, bench.ask if apart else None)
        replay = case is not None
        laws = all_laws()
        plan = "full" if instead else profile
        planned = [] if replay else items(laws.values(), opened.claims, plan, ops, clauses)
        ranked = {item.op for item in planned if item.rank is not None}
        head = RunStarted(
            adapter=opened.name, version=opened.version, claims=opened.claims.to_json(),
            profile="replay" if replay else profile, seed=seed,
            convspec=__version__, spec=SPEC_VERSION, laws=len(planned),
            observed=_observed(bench, apart, ranked),
            asked={
                "adapter": adapter if isinstance(adapter, str) else opened.name,
                "ops": sorted(ops or ()), "clauses": sorted(clauses or ()),
                "known": list(known), "known.marks": marks(known),
            },
        )  # fmt: skip
        for event in resume:
            other = isinstance(event, RunStarted) and difference(event, head)
            if other:
                raise CannotResume(f"{opened.name}: this is no part of the run on file: {other}")
        emit(head)
        events += finished
        options = [f"--convspec-profile={profile}", f"--convspec-seed={seed}"]
        options += [f"--convspec-op={op}" for op in ops or ()]
        options += [f"--convspec-clause={glob}" for glob in clauses or ()]
        options += [f"--convspec-case={case}"] if case is not None else []
        options += [f"--convspec-known={name}" for name in known]
        done = " ".join(f"{e.law}:{e.op}:{e.rank}" for e in finished)
        options.append(f"--convspec-done={done}")
        # Each worker is a process more to begin: for a few cases that takes longer than they do.
        workers = jobs or (1 if profile == "smoke" else os.cpu_count() or 1)
        alone = workers == 1 and (apart is not None or opened.claims.fork)
        if replay or alone or not isinstance(adapter, str):
            workers = 0
        left = replay or len(finished) < len(planned)
        if instead is not None:
            planned = []
            interrupted = instead(bench, emit)
        else:
            interrupted = left and _pytest(bench, apart, options, workers, emit)
        if not interrupted:
            stages = Run(
                bench, laws, events, adapter, profile, seed, ops, clauses, case, known, conditions
            )
            interrupted = _afterwards(stages, planned, after, emit)
    emit(RunFinished(time.perf_counter() - began, interrupted))
    if not interrupted and not any(isinstance(event, LawFinished) for event in events):
        raise NothingToRun(f"{opened.name}: no law fits {_unfit(case, opened.claims)}")
    return events


def _unfit(case: str | None, claims: Claims) -> str:
    """What no law fits, and in a case why."""
    if case is None:
        return "what was asked for"
    parsed = Case.parse(case)
    if parsed.op.name not in claims.ops:
        return f"this case: the adapter lacks {parsed.op.name}"
    why = why_invalid(parsed, claims)
    return f"this case: {why}" if why else "this case"


@contextmanager
def _bench(
    given: str | object, isolate: bool, limits: Limits
) -> Iterator[tuple[Bench, Apart | None]]:
    """Where cases are put to laws, the implementation in a process of its own if so wished."""
    opened = None if isinstance(given, str) else adapt(given)
    isolate = isolate and can_fork() and (opened is None or opened.claims.fork)
    if not isolate:
        yield Bench(opened or open_adapter(str(given)), all_laws()), None
        return
    with Apart(opened or str(given), limits) as apart:
        yield Bench(apart.adapter, all_laws(), None, apart), apart


def _observed(bench: Bench, apart: Apart | None, ops: set[str]) -> dict[str, dict[str, Any]]:
    if apart is None:
        return observe(bench.adapter, ops, None, bench.regions)
    with apart.asking(PROBING) as ask:
        return observe(bench.adapter, ops, ask, bench.regions)


def _afterwards(run: Run, planned: Sequence[Item], stages: Sequence[Stage], emit: Listener) -> bool:
    """Make up for what was lost, and go through the stages; True if that was interrupted."""
    try:
        for lost in _left_out(run, planned):
            emit(lost)
        for stage in stages:
            for event in stage(run):
                emit(event)
    except KeyboardInterrupt:
        return True
    return False


def _left_out(run: Run, planned: Sequence[Item]) -> Iterator[LawFinished]:
    """Run the laws that a process was at when it was killed, or would have come to."""
    heard = {(e.law, e.op, e.rank) for e in run.events if isinstance(e, LawFinished)}
    missing = [item for item in planned if (item.law, item.op, item.rank) not in heard]
    if missing:
        claims = run.bench.adapter.claims
        counted = counts(dict(run.laws), claims, run.profile)
        for item in missing:
            law = run.laws[item.law]
            if item.rank is None:
                yield LawFinished(law.name, law.slug(item.op), item.op, None, UNSUPPORTED)
            else:
                count = counted[item]
                groups = grouping(run.laws, claims, run.profile, run.seed, item)
                yield run.bench.run(
                    law, item.op, item.rank, count=count, seed=run.seed, grouping=groups
                )


def smoke(adapter: Adapter, ask: Ask | None = None) -> None:
    """One plain call per claimed operation: an adapter all of whose calls fail is broken.

    `ask` is how the implementation is asked if it is not open here. Raises AdapterError if every
    call raises, dies or hangs; a wrong answer, or an operation among several that fails, is for
    the laws to judge.
    """
    if ask is None:
        # What dies here shall not take the run with it, and what is to fork must not have run.
        with asking(adapter) as own:
            return smoke(adapter, own)
    plain: dict[str, Case] = {}
    for op, claims in adapter.claims.ops.items():
        space = space_for(op, claims.ranks[0], claims, scale="tiny")
        if space is not None:
            plain[op] = space.case([0] * len(space.factors))
    failed: list[str] = []
    for op, case in plain.items():
        try:
            ask(_called, case.line)
        except (Raised, Crashed, TimedOut) as error:
            failed.append(
                f"{op} {error.message}"
                if isinstance(error, Raised)
                else f"{op}: {error.message}{_printed(error)}"
            )
        except Mismatch:
            pass
    if failed and len(failed) == len(plain):
        raise AdapterError(f"{adapter.name}: fails its smoke test: {failed[0]}")


def _called(adapter: Adapter, line: str) -> None:
    with np.errstate(all="ignore"):
        Trial(adapter, Case.parse(line)).results()


def _printed(error: Mismatch) -> str:
    _, mark, said = (error.details or "").partition(PRINTED)
    return f"; {mark}{said}" if mark else ""


def _pytest(
    bench: Bench, apart: Apart | None, options: list[str], workers: int, emit: Listener
) -> bool:
    """Run the suite; True if it was interrupted."""
    arguments = [
        "--pyargs", LAWS_PACKAGE, "-c", str(_INI), f"--rootdir={_INI.parent}",
        "-p", "convspec.plugin", "-p", "no:cacheprovider", "-p", "no:terminal",
        "--noconftest", "--import-mode=importlib", "--assert=plain",
        f"--adapter={bench.adapter.name}", *options,
    ]  # fmt: skip
    collector = EventCollector(emit, alone=apart is not None)
    plugins: list[object] = [collector]
    if workers:
        # Who compiles keeps what it compiled: all laws of an operation go to one worker.
        dist = "loadgroup" if bench.adapter.claims.compiled else "worksteal"
        arguments += ["-p", "xdist.plugin", f"--numprocesses={workers}", f"--dist={dist}"]
        arguments += _as_here(apart)
    else:
        plugins.append(_Given(bench))
    with _environment():
        code = pytest.main(arguments, plugins=plugins)
    if code == pytest.ExitCode.USAGE_ERROR:
        raise RuntimeError("pytest refused the arguments it was given")
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise RuntimeError("pytest failed; the events up to then are kept")
    if collector.broken:
        raise RuntimeError(f"the laws could not be collected: {collector.broken[0]}")
    return collector.interrupted


def _as_here(apart: Apart | None) -> list[str]:
    """Options for workers that are to keep the implementation apart as it is kept here."""
    if apart is None:
        return ["--convspec-in-process"]
    limits, meet = apart.limits, apart.zygote.invite()
    return [
        f"--convspec-limit={limits.seconds}", f"--convspec-memory={limits.memory or 0}",
        *([f"--convspec-meet={meet}"] if meet else []),
    ]  # fmt: skip


class _Given:
    """Gives the plugin a bench that is there already, in this process."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the bench where the plugin looks for it."""
        config.stash[SESSION] = Session(config, self._bench)


@contextmanager
def _environment() -> Iterator[None]:
    """The environment without what would bring a user's own pytest plugins and options in."""
    kept = dict(os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


@dataclass(frozen=True)
class LawInfo:
    """What ``convspec list laws`` tells of a law."""

    name: str
    ops: tuple[str, ...]
    statement: str
    clauses: tuple[str, ...]


def list_laws() -> list[LawInfo]:
    """All laws, in the order of the suite."""
    return [
        LawInfo(law.name, law.ops, law.statement, tuple(law.slug(op) for op in law.ops))
        for law in all_laws().values()
    ]

"""The run: pytest with our plugin, shielded from whatever the user's folder holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from convspec import __version__
from convspec.adapters.opening import Adapter, AdapterError, adapt, open_adapter
from convspec.afterwards import Run, Stage
from convspec.events import Event, LawFinished, RunFinished, RunStarted
from convspec.execute import Bench
from convspec.isolation import LIMIT, can_fork, isolated
from convspec.journal import CannotResume, difference
from convspec.known.reading import read_known
from convspec.law import LAWS_PACKAGE, all_laws
from convspec.plan import items
from convspec.plugin import SESSION, EventCollector
from convspec.probes import observe
from convspec.session import Session
from convspec.spaces import space_for
from convspec.spec.case import Case
from convspec.spec.clauses import SPEC_VERSION
from convspec.stages import STAGES
from convspec.trial import Trial
from convspec.verdicts import Mismatch, Raised

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
    listener: Listener | None = None,
    after: Sequence[Stage] = STAGES,
) -> list[Event]:
    """Hold an adapter to the laws; return the events, which `listener` also gets as they come.

    `adapter` is a name, or an object with functions named after operations (which then runs in
    this process). `jobs` is the number of worker processes, by default one per core. `case` is
    the line of one case to put to every law that it fits, in place of drawn ones. `resume` are
    the events of a run that was cut short: its laws that finished are not run again, and are
    among the events returned, but `listener` does not get them once more. `known` are files of
    known failures: what they excuse is let pass, and their witnesses are checked. `after` are the
    stages that follow the laws; Ctrl-C in one of them ends the run like Ctrl-C in a law.

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
    opened = open_adapter(adapter) if isinstance(adapter, str) else adapt(adapter)
    if case is not None:
        Case.parse(case)
    else:
        smoke(opened)
    options = [f"--convspec-profile={profile}", f"--convspec-seed={seed}"]
    options += [f"--convspec-op={op}" for op in ops or ()]
    options += [f"--convspec-clause={glob}" for glob in clauses or ()]
    options += [f"--convspec-case={case}"] if case is not None else []
    options += [f"--convspec-known={name}" for name in known]
    replay = case is not None
    planned = [] if replay else items(all_laws().values(), opened.claims, profile, ops, clauses)
    head = RunStarted(
        adapter=opened.name, version=opened.version, claims=opened.claims.to_json(),
        profile="replay" if replay else profile, seed=seed,
        convspec=__version__, spec=SPEC_VERSION, laws=len(planned),
        observed=observe(opened, {item.op for item in planned if item.rank is not None}),
        asked={
            "adapter": adapter if isinstance(adapter, str) else opened.name,
            "ops": sorted(ops or ()), "clauses": sorted(clauses or ()), "known": list(known),
        },
    )  # fmt: skip
    for event in resume:
        other = isinstance(event, RunStarted) and difference(event, head)
        if other:
            raise CannotResume(f"{opened.name}: this is no part of the run on file: {other}")
    emit(head)
    events += finished
    options.append(f"--convspec-done={' '.join(f'{e.law}:{e.op}:{e.rank}' for e in finished)}")
    # Each worker loads the library anew: for a few cases that takes longer than they do.
    alone = 1 if profile == "smoke" else os.cpu_count() or 1
    workers = jobs or alone
    if replay or (workers == 1 and opened.claims.fork) or not isinstance(adapter, str):
        workers = 0
    left = replay or len(finished) < len(planned)
    interrupted = left and _pytest(opened, adapter, options, workers, emit)
    if not interrupted:
        limit = LIMIT if opened.claims.fork and can_fork() else None
        done = Run(
            Bench(opened, all_laws(), limit), all_laws(), events, adapter, profile, seed, ops,
            clauses, case, known,
        )  # fmt: skip
        interrupted = _afterwards(done, after, emit)
    emit(RunFinished(time.perf_counter() - began, interrupted))
    if not interrupted and not any(isinstance(event, LawFinished) for event in events):
        raise NothingToRun(
            f"{opened.name}: no law fits "
            + ("this case: the adapter lacks the operation" if case else "what was asked for")
        )
    return events


def _afterwards(done: Run, stages: Sequence[Stage], emit: Listener) -> bool:
    """Go through the stages; True if that was interrupted."""
    try:
        for stage in stages:
            for event in stage(done):
                emit(event)
    except KeyboardInterrupt:
        return True
    finally:
        done.bench.close()
    return False


def smoke(adapter: Adapter) -> None:
    """One plain call per claimed operation: an adapter all of whose calls raise is broken.

    Raises AdapterError then; a wrong answer, or an operation among several that raises, is for
    the laws to judge.
    """
    plain: dict[str, Case] = {}
    for op, claims in adapter.claims.ops.items():
        space = space_for(op, claims.ranks[0], claims, scale="tiny")
        if space is not None:
            plain[op] = space.case([0] * len(space.factors))

    def call(op: str) -> None:
        with np.errstate(all="ignore"):
            Trial(adapter, plain[op]).results()

    raised: list[str] = []
    # What dies here shall not take the run with it, and what is to fork must not have run before.
    with isolated(call, LIMIT, adapter.claims.fork) as ask:
        for op in plain:
            try:
                ask(op)
            except Raised as error:
                raised.append(f"{op} {error.message}")
            except Mismatch:
                pass
    if raised and len(raised) == len(plain):
        raise AdapterError(f"{adapter.name}: fails its smoke test: {raised[0]}")


def _pytest(
    opened: Adapter, given: str | object, options: list[str], workers: int, emit: Listener
) -> bool:
    """Run the suite; True if it was interrupted."""
    arguments = [
        "--pyargs", LAWS_PACKAGE, "-c", str(_INI), f"--rootdir={_INI.parent}",
        "-p", "convspec.plugin", "-p", "no:cacheprovider", "-p", "no:terminal",
        "--noconftest", "--import-mode=importlib", "--assert=plain",
        f"--adapter={opened.name}", *options,
    ]  # fmt: skip
    collector = EventCollector(emit)
    plugins: list[object] = [collector]
    if workers:
        arguments += ["-p", "xdist.plugin", f"--numprocesses={workers}", "--dist=worksteal"]
    else:
        plugins.append(_Opened(opened))
    with _environment():
        code = pytest.main(arguments, plugins=plugins)
    if code == pytest.ExitCode.USAGE_ERROR:
        raise RuntimeError("pytest refused the arguments it was given")
    if code == pytest.ExitCode.INTERNAL_ERROR:
        raise RuntimeError("pytest failed; the events up to then are kept")
    if collector.broken:
        raise RuntimeError(f"the laws could not be collected: {collector.broken[0]}")
    return collector.interrupted


class _Opened:
    """Gives the plugin an adapter that is open already, in this process."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the adapter where the plugin looks for it."""
        config.stash[SESSION] = Session(config, self._adapter)


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

"""Cases per second and core through Hypothesis, with an implementation that costs nothing.

What is measured is the value law of convolution (law "definition", two spatial axes). The free
implementation hands out answers that were worked out before: the same cases come in the same
order in every run, so a first run records what the reference answers, and the timed runs play
that back. Nothing else is cut short. The law still builds each case, fills its arrays, asks the
reference and compares every cell, so that an answer played back in the wrong place would show
as a wrong value, and each run is checked to conform.

Time is processor time of this process and its children, with arithmetic on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from measure import Times, cpu, in_turns, met, show

from convspec import reference
from convspec.adapters.opening import Adapter, adapt
from convspec.execute import Bench
from convspec.law import Law, all_laws
from convspec.search import Playlist, search, seed_of
from convspec.spaces import Space
from convspec.trial import Trial

Array = npt.NDArray[Any]
Row = tuple[int, ...]

LAW, OP, RANK = "definition", "conv", 2
CASES, SEED, ROUNDS = 1500, 0, 5
TARGET = 900


class Recorder:
    """The reference, which remembers its answers in the order they were asked for."""

    def __init__(self) -> None:
        self.answers: list[Array] = []

    def conv(self, *arrays: Array, **parameters: Any) -> Array:
        y = reference.conv(*arrays, **parameters)
        self.answers.append(y)
        return y


class Player:
    """Recorded answers, one a call, whatever is asked."""

    def __init__(self, answers: list[Array]) -> None:
        self._answers = iter(answers)

    def conv(self, *_arrays: Array, **_parameters: Any) -> Array:
        return next(self._answers)


def main() -> None:
    """Print how fast each way to draw is, and where the time of ours goes."""
    laws = all_laws()
    law = laws[LAW]
    recorder = Recorder()
    _conforms(laws, law, adapt(recorder), None)
    player = adapt(Player(recorder.answers))
    space = law.space(OP, RANK, player.claims)
    assert space is not None
    seed = seed_of(SEED, LAW, OP, RANK)

    def playlist() -> Playlist:
        return Playlist(space, seed, CASES)

    rows: list[Row] = []
    search(playlist(), space.sizes, rows.append, seed)

    def fresh() -> Adapter:
        return adapt(Player(recorder.answers))

    ways: dict[str, Callable[[], object]] = {
        "convspec's rows and search": lambda: _conforms(laws, law, fresh(), None),
        "the same, in a child process (isolated)": lambda: _conforms(laws, law, fresh(), 20.0),
        "stock Hypothesis: a tuple of integers": lambda: _stock(law, fresh(), space, rows),
        "a loop over the same rows": lambda: _loop(law, fresh(), space, rows),
    }
    parts = _parts(playlist, space, seed, rows, recorder.answers)
    times = in_turns({**ways, **parts}, ROUNDS, cpu)
    ours, loop = times[next(iter(ways))], times[list(ways)[-1]]
    rate = CASES / ours.best
    show(
        f"Law {LAW!r} of {OP}, {RANK} spatial axes, {CASES} cases, a free implementation",
        ("way", "cases/s/core", "µs a case", "× the loop", "target"),
        [
            (
                name, CASES / times[name].best, _each(times[name]), times[name].over(loop),
                met(round(rate), TARGET, most=False) if times[name] is ours else None,
            )
            for name in ways
        ],
    )  # fmt: skip
    known = sum(_each(times[name]) for name in parts)
    rest = _each(ours) - known
    show(
        "Where the time of convspec's rows through Hypothesis goes (each part timed by itself)",
        ("part", "µs a case", "share"),
        [
            *(
                (name, _each(times[name]), f"{_each(times[name]) / _each(ours):.0%}")
                for name in parts
            ),
            # Calls between the parts, and caches that one part empties for the next.
            ("what lies between", rest, f"{rest / _each(ours):.0%}"),
            ("all", _each(ours), "100%"),
        ],
    )


def _each(times: Times) -> float:
    return times.best / CASES * 1e6


def _conforms(laws: dict[str, Law], law: Law, adapter: Adapter, limit: float | None) -> None:
    bench = Bench(adapter, laws, limit)
    try:
        finished = bench.run(law, OP, RANK, count=CASES, seed=SEED)
    finally:
        bench.close()
    if finished.verdict != "conforms" or finished.cases != CASES:
        raise RuntimeError(f"expected {CASES} cases that conform, not {finished}")


def _loop(law: Law, adapter: Adapter, space: Space, rows: list[Row]) -> None:
    for row in rows:
        with np.errstate(all="ignore"):
            law.check(Trial(adapter, space.case(row)))


def _stock(law: Law, adapter: Adapter, space: Space, rows: list[Row]) -> None:
    """Hypothesis' own generator draws rows, and is charged for that.

    The law gets the rows of the playlist none the less: the cases are the same for all ways.
    """
    coming: Iterator[Row] = iter(rows)

    @hypothesis.seed(SEED)
    @settings(
        max_examples=CASES, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
    )  # fmt: skip
    @given(st.tuples(*[st.integers(0, size - 1) for size in space.sizes]))
    def test(_drawn: Row) -> None:
        row = next(coming, rows[0])
        with np.errstate(all="ignore"):
            law.check(Trial(adapter, space.case(row)))

    test()


def _parts(
    playlist: Callable[[], Playlist], space: Space, seed: int, rows: list[Row], got: list[Array]
) -> dict[str, Callable[[], object]]:
    """The parts of a case's way, each over all rows."""
    nothing = adapt(Player([]))
    cases = [space.case(row) for row in rows]
    trials = [Trial(nothing, case) for case in cases]
    expected = [trial.expected() for trial in trials]

    def empty(_row: Row) -> None:
        return None

    def compare() -> None:
        for trial, one, other in zip(trials, got, expected, strict=True):
            trial.require(one, other)

    return {
        "drawing": lambda: search(playlist(), space.sizes, empty, seed),
        "building the case": lambda: [space.case(row) for row in rows],
        "filling the arrays": lambda: [Trial(nothing, case) for case in cases],
        "the reference": lambda: [trial.expected() for trial in trials],
        "comparing": compare,
    }

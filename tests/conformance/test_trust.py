"""What an answer is made of: the inputs of its own call, and nothing that lies or lay around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from convspec.comparison import require_same
from convspec.law import law
from convspec.settings import kept_settings, seed, settings
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import EVERY
from convspec.surroundings import SENTINELS, Framed, at_page_border, fill_free_memory, framed
from convspec.trial import Array, Trial
from convspec.verdicts import NotRepeatable, SettingChanged, WroteOutside

REAL = {"x.pattern": ("normal", "positive"), "w.pattern": ("normal", "positive"), "dtype": FLOATS}

STALE = (0xFF, 0x5A)
"""Bytes that make a NaN (or −1) of any type, and a large number of any type."""

LINE = 16
"""Elements that a frame may be shifted by: the places in a cache line of float32."""


@law("written", EVERY, share=0.5)
def test_written(trial: Trial) -> None:
    """Whatever was left in free memory before the call, the result is the same."""
    _written(trial.results, ("y", "indices"))


@law("written", EVERY, share=0.25, gradient=True, narrow={"dtype": FLOATS})
def test_gradients_written(trial: Trial) -> None:
    """Whatever was left in free memory before the call, the gradients are the same."""
    _written(trial.gradients, [f"d{name}" for name in trial.case.op.inputs])


def _written(call: Callable[[], Sequence[Array]], names: Sequence[str]) -> None:
    first = [array.copy() for array in call()]
    for byte in STALE:
        fill_free_memory([array.nbytes for array in first], byte)
        for name, got, expected in zip(names, call(), first, strict=False):
            what = f"bytes {byte:#x} in free memory show in {name}"
            require_same(NotRepeatable, what, got, expected)


@law("outside", EVERY, share=0.5)
def test_outside(trial: Trial) -> None:
    """Whatever lies around the inputs, the result is that of the definition, and it stays there."""
    for turn, sentinel in enumerate(SENTINELS):
        frames = _frames(trial, partial(framed, sentinel=sentinel, shift=3 * turn))
        y = trial.run(**{name: frame.array for name, frame in frames.items()})
        trial.require(y, trial.expected(), f"y amid {sentinel}")
        _require_untouched(frames)


@law("outside", EVERY, share=0.25, gradient=True, narrow={"dtype": FLOATS})
def test_outside_gradients(trial: Trial) -> None:
    """Whatever lies around inputs and cotangent, the gradients are right, and it stays there."""
    expected = trial.expected_gradients()
    for turn, sentinel in enumerate(SENTINELS):
        frames = _frames(trial, partial(framed, sentinel=sentinel, shift=3 * turn))
        got = trial.gradients(**{name: frame.array for name, frame in frames.items()})
        trial.require_gradients(got, expected)
        _require_untouched(frames)


@law("outside", EVERY, share=0.25)
def test_page_border(trial: Trial) -> None:
    """Inputs that begin or end with a page are answered without touching the next."""
    for high in (True, False):
        place = partial(at_page_border, sentinel=SENTINELS[0], high=high, guarded=trial.isolated)
        frames = _frames(trial, place)
        y = trial.run(**{name: frame.array for name, frame in frames.items()})
        trial.require(y, trial.expected(), f"y at the {'end' if high else 'beginning'} of a page")
        _require_untouched(frames)


def _frames(trial: Trial, place: Callable[[Array], Framed]) -> dict[str, Framed]:
    return {name: place(array) for name, array in trial.inputs.items()}


def _require_untouched(frames: dict[str, Framed]) -> None:
    for name, frame in frames.items():
        where = frame.written()
        if where is not None:
            raise WroteOutside(f"the call wrote outside {name}, {where} cells from its first")


@law("layout", EVERY, share=0.25)
def test_addresses(trial: Trial) -> None:
    """Where in memory the inputs begin does not show in the result."""
    first = trial.run().copy()
    k = trial.case[trial.first].k
    for turn in range(3):
        shift = (k + 5 * turn) % LINE
        moved = {n: framed(a, SENTINELS[0], shift).array for n, a in trial.inputs.items()}
        where = f"{shift} elements past a cache line"
        trial.require(trial.run(**moved), first, f"y of inputs {where}", versus="their first place")


@law("settings", EVERY, share=0.25)
def test_settings(trial: Trial) -> None:
    """Seeds do not show in the result, and no setting of the process is another afterwards."""
    answers = []
    with kept_settings():
        for number in (0, 1):
            seed(number)
            before = settings()
            answers.append(trial.run().copy())
            after = settings()
            for name, value in before.items():
                if after[name] != value:
                    raise SettingChanged(f"the call changed {name}")
    require_same(NotRepeatable, "another seed gave another answer", answers[1], answers[0])


@law("deterministic", EVERY, share=0.25, narrow=REAL)
def test_deterministic(trial: Trial) -> None:
    """On real numbers the same call gives the same bits, whatever the seed."""
    with kept_settings():
        first = trial.run().copy()
        for number in (1, 2):
            seed(number)
            require_same(NotRepeatable, "the same call gave other bits", trial.run(), first)

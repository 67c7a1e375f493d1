"""One process of a fuzzing run: it draws, checks and shrinks until its time is up."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

from convspec.adapters.opening import open_adapter
from convspec.apart import Apart
from convspec.events import FAILING, LawFinished
from convspec.execute import Bench
from convspec.isolation import Limits, can_fork
from convspec.known.reading import known_of
from convspec.law import all_laws
from convspec.plan import Item, grouping, items, weight
from convspec.search import Kind, seed_of

PROFILE = "full"
"""The profile whose laws have turns, and whose groups of contents."""

TURN = 40
"""Cases that a law of weight 1 gets in one turn."""

LEAST, MOST = 8, 200
"""Cases that any law gets in a turn, at least and at most."""

AGAIN = 3
"""A law that has failed in this many turns is left out of the others."""


@dataclass(frozen=True)
class Order:
    """What one process is to do: `seconds` of work on an adapter, as number `shard` of several."""

    adapter: str
    seconds: float
    seed: int
    shard: int
    ops: Sequence[str] | None = None
    clauses: Sequence[str] | None = None
    known: Sequence[str] = ()
    isolate: bool = True
    limits: Limits = field(default_factory=Limits)


def fuzz(order: Order, pipe: Connection) -> None:
    """Send a `LawFinished` per turn, then None; the text of an exception of ours in its place."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits for us will end us
    try:
        for event in turns(order):
            pipe.send(event)
        pipe.send(None)
    except (BrokenPipeError, EOFError):
        pass
    except Exception as error:
        with contextlib.suppress(BrokenPipeError):
            pipe.send(f"{type(error).__name__}: {error}")


def turns(order: Order) -> Iterator[LawFinished]:
    """Law after law, as often as time allows, each time with other cases."""
    with contextlib.ExitStack() as stack:
        apart = None
        if order.isolate and can_fork():
            apart = stack.enter_context(Apart(order.adapter, order.limits))
        adapter = apart.adapter if apart else open_adapter(order.adapter)
        laws = all_laws()
        bench = Bench(adapter, laws, None, apart)
        bench.regions = known_of(order.known, adapter.name, adapter.version).regions
        planned = [
            item
            for item in items(laws.values(), adapter.claims, PROFILE, order.ops, order.clauses)
            if item.rank is not None
        ]
        draw = random.Random(seed_of(order.seed, order.shard))
        seen: dict[Item, set[Kind]] = {}
        failed: dict[Item, int] = {}
        end = time.monotonic() + order.seconds
        number = 0
        while planned and time.monotonic() < end:
            number += 1
            draw.shuffle(planned)
            for item in planned:
                if time.monotonic() >= end:
                    return
                if failed.get(item, 0) >= AGAIN or item.rank is None:
                    continue
                law = laws[item.law]
                count = round(TURN * weight(law, item.op, item.rank))
                seed = seed_of(order.seed, order.shard, number)
                done = bench.run(
                    law, item.op, item.rank, count=min(max(count, LEAST), MOST), seed=seed,
                    seen=seen.setdefault(item, set()),
                    grouping=grouping(laws, adapter.claims, PROFILE, seed, item),
                )  # fmt: skip
                if done.verdict in FAILING:
                    failed[item] = failed.get(item, 0) + 1
                yield replace(done, turns=((seed, done.drawn),))

"""The kill table: what the suite is worth, measured by what it catches.

Every planted fault is put to the law that is named for it, with the cases that law gets in
the profile, and, if that one should miss it, to all the others that hold for its operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fnmatch import fnmatchcase
from multiprocessing import get_context

from convspec.adapters.mutants import MUTANTS, Mutant
from convspec.adapters.opening import open_adapter
from convspec.events import FAILING, Failure
from convspec.execute import Bench
from convspec.law import all_laws
from convspec.plan import Item, counts


@dataclass(frozen=True)
class Kill:
    """What became of one planted fault. `law` is the law that caught it, None if none did.

    `cases` counts the cases the catching law took up to the first failure; `case` and
    `message` are the smallest case's.
    """

    name: str
    law: str | None
    cases: int
    case: str = ""
    message: str = ""

    @property
    def mutant(self) -> Mutant:
        """The catalogue's entry."""
        return MUTANTS[self.name]

    @property
    def as_named(self) -> bool:
        """Whether the law that is named for the fault caught it."""
        return self.law == self.mutant.law


def names_for(globs: Sequence[str]) -> list[str]:
    """The planted faults whose names match any of the globs (all, if there are none)."""
    return [n for n in MUTANTS if not globs or any(fnmatchcase(n, glob) for glob in globs)]


def kill(name: str, profile: str = "quick", seed: int = 0) -> Kill:
    """Put one planted fault to its law, then to the others of its operation."""
    mutant = MUTANTS[name]
    adapter = open_adapter(f"mutant:{name}")
    laws = all_laws()
    planned = counts(laws, adapter.claims, profile)
    bench = Bench(adapter, laws, None)
    order = [mutant.law, *(other for other in laws if other != mutant.law)]
    for law in order:
        items = {rank: Item(law, mutant.op, rank) for rank in (2, 1, 3, 0)}
        caught: list[Failure] = []
        cases = 0
        for rank in (rank for rank, item in items.items() if item in planned):
            count = planned[items[rank]]
            done = bench.run(laws[law], mutant.op, rank, count=count, seed=seed)
            if done.verdict in FAILING:
                first = min(failure.found_after for failure in done.failures)
                cases += 0 if caught else first
                caught += done.failures
            elif not caught:
                cases += done.cases
        if caught:
            smallest = min(caught, key=lambda failure: (failure.cells, len(failure.case)))
            return Kill(name, law, cases, smallest.case, smallest.message)
    return Kill(name, None, sum(planned.values()))


def run(
    names: Iterable[str], profile: str, jobs: int, listener: Callable[[Kill], None]
) -> list[Kill]:
    """Put planted faults to the suite in `jobs` processes; the kills in the order of the names."""
    names = list(names)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(kill, name, profile): name for name in names}
        done = {}
        for future in as_completed(running):
            done[running[future]] = future.result()
            listener(done[running[future]])
    return [done[name] for name in names]


def as_markdown(kills: Sequence[Kill], profile: str) -> str:
    """The kill table as a page, the same for the same tree."""
    caught = sum(k.law is not None for k in kills)
    lines = [
        "# Planted faults and what caught them",
        "",
        f"{caught} of {len(kills)} are caught within the profile `{profile}`.",
        "Made by `make mutants`. *Cases* is how many the law took; the smallest is what was left.",
        "",
        "| fault | what is wrong | caught by | cases | smallest case |",
        "|---|---|---|---:|---|",
    ]
    for k in kills:
        law = f"`{k.law}`" if k.law else "**nothing**"
        lines.append(f"| `{k.mutant.name}` | {k.mutant.about} | {law} | {k.cases} | `{k.case}` |")
    return "\n".join(lines) + "\n"

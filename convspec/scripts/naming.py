"""What pytest calls an item of the suite."""

from __future__ import annotations

from convspec.law import LAWS_PACKAGE, all_laws


def pytest_id(law: str, op: str, rank: int | None) -> str | None:
    """The law as pytest names it: give it to ``pytest --pyargs`` with ``--adapter``.

    None for a law that this version does not have.
    """
    known = all_laws().get(law)
    if known is None:
        return None
    axes = op if rank is None else f"{op}-{rank}d"
    module = known.check.__module__.rpartition(".")[2]
    return f"{LAWS_PACKAGE}.{module}::{known.check.__name__}[{axes}]"

"""convspec: an executable specification of convolution and pooling, and its conformance suite.

Importing this costs nothing: NumPy, pytest, Hypothesis and the frameworks are loaded when a run
needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report

    __version__: str

__all__ = ["Report", "__version__", "check"]


def check(
    adapter: str,
    profile: str = "quick",
    *,
    seed: int = 0,
    jobs: int | None = None,
    ops: Sequence[str] | None = None,
    clauses: Sequence[str] | None = None,
    known: Sequence[str] = (),
) -> Report:
    """Hold an implementation to the specification and return what came of it.

    `adapter`: what ``convspec check`` takes: a built-in name, ``package.module:Name`` or the path
    of a file. `profile`: ``"smoke"``, ``"quick"`` or ``"full"``. `jobs`: worker processes, by
    default one per core. `ops` and `clauses` (globs over slugs) narrow the run down. `known`: files
    of known failures (``"builtin"``: ours).

    Raises KnownFileError, UnknownAdapter, AdapterError or NothingToRun where the command exits with
    2, 3 or 4.
    """
    from .engine import run
    from .report import Report

    return Report.from_events(
        run(adapter, profile=profile, seed=seed, jobs=jobs, ops=ops, clauses=clauses, known=known)
    )


def __getattr__(name: str) -> object:
    if name == "Report":
        from .report import Report

        return Report
    if name == "__version__":
        # pyproject.toml is the one place that states the version.
        from importlib.metadata import version

        return version("convspec")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Run benchmarks by name, or all: ``python benchmarks/run.py [NAME…]``. See README.md."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

BENCHMARKS = (
    "startup",
    "reference",
    "generation",
    "isolation",
    "fuzz",
    "proof",
    "check",
    "conditions",
)
"""The modules beside this one, each with a function `main`, in the order they are run."""

ONE_THREAD = ("reference", "generation", "fuzz", "proof")
"""Benchmarks that compare work per core: libraries of arithmetic get one thread there."""

# Read when a library is loaded, and so to be set before.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main(names: list[str]) -> int:
    """Each benchmark in a process of its own, so that none inherits what another loaded."""
    if names[:1] == ["--here"]:
        import_module(names[1]).main()
        return 0
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(
            f"unknown benchmark {unknown[0]!r}; known are {', '.join(BENCHMARKS)}", file=sys.stderr
        )
        return 2
    failed = 0
    for name in names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        environment = dict(os.environ)
        if name in ONE_THREAD:
            environment |= dict.fromkeys(THREADS, "1")
        failed |= subprocess.run(
            [sys.executable, __file__, "--here", name], env=environment
        ).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

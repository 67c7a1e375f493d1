"""The command ``clang``, which tinygrad calls: the machine's, or that of the package ziglang.

What is compiled is what tinygrad writes, either way. Releases before 0.10 do not read CC, so the
command is found by its name on PATH, too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import AdapterError

_ASK = "import importlib.util as u; s = u.find_spec('ziglang'); print(s and s.origin or '')"


def surroundings(python: str = sys.executable) -> dict[str, str]:
    """The variables under which an interpreter's tinygrad finds a compiler; none where it does.

    Raises AdapterError where there is none: neither on PATH nor beside that interpreter.
    """
    given = os.environ.get("CC", "clang")
    if shutil.which(given):
        return {}
    done = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, check=False)
    origin = done.stdout.strip()
    if not origin:
        raise AdapterError(f"tinygrad needs {given}, which is not there; or: pip install ziglang")
    script = _script(Path(origin).with_name("zig"))
    path = os.pathsep.join((str(script.parent), os.environ.get("PATH", os.defpath)))
    return {"CC": str(script), "PATH": path}


def _script(zig: Path) -> Path:
    # tinygrad runs one command without arguments of ours: a script of two lines stands for it.
    script = Path(tempfile.gettempdir(), f"convspec-zig-clang-{os.getuid()}", "clang")
    script.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = script.with_name(f"clang-{os.getpid()}")
    fresh.write_text(f'#!/bin/sh\nexec "{zig}" clang "$@"\n')
    fresh.chmod(0o700)
    fresh.replace(script)
    return script

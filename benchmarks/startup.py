"""What it costs to import convspec and to ask it for help, beside Python itself and NumPy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from measure import in_turns, met, say, show

ROUNDS = 9

HEAVY = ("numpy", "hypothesis", "pytest", "rich", "torch")
"""What an import of convspec must not load (NumPy and rich: should not)."""

HELP = """
import sys
sys.argv = ["convspec", "--help"]
from convspec.cli import main
from contextlib import redirect_stdout, suppress
from io import StringIO
with suppress(SystemExit), redirect_stdout(StringIO()):
    main()
"""


def main() -> None:
    """Print the table, and what is loaded on the way."""
    command = _command()
    # With -I nothing of the folder it is run from is found instead of what is installed.
    contestants = {
        "python -c pass": [sys.executable, "-I", "-c", "pass"],
        "import numpy": [sys.executable, "-I", "-c", "import numpy"],
        "import convspec": [sys.executable, "-I", "-c", "import convspec"],
        "convspec --help": [*command, "--help"],
        "convspec list laws": [*command, "list", "laws"],
    }
    targets = {"import convspec": 0.2, "convspec --help": 0.3}
    times = in_turns({name: _process(line) for name, line in contestants.items()}, ROUNDS)
    bare = times["python -c pass"]
    show(
        "Start-up (whole processes)",
        ("process", "best, ms", "without Python, ms", "× bare Python", "target, s"),
        [
            (
                name, taken.best * 1e3, (taken.best - bare.best) * 1e3, taken.over(bare),
                met(taken.best, targets[name]) if name in targets else None,
            )
            for name, taken in times.items()
        ],
    )  # fmt: skip
    for what, code in (
        ("import convspec", "import convspec"),
        ("convspec --help", HELP),
    ):
        say(f"{what} loads of {', '.join(HEAVY)}: {', '.join(_loaded(code)) or 'none'}")


def _command() -> list[str]:
    beside = Path(sys.executable).with_name("convspec")
    found = str(beside) if beside.exists() else shutil.which("convspec")
    return [found] if found else [sys.executable, "-m", "convspec"]


def _process(line: list[str]) -> Callable[[], object]:
    return lambda: subprocess.run(line, check=True, stdout=subprocess.DEVNULL)


def _loaded(code: str) -> list[str]:
    """Which heavy modules a process has loaded after `code`."""
    tell = f"import json, sys; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}\n{tell}"], check=True, capture_output=True, text=True
    )
    loaded: list[str] = json.loads(done.stdout.splitlines()[-1])
    return loaded

"""What a command says on stderr when it cannot do what it was asked: one clear line."""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path

import click


class Problem(click.ClickException):
    """Something the user can mend: one line on stderr says what is wrong and what to do."""

    exit_code = 2


class NothingThere(Problem):
    """There is nothing to run."""

    exit_code = 4


def tell(message: str) -> None:
    """One line on stderr."""
    with suppress(OSError):
        click.echo(f"convspec: {' '.join(message.split())}", err=True)


def fault(error: Exception) -> str:
    """What to say of an error that only a mistake of ours can lead to."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"a fault of convspec itself, please report it: {type(error).__name__}: {error}"
        f" ({Path(frame.filename).name}:{frame.lineno})"
    )

"""The versions that an environment of the matrix holds: ``environments/NAME.txt``.

Such a file is what pip reads: a line ``name==version`` for everything in it, and comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,. -]*\])?\s*==\s*([^\s;#]+)")


def canonical(distribution: str) -> str:
    """The name of a distribution as it is compared, without extras: ``MLX[cpu]`` → ``mlx``."""
    return re.sub(r"[-_.]+", "-", distribution.partition("[")[0].strip()).lower()


def text(environment: str) -> str | None:
    """The pins as they are written; None if there are none for an environment of that name."""
    file = files(__package__).joinpath("environments", f"{environment}.txt")
    try:
        return file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def lines(pins: str) -> Mapping[str, str]:
    """Distribution, by its canonical name → the line that asks pip for it."""
    found = {}
    for raw in pins.splitlines():
        line = re.split(r"(?:^|\s)#", raw)[0].strip()
        if match := _PIN.match(line):
            found[canonical(match[1])] = line
    return found


def versions(pins: str) -> Mapping[str, str]:
    """Distribution, by its canonical name → the version that is pinned."""
    matched = ((name, _PIN.match(line)) for name, line in lines(pins).items())
    return {name: match[2] for name, match in matched if match}


@cache
def pinned(environment: str) -> Mapping[str, str]:
    """The versions of an environment, by canonical name; none where there is no such file."""
    return versions(text(environment) or "")


def same_version(found: str, wanted: str) -> bool:
    """Whether two versions are one; a local part (``2.13.0+cpu``) counts only if it is wanted."""
    if "+" not in wanted:
        found = found.partition("+")[0]
    return _plain(found) == _plain(wanted)


def _plain(version: str) -> str:
    return re.sub(r"(\.0)+$", "", version.strip().lower())


def folder() -> Path:
    """Where environments are built unless told otherwise: in the current folder."""
    return Path(".cache", "environments")

"""The failures that fuzzing has found: one file each, put to the implementation first next time.

A file holds the case's line, which `convspec replay` takes, and in comments what was wrong.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from convspec.saving import file_name, write_text
from convspec.spec.case import Case, CaseError

FOLDER = Path("convspec-fuzz")
"""Where the files are unless something else is said; a folder per adapter in it."""

LAW = "# law: "


class CannotKeep(Exception):  # noqa: N818 - it names what happened
    """The file of a failure cannot be written; the message says where and why."""


@dataclass(frozen=True)
class Kept:
    """A file of the corpus: a case, and the law that it broke."""

    path: Path
    case: Case
    law: str


def folder_of(adapter: str, corpus: Path | None) -> Path:
    """The folder of an adapter's files."""
    return (corpus or FOLDER) / file_name(adapter, "")


def kept(folder: Path) -> Iterator[Kept]:
    """The files of a folder, by name. Raises CaseError for one that cannot be read."""
    for path in sorted(folder.glob("*.case")):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CaseError(f"{path}: it cannot be read: {error}; delete it or mend it") from None
        laws = [line.removeprefix(LAW).strip() for line in lines if line.startswith(LAW)]
        cases = [line for line in lines if line.strip() and not line.startswith("#")]
        if len(laws) != 1 or len(cases) != 1:
            raise CaseError(
                f"{path}: expected one line '{LAW}NAME' and one case; delete it or mend it"
            )
        try:
            yield Kept(path, Case.parse(cases[0]), laws[0])
        except CaseError as error:
            raise CaseError(f"{path}: {error}") from None


def keep(folder: Path, clause: str, law: str, case: str, message: str, seed: int) -> Path:
    """Write the file of a failure; the same failure has the same name. Raises CannotKeep."""
    digest = f"{zlib.crc32(f'{law} {case}'.encode()):08x}"
    path = folder / f"{clause}-{digest}.case"
    said = " ".join(message.split())
    try:
        write_text(path, f"# {clause}: {said}\n{LAW}{law}\n# seed: {seed}\n{case}\n")
    except OSError as error:
        raise CannotKeep(f"cannot keep what was found: {path}: {error.strerror}") from error
    return path

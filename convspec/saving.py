"""Files that a run leaves behind: where they go, and that they are whole or not there at all."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from pathlib import Path

from .strict_json import page


def write_json(path: Path, document: object) -> None:
    """Write a strict JSON document in one step, creating the folder. Raises OSError."""
    write_text(path, page(document))


def write_text(path: Path, text: str) -> None:
    """Write a text in one step, creating the folder. Raises OSError."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step, creating the folder. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise OSError now if `path` could not be written later; creates its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, f"{path.parent} is not a folder") from None
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "there is a folder of that name")
    _draft(path).touch()
    _draft(path).unlink()


def file_name(adapter: str, suffix: str = ".json") -> str:
    """A file name for the report of an adapter: ``torch:no-mkldnn`` → ``torch-no-mkldnn.json``."""
    stem = Path(adapter).stem if adapter.endswith(".py") else adapter
    return (re.sub(r"[^\w.+-]+", "-", stem).strip("-.") or "report") + suffix


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")

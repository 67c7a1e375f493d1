"""What can be wrong with an adapter, its option included: in one line each."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 300


class UnknownAdapter(ValueError):  # noqa: N818 - it names what happened
    """No adapter answers to that name; the message says what is known, in one line."""


class AdapterError(RuntimeError):
    """There is an adapter, but it cannot be used; one line says what, where and what to do."""


def one_line(text: str, most: int = LONGEST) -> str:
    """`text` without line breaks, cut off where nobody reads on."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def describe(error: BaseException) -> str:
    """Type and message of an error, in one line."""
    if isinstance(error, SystemExit):
        return f"it called exit({error.code!r})"
    try:
        message = one_line(str(error))
    except Exception:
        message = "(and its message cannot be shown)"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def place(error: BaseException, file: str | None) -> str:
    """`file:line` where an error arose: the innermost line in `file`, else the innermost of all."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file]
    # The frames of the import machinery say nothing about the fault.
    machinery = ("<frozen", importlib.__file__)
    others = [frame for frame in frames if not frame.filename.startswith(machinery)]
    for frame in reversed(own or others):
        return f"{frame.filename}:{frame.lineno}"
    return file or "unknown place"


def nearest(word: str, known: Collection[str]) -> str:
    """A hint to append: the likeliest of `known`, or nothing."""
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def option_words(name: str, option: str | None, known: Collection[str] = ()) -> tuple[str, ...]:
    """The words of an adapter's option, which commas join; by default it has none.

    Raises UnknownAdapter for a word that is not `known`.
    """
    words = tuple(option.split(",")) if option else ()
    for word in words:
        if word not in known:
            raise unknown_option(name, word, known)
    return words


def option_word(name: str, option: str | None, known: Collection[str]) -> str:
    """The option of an adapter that takes one word, "" for none.

    Raises UnknownAdapter for a word that is not `known`.
    """
    if option and option not in known:
        raise unknown_option(name, option, known)
    return option or ""


def unknown_option(name: str, word: str, known: Collection[str] = ()) -> UnknownAdapter:
    """What is raised for a word that the adapter `name` does not know."""
    rest = f"{nearest(word, known)}; known: {', '.join(known)}" if known else "; it has none"
    return UnknownAdapter(f"{name} has no option {word!r}{rest}")

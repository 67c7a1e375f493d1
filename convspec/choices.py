"""What a user typed, checked before anything runs: operations, clauses, report files, cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from .problems import NothingThere, Problem

OUT = Path("convspec-report")
"""Where reports go unless told otherwise."""


def known_ops(ops: Sequence[str]) -> list[str] | None:
    """The operations, or None for all. Raises Problem for one that does not exist."""
    from .spec.operations import VOCABULARY

    for op in ops:
        if op not in VOCABULARY:
            near = get_close_matches(op, list(VOCABULARY), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(VOCABULARY)}"
            raise Problem(f"--op: unknown operation {op!r}; {hint}")
    return list(ops) or None


def known_clauses(globs: Sequence[str]) -> list[str] | None:
    """The globs, or None for all clauses. Raises Problem for one that matches nothing."""
    if not globs:
        return None
    from .spec.clauses import CLAUSES

    for glob in globs:
        if not any(fnmatchcase(slug, glob) for slug in CLAUSES):
            near = get_close_matches(glob.strip("*"), list(CLAUSES), 3, cutoff=0.4)
            hint = f"; nearest are {', '.join(near)}" if near else ""
            raise Problem(f"--clause: no clause matches {glob!r}{hint} (see convspec list clauses)")
    return list(globs)


def read_cases(text: str) -> list[str]:
    """The canonical lines that an argument of ``replay`` stands for. Raises Problem."""
    from .spec.case import Case, CaseError

    where = ""
    if text == "-":
        where, text = "standard input: ", sys.stdin.read()
    elif len(text.split()) == 1:
        where, text = f"{text}: ", _contents(text)
    try:
        lines = list(dict.fromkeys(_lines(text)))
        if not lines:
            raise NothingThere(f"{where}there is no case in it")
        return [Case.parse(line).line for line in lines]
    except CaseError as error:
        raise Problem(f"{where}{error}") from None


def _contents(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem(
            f"{name!r} is neither a file nor a case; a case is one quoted argument,"
            " such as 'max_pool window=2 x=1x1x4:float32:ramp@0'"
        ) from None
    except OSError as error:
        raise Problem(f"cannot read {name}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Problem(f"cannot read {name}: it is not text") from None


def _lines(text: str) -> Iterator[str]:
    from .spec.case import Case, CaseError

    if not text.lstrip().startswith(("{", "[")):
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line
        return
    if '"kind"' in text.partition("\n")[0]:
        yield from _cases_of_events(text)
        return
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CaseError(f"not a JSON document: {error}") from None
    if not isinstance(document, dict) or "clauses" not in document:
        for entry in document if isinstance(document, list) else [document]:
            yield Case.from_json(entry).line
        return
    try:
        for clause in document["clauses"].values():
            for failure in clause["failures"]:
                yield failure["case"]
    except (KeyError, TypeError, AttributeError):
        raise CaseError("not a report of convspec check") from None


def _cases_of_events(text: str) -> Iterator[str]:
    """The failing cases of a file of events; a last line that was torn is no matter."""
    from .spec.case import CaseError

    for number, line in enumerate(filter(None, text.split("\n")), 1):
        try:
            event = json.loads(line)
            for failure in event.get("failures") or ():
                yield failure["case"]
        except (ValueError, KeyError, TypeError, AttributeError):
            if text.endswith("\n"):
                raise CaseError(f"line {number} is no event of convspec") from None

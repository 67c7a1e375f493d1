"""A program that shows one failure: imports, arrays, the call, expected and got."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from convspec.adapters.opening import Adapter

from .calls import Array, Call
from .literals import LAID_OUT, arranged, literal, needs
from .shown import Shown
from .words import words_for


def program(
    shown: Shown, adapter: Adapter, case: str, clause: str, message: str, limit: float
) -> str | None:
    """The program's text; None if the adapter cannot be called from a program of its own.

    It prints what is expected and what came, and exits with 1 where these differ, with 0 where
    they agree; a crash ends it with its signal.
    """
    imports: list[str] = ["import numpy as np"]
    body: list[str] = []
    last = len(shown.calls) - 1
    seen: dict[bytes, str] = {}
    names: dict[str, str] = {}
    for i, call in enumerate(shown.calls):
        suffix = "" if i == last else f"_{i + 1}"
        names = {}
        for name, stored in call.inputs.items():
            variable = name + suffix
            key = (
                stored.values.tobytes()
                + repr((stored.values.shape, str(stored.values.dtype), stored.strides)).encode()
            )
            # What was handed over before is handed over again: its memory may matter.
            if shown.check != "input" and key in seen:
                names[name] = seen[key]
                continue
            seen[key] = names[name] = variable
            body += arranged(variable, stored)
        words = words_for(adapter, call, names)
        if words is None:
            return None
        imports += [line for line in words.imports if line not in imports]
        body += _tested(shown, call, names, words.lines, i, last, limit)
    body += _verdict(shown)
    if any("laid_out(" in line for line in body):
        body = [*LAID_OUT.strip().splitlines(), "", "", *body]
    if any('"bfloat16"' in line for line in body):
        imports.insert(0, "import ml_dtypes  # NumPy's bfloat16")
    modules = {*needs(body), *(m for m in ("faulthandler", "sys") if _uses(m, body))}
    plain = sorted({f"import {module}" for module in modules} | {
        line for line in imports if re.fullmatch(r"import (sys|os)", line)
    })  # fmt: skip
    rest = [line for line in imports if line not in plain]
    head = [f"# {line}" for line in _head(adapter, case, clause, message)]
    spaced = ["", *plain] if plain else []
    return "\n".join([*head, *spaced, "", *rest, "", *body]) + "\n"


def _head(adapter: Adapter, case: str, clause: str, message: str) -> list[str]:
    version = "" if adapter.version == "unknown" else f" {adapter.version}"
    said = wrap(" ".join(message.split()), 95)
    return [f"{adapter.name}{version}, {clause}", *said, case]


def _uses(module: str, lines: Sequence[str]) -> bool:
    return any(f"{module}." in line for line in lines)


def _tested(
    shown: Shown, call: Call, names: dict[str, str], lines: Sequence[str], i: int, last: int,
    limit: float,
) -> list[str]:  # fmt: skip
    """A call, and around the decisive one what its outcome is compared with."""
    if i < last:
        kept = [f"first = np.array(results[{_differing(shown)}])"]
        return [*lines, *(kept if shown.check == "repeats" and i == 0 else [])]
    match shown.check:
        case "value":
            assert shown.expected is not None
            before = literal("expected", _narrow(shown))
            if shown.bound is not None:
                before += ["# how far rounding can take a correct result, cell by cell"]
                before += literal("bound", _finite(shown))
            return [*before, *lines, f"got = np.asarray(results[{shown.result}])"]
        case "repeats":
            return [*lines, f"expected, got = first, np.asarray(results[{_differing(shown)}])"]
        case "raises":
            before = ['expected = "a result"']
            if shown.expected is not None:
                before = literal("expected", _narrow(shown))
            caught = [
                "try:", *(f"    {line}" for line in lines), "    got = np.asarray(results[0])",
                "except Exception as error:", '    got = f"{type(error).__name__}: {error}"',
            ]  # fmt: skip
            return [*before, *caught]
        case "refuses":
            why = f": {shown.why}" if shown.why else ""
            return [
                f"expected = {f'an error{why}'!r}", "try:", *(f"    {line}" for line in lines),
                "    got = np.asarray(results[0])", "except Exception:", "    got = expected",
            ]  # fmt: skip
        case "input":
            name = names[shown.why]
            return [f"expected = {name}.copy()", *lines, f"got = {name}"]
        case "dies":
            return ['print("expected: a result, or an error", flush=True)', *lines]
        case "hangs":
            return [
                f'print("expected: an answer within {limit:g} seconds", flush=True)',
                f"faulthandler.dump_traceback_later({limit:g}, exit=True)", *lines,
            ]  # fmt: skip
    raise AssertionError(shown.check)


def _verdict(shown: Shown) -> list[str]:
    if shown.check in ("dies", "hangs"):
        return ['print("got: a result")']
    said = ['print("expected:", expected, "got:", got, sep="\\n")']
    if shown.check == "refuses":
        return [*said, "raise SystemExit(0 if got is expected else 1)"]
    if shown.check == "raises":
        return [*said, "raise SystemExit(1 if isinstance(got, str) else 0)"]
    if shown.bound is None:
        same = "np.array_equal(got, expected, equal_nan=True)"
        return [*said, f"raise SystemExit(0 if {same} else 1)"]
    right = "(got == expected) | (np.abs(got - expected) <= bound)"
    if shown.expected is not None and np.isnan(shown.expected).any():
        right += " | np.isnan(got) & np.isnan(expected)"
    return [
        *said, "if got.shape == expected.shape:", '    got = got.astype("float64")',
        f"    raise SystemExit(0 if ({right}).all() else 1)", "raise SystemExit(1)",
    ]  # fmt: skip


def _narrow(shown: Shown) -> Array:
    """The expected result in the type of the result, where that loses nothing."""
    assert shown.expected is not None
    expected = np.asarray(shown.expected)
    results = shown.calls[-1].results
    if results is None or shown.result >= len(results):
        return expected
    with np.errstate(all="ignore"):
        narrow = expected.astype(results[shown.result].dtype)
        same = np.array_equal(narrow.astype(expected.dtype), expected, equal_nan=True)
    return narrow if same else expected


def _finite(shown: Shown) -> Array:
    """The bound, 0 where there is none: what is not finite has to be equal."""
    with np.errstate(all="ignore"):
        known = np.isfinite(np.asarray(shown.bound)) & np.isfinite(np.asarray(shown.expected))
    return np.where(known, np.asarray(shown.bound, np.float64), 0.0)


def _differing(shown: Shown) -> int:
    """Which result of two equal calls is not the same."""
    one, other = shown.calls[0].results or [], shown.calls[-1].results or []
    for i, (a, b) in enumerate(zip(one, other, strict=False)):
        if not np.array_equal(a, b, equal_nan=True):
            return i
    return 0

"""The language of predicates: a small part of Python's expressions, over the facts of a case.

    groups >= 2 and stride[0] > kernel[0]
    any(stride > kernel and dilation > 1)          on some axis, both on the same one
    dtype in ("float16", "float32") and "channels_last" in layouts
    bias and not ceil_mode

Numbers are compared and combined with ``+ - * // %``; words are compared with ``==``, ``!=`` and
``in``; flags stand alone. A fact with a number per axis is indexed (``stride[0]``, ``stride[-1]``
for the last axis) or stands inside ``any(…)`` or ``all(…)``, axis by axis. A comparison in which
something is missing, because the operation or the case lacks it, is false.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import repeat
from typing import Any, NoReturn

from convspec.spec.case import Case

from .facts import FACTS, FLAG, NUMBER, NUMBERS, WORD, WORDS, Facts
from .spelling import spelt

LONGEST = 2000
"""Characters that a predicate may have."""

DEEPEST = 40
"""Brackets and operators that may stand inside one another."""

FLAGS = "flags"
"""One truth value per axis: what stands inside any(…) and all(…)."""

Value = Callable[[Facts], Any]


class PredicateError(ValueError):
    """A predicate that cannot be read; the message is one line that says what, where and what to
    write instead. `column` counts characters of the text from 1; None where it is all of it."""

    def __init__(self, message: str, column: int | None = None) -> None:
        place = "" if column is None else f"column {column}: "
        super().__init__(place + message)
        self.column = column


@dataclass(frozen=True)
class Predicate:
    """A region of the case space. Equal texts in canonical spelling are equal predicates."""

    text: str
    names: frozenset[str]
    _holds: Value

    @classmethod
    def parse(cls, text: str) -> Predicate:
        """Read a predicate. Raises PredicateError with one line on what is wrong and where."""
        if not isinstance(text, str):
            raise PredicateError(f"a predicate is a text, not {text!r}")
        return _parse(text)

    def holds(self, case: Case) -> bool:
        """Whether the case lies in the region; it need not be a valid one."""
        return bool(self._holds(Facts(case)))

    def holds_for(self, facts: Facts) -> bool:
        """`holds`, for facts that several predicates are asked about."""
        return bool(self._holds(facts))

    def __str__(self) -> str:
        """The canonical text, which `parse` reads."""
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Predicate) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        return Predicate.parse, (self.text,)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Predicate:
    if not text.strip():
        raise PredicateError("empty predicate; write a condition such as any(stride > kernel)")
    if len(text) > LONGEST:
        raise PredicateError(f"a predicate of {len(text)} characters; {LONGEST} are allowed")
    flat = "".join(" " if mark.isspace() else mark for mark in text)
    start = len(flat) - len(flat.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(flat.strip(), mode="eval").body
    except SyntaxError as error:
        column = None if error.offset is None else start + max(error.offset, 1)
        lone = re.search(r"(?<![<>=!])=(?!=)", flat)
        if lone:
            raise PredicateError("= compares nothing; write ==", lone.start() + 1) from None
        raise PredicateError(f"cannot read it: {error.msg}", column) from None
    except (ValueError, RecursionError, MemoryError):
        raise PredicateError("cannot read it: it is no expression, or a too deep one") from None
    reader = _Reader(flat.strip(), start)
    kind, holds = reader.read(tree, 0)
    if kind != FLAG:
        reader.fail(tree, f"{reader.quote(tree)} is no condition; compare it")
    if not reader.names:
        raise PredicateError(
            'it says nothing about a case; name a fact, such as in op == "conv"'
        )  # fmt: skip
    return Predicate(spelt(tree), frozenset(reader.names), holds)


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class _Reader:
    """Turns an expression into a function of facts, and checks kinds while it does.

    Every part becomes its kind and a function; numbers and words may come out as None, for
    something that is missing. Truth values never are.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._inside = ""
        """The any or all that is being read."""
        self.names: set[str] = set()

    def fail(self, node: ast.AST, message: str) -> NoReturn:
        offset = getattr(node, "col_offset", 0)  # in bytes of UTF-8
        before = self._text.encode()[:offset].decode(errors="replace")
        raise PredicateError(message, self._start + len(before) + 1)

    def quote(self, node: ast.AST) -> str:
        found = ast.get_source_segment(self._text, node) or "this"
        return found if len(found) <= 40 else found[:37] + "..."

    def read(self, node: ast.expr, depth: int) -> tuple[str, Value]:
        if depth > DEEPEST:
            self.fail(node, f"more than {DEEPEST} things inside one another")
        depth += 1
        match node:
            case ast.Constant(value=value):
                return self._constant(node, value)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Subscript():
                return self._indexed(node)
            case ast.BoolOp(op=op, values=values):
                return self._joined(isinstance(op, ast.And), values, depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._negated(operand, depth)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                kind, number = self._numeric(operand, depth)
                return kind, _combined(operator.mul, kind, number, NUMBER, lambda _: -1)
            case ast.BinOp(left=left, op=op, right=right):
                apply = _ARITHMETIC.get(type(op))
                if apply is None:
                    self.fail(node, f"{self.quote(node)}: numbers are combined with + - * // %")
                a, one = self._numeric(left, depth)
                b, other = self._numeric(right, depth)
                return NUMBERS if NUMBERS in (a, b) else NUMBER, _combined(apply, a, one, b, other)
            case ast.Compare():
                return self._compared(node, depth)
            case ast.Call():
                return self._quantified(node, depth)
        self.fail(node, f"{self.quote(node)} is nothing that a predicate may hold")

    def _constant(self, node: ast.expr, value: Any) -> tuple[str, Value]:
        if isinstance(value, bool):
            return FLAG, lambda _: value
        if isinstance(value, (int, float)) and abs(value) < 1e15:
            return NUMBER, lambda _: value
        if isinstance(value, str):
            return WORD, lambda _: value
        self.fail(node, f"{self.quote(node)}: expected a number, a word in quotes, True or False")

    def _name(self, node: ast.expr, name: str) -> tuple[str, Value]:
        fact = FACTS.get(name)
        if fact is None:
            self.fail(node, f"unknown name {name}{_nearest(name, FACTS)}")
        self.names.add(name)
        if fact.kind == NUMBERS and not self._inside:
            self.fail(
                node,
                f"{name} has a number per axis: write any({name} …), all({name} …) or {name}[0]",
            )
        if fact.kind == FLAG:
            return FLAG, lambda facts: facts[name] is True
        return fact.kind, lambda facts: facts[name]

    def _indexed(self, node: ast.Subscript) -> tuple[str, Value]:
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        fact = FACTS.get(name)
        if name and fact is None:
            self.fail(node, f"unknown name {name}{_nearest(name, FACTS)}")
        if fact is None or fact.kind != NUMBERS:
            self.fail(node, f"{self.quote(node.value)} has no number per axis to index")
        try:
            axis = ast.literal_eval(node.slice)
        except ValueError:
            axis = None
        if type(axis) is not int or not -3 <= axis <= 2:
            self.fail(node, f"{self.quote(node)}: an axis is 0, 1 or 2, or -1 for the last one")
        self.names.add(name)

        def value(facts: Facts) -> Any:
            vector = facts[name]
            within = vector is not None and -len(vector) <= axis < len(vector)
            return vector[axis] if within else None

        return NUMBER, value

    def _numeric(self, node: ast.expr, depth: int) -> tuple[str, Value]:
        kind, value = self.read(node, depth)
        if kind not in (NUMBER, NUMBERS):
            self.fail(node, f"{self.quote(node)} is no number")
        return kind, value

    def _condition(self, node: ast.expr, depth: int) -> tuple[str, Value]:
        kind, value = self.read(node, depth)
        if kind not in (FLAG, FLAGS):
            self.fail(node, f"{self.quote(node)} is no condition; compare it")
        return kind, value

    def _negated(self, node: ast.expr, depth: int) -> tuple[str, Value]:
        kind, value = self._condition(node, depth)
        if kind == FLAGS:
            return kind, lambda facts: [not flag for flag in value(facts)]
        return kind, lambda facts: not value(facts)

    def _joined(self, every: bool, nodes: list[ast.expr], depth: int) -> tuple[str, Value]:
        parts = [self._condition(node, depth) for node in nodes]
        values = [value for _, value in parts]
        if all(kind == FLAG for kind, _ in parts):
            if every:
                return FLAG, lambda facts: all(value(facts) for value in values)
            return FLAG, lambda facts: any(value(facts) for value in values)
        join = all if every else any

        def axis_by_axis(facts: Facts) -> list[bool]:
            rows = [
                value(facts) if kind == FLAGS else repeat(value(facts), facts.case.rank)
                for kind, value in parts
            ]
            return [join(flags) for flags in zip(*rows, strict=False)]

        return FLAGS, axis_by_axis

    def _compared(self, node: ast.Compare, depth: int) -> tuple[str, Value]:
        sides = [node.left, *node.comparators]
        links = [
            self._link(left, op, right, depth)
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        if len(links) == 1:
            return links[0]
        kind = FLAGS if any(kind == FLAGS for kind, _ in links) else FLAG
        if kind == FLAG:
            return kind, lambda facts: all(value(facts) for _, value in links)

        def axis_by_axis(facts: Facts) -> list[bool]:
            rows = [
                value(facts) if kind == FLAGS else repeat(value(facts), facts.case.rank)
                for kind, value in links
            ]
            return [all(flags) for flags in zip(*rows, strict=False)]

        return kind, axis_by_axis

    def _link(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, depth: int
    ) -> tuple[str, Value]:
        if isinstance(op, (ast.In, ast.NotIn)):
            return self._among(left, isinstance(op, ast.In), right, depth)
        compare = _COMPARISONS.get(type(op))
        if compare is None:
            self.fail(left, "things are compared with == != < <= > >= and in")
        (a, one), (b, other) = self.read(left, depth), self.read(right, depth)
        numeric = {a, b} <= {NUMBER, NUMBERS}
        ordered = not isinstance(op, (ast.Eq, ast.NotEq))
        if FLAG in (a, b):
            flag = self.quote(left if a == FLAG else right)
            self.fail(left, f"{flag} is no number and no word: write {flag}, or not {flag}")
        if not numeric and (a != b or a != WORD or ordered):
            self.fail(
                left,
                f"{self.quote(left)} ({_called(a)}) cannot be compared with {self.quote(right)}"
                f" ({_called(b)}) in this way",
            )
        self._require_words([left], right)
        self._require_words([right], left)
        if NUMBERS in (a, b):
            return FLAGS, _matched(compare, a, one, b, other)

        def holds(facts: Facts) -> bool:
            x, y = one(facts), other(facts)
            return x is not None and y is not None and compare(x, y)

        return FLAG, holds

    def _among(
        self, left: ast.expr, within: bool, right: ast.expr, depth: int
    ) -> tuple[str, Value]:
        kind, value = self.read(left, depth)
        if isinstance(right, (ast.Tuple, ast.List)):
            words = kind == WORD
            if kind not in (WORD, NUMBER, NUMBERS):
                self.fail(left, f"{self.quote(left)} ({_called(kind)}) is in no list")
            parts = [self.read(entry, depth) for entry in right.elts]
            for entry, (part, _) in zip(right.elts, parts, strict=True):
                plain = isinstance(entry, (ast.Constant, ast.UnaryOp))
                if not plain or part != (WORD if words else NUMBER):
                    expected = "words" if words else "numbers"
                    self.fail(entry, f"{self.quote(entry)}: expected {expected} after in")
            if not parts:
                self.fail(right, "nothing is in an empty list")
            self._require_words(right.elts, left)
            nothing: Any = None
            known = frozenset(entry(nothing) for _, entry in parts)
            if kind == NUMBERS:

                def of_each(facts: Facts) -> list[bool]:
                    vector = value(facts)
                    if vector is None:
                        return [False] * facts.case.rank
                    return [(n is not None and n in known) == within for n in vector]

                return FLAGS, of_each

            def listed(facts: Facts) -> bool:
                one = value(facts)
                return one is not None and (one in known) == within

            return FLAG, listed
        if not (isinstance(right, ast.Name) and self.read(right, depth)[0] == WORDS):
            self.fail(right, f"{self.quote(right)}: expected a list in brackets, or layouts")
        if kind != WORD:
            self.fail(left, f"{self.quote(left)} is no word")
        self._require_words([left], right)
        name = right.id
        return FLAG, lambda facts: (value(facts) in facts[name]) == within

    def _require_words(self, constants: Collection[ast.expr], other: ast.expr) -> None:
        """Words that are compared with a fact must be among those that it can be."""
        fact = FACTS.get(other.id) if isinstance(other, ast.Name) else None
        for node in constants:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if fact is None or not fact.words:
                    self.fail(node, f"{self.quote(node)} is compared with no fact of words")
                if node.value not in fact.words:
                    nearest = _nearest(node.value, fact.words)
                    self.fail(node, f"{fact.name} is never {self.quote(node)}{nearest}")

    def _quantified(self, node: ast.Call, depth: int) -> tuple[str, Value]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in ("any", "all"):
            self.fail(node, f"{self.quote(node.func)}: the only functions are any(…) and all(…)")
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            self.fail(node, f"{name}(…) takes one condition; join several with and, or")
        if self._inside:
            self.fail(node, f"{name}(…) stands inside {self._inside}(…)")
        self._inside = name
        kind, value = self._condition(node.args[0], depth)
        self._inside = ""
        if kind != FLAGS:
            self.fail(node, f"nothing in {self.quote(node)} has a number per axis")
        if name == "any":
            return FLAG, lambda facts: any(value(facts))

        def every(facts: Facts) -> bool:
            flags = value(facts)
            return bool(flags) and all(flags)

        return FLAG, every


def _combined(apply: Callable[[Any, Any], Any], a: str, one: Value, b: str, other: Value) -> Value:
    """Numbers combined, axis by axis where there is one per axis; None where that has no value."""

    def pair(x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        try:
            return apply(x, y)
        except ZeroDivisionError:
            return None

    if a == b == NUMBER:
        return lambda facts: pair(one(facts), other(facts))

    def axis_by_axis(facts: Facts) -> Any:
        x, y = one(facts), other(facts)
        if x is None or y is None:
            return None
        xs = x if a == NUMBERS else repeat(x)
        ys = y if b == NUMBERS else repeat(y)
        return [pair(m, n) for m, n in zip(xs, ys, strict=False)]

    return axis_by_axis


def _matched(
    compare: Callable[[Any, Any], bool], a: str, one: Value, b: str, other: Value
) -> Value:
    """A comparison axis by axis; false on every axis where a side is missing."""

    def axis_by_axis(facts: Facts) -> list[bool]:
        x, y = one(facts), other(facts)
        if x is None or y is None:
            return [False] * facts.case.rank
        xs = x if a == NUMBERS else repeat(x)
        ys = y if b == NUMBERS else repeat(y)
        return [
            m is not None and n is not None and compare(m, n)
            for m, n in zip(xs, ys, strict=False)
        ]  # fmt: skip

    return axis_by_axis


def _called(kind: str) -> str:
    return {
        NUMBER: "a number", NUMBERS: "a number per axis", WORD: "a word", WORDS: "words",
        FLAG: "a condition", FLAGS: "a condition per axis",
    }[kind]  # fmt: skip


def _nearest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    if near:
        return f"; did you mean {near[0]}?"
    if len(known) <= 20:
        return f"; known are {', '.join(known)}"
    return (
        "; known are op, dtype, rank, groups, stride, kernel … (convspec.predicates.FACTS has all)"
    )

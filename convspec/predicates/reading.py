"""From an expression to a function of facts, with every kind checked on the way."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any, NoReturn

from .axiswise import FLAGS, Value, combined, joined, matched
from .facts import FACTS, FLAG, NUMBER, NUMBERS, WORD, WORDS, Facts

DEEPEST = 40
"""Brackets and operators that may stand inside one another."""


class PredicateError(ValueError):
    """A predicate that cannot be read; the message is one line that says what, where and what to
    write instead. `column` counts characters of the text from 1; None where it is all of it."""

    def __init__(self, message: str, column: int | None = None) -> None:
        place = "" if column is None else f"column {column}: "
        super().__init__(place + message)
        self.column = column


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


class Reader:
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
        """Raise PredicateError for a part of the text."""
        offset = getattr(node, "col_offset", 0)  # in bytes of UTF-8
        before = self._text.encode()[:offset].decode(errors="replace")
        raise PredicateError(message, self._start + len(before) + 1)

    def quote(self, node: ast.AST) -> str:
        """The text of a part, shortened."""
        found = ast.get_source_segment(self._text, node) or "this"
        return found if len(found) <= 40 else found[:37] + "..."

    def read(self, node: ast.expr, depth: int) -> tuple[str, Value]:
        """The kind of a part, and what gives its value. Raises PredicateError."""
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
                return kind, combined(operator.mul, kind, number, NUMBER, lambda _: -1)
            case ast.BinOp(left=left, op=op, right=right):
                apply = _ARITHMETIC.get(type(op))
                if apply is None:
                    self.fail(node, f"{self.quote(node)}: numbers are combined with + - * // %")
                a, one = self._numeric(left, depth)
                b, other = self._numeric(right, depth)
                return NUMBERS if NUMBERS in (a, b) else NUMBER, combined(apply, a, one, b, other)
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
        return FLAGS, joined(all if every else any, parts)

    def _compared(self, node: ast.Compare, depth: int) -> tuple[str, Value]:
        sides = [node.left, *node.comparators]
        links = [
            self._link(left, op, right, depth)
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        if len(links) == 1:
            return links[0]
        if any(kind == FLAGS for kind, _ in links):
            return FLAGS, joined(all, links)
        return FLAG, lambda facts: all(value(facts) for _, value in links)

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
            return FLAGS, matched(compare, a, one, b, other)

        def holds(facts: Facts) -> bool:
            x, y = one(facts), other(facts)
            return x is not None and y is not None and compare(x, y)

        return FLAG, holds

    def _among(
        self, left: ast.expr, within: bool, right: ast.expr, depth: int
    ) -> tuple[str, Value]:
        kind, value = self.read(left, depth)
        if isinstance(right, (ast.Tuple, ast.List)):
            return self._listed(left, (kind, value), within, right, depth)
        if not (isinstance(right, ast.Name) and self.read(right, depth)[0] == WORDS):
            self.fail(right, f"{self.quote(right)}: expected a list in brackets, or layouts")
        if kind != WORD:
            self.fail(left, f"{self.quote(left)} is no word")
        self._require_words([left], right)
        name = right.id

        def held(facts: Facts) -> bool:
            word = value(facts)
            return word is not None and (word in facts[name]) == within

        return FLAG, held

    def _listed(
        self, left: ast.expr, read: tuple[str, Value], within: bool, right: ast.Tuple | ast.List,
        depth: int,
    ) -> tuple[str, Value]:  # fmt: skip
        kind, value = read
        if kind not in (WORD, NUMBER, NUMBERS):
            self.fail(left, f"{self.quote(left)} ({_called(kind)}) is in no list")
        if not right.elts:
            self.fail(right, "nothing is in an empty list")
        wanted = WORD if kind == WORD else NUMBER
        for entry in right.elts:
            bare = entry.operand if isinstance(entry, ast.UnaryOp) else entry
            if not isinstance(bare, ast.Constant) or self.read(entry, depth)[0] != wanted:
                expected = "words" if wanted == WORD else "numbers"
                self.fail(entry, f"{self.quote(entry)}: expected {expected} after in")
        self._require_words(right.elts, left)
        known = frozenset(ast.literal_eval(entry) for entry in right.elts)
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

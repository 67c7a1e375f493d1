"""The canonical spelling of a predicate: one text for one tree, whatever the Python.

Brackets stand only where they are needed, lists are in round ones, words in double quotes, and
``(a and b) and c`` is ``a and b and c``.
"""

from __future__ import annotations

import ast

SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or",
}  # fmt: skip

_OR, _AND, _NOT, _COMPARED, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)


def spelt(node: ast.expr) -> str:
    """The text of a tree that was read as a predicate. Raises TypeError for any other."""
    return _spelt(node)[0]


def _spelt(node: ast.expr) -> tuple[str, int]:
    """The text, and how closely it holds together."""
    match node:
        case ast.BoolOp(op=op, values=values):
            level = _AND if isinstance(op, ast.And) else _OR
            return f" {SYMBOLS[type(op)]} ".join(_within(v, level) for v in values), level
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"not {_within(operand, _NOT)}", _NOT
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_within(operand, _SIGN)}", _SIGN
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            text = _within(left, _SUM)
            for sign, right in zip(ops, comparators, strict=True):
                text += f" {SYMBOLS[type(sign)]} {_within(right, _SUM)}"
            return text, _COMPARED
        case ast.BinOp(left=left, op=op, right=right):
            level = _SUM if isinstance(op, (ast.Add, ast.Sub)) else _PRODUCT
            # a - (b - c) is not a - b - c.
            one, other = _within(left, level), _within(right, level + 1)
            return f"{one} {SYMBOLS[type(op)]} {other}", level
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return f"{name}({spelt(argument)})", _ATOM
        case ast.Subscript(value=ast.Name(id=name), slice=axis):
            return f"{name}[{spelt(axis)}]", _ATOM
        case ast.Tuple(elts=entries) | ast.List(elts=entries):
            return f"({', '.join(map(spelt, entries))}{',' if len(entries) == 1 else ''})", _ATOM
        case ast.Name(id=name):
            return name, _ATOM
        case ast.Constant(value=str(word)):
            return f'"{word}"', _ATOM
        case ast.Constant(value=value):
            return repr(value), _ATOM
    raise TypeError(f"{ast.dump(node)} is no part of a predicate")


def _within(node: ast.expr, level: int) -> str:
    text, own = _spelt(node)
    return text if own >= level else f"({text})"

"""Whether a case can be the witness of a failure: whether some law of the clauses is about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from convspec.law import Law, all_laws
from convspec.spec.case import Case
from convspec.spec.claims import Claims
from convspec.validity import is_valid


def laws_about(
    case: Case, clauses: Iterable[str], laws: Mapping[str, Law], claims: Claims
) -> list[Law]:
    """The laws of these clauses (globs) that a case can be put to, for an implementation with
    these claims. None are, if it does not claim the operation."""
    op = case.op.name
    claimed = claims.ops.get(op)
    if claimed is None:
        return []
    valid = is_valid(case, claims)
    return [
        law
        for law in _of(op, clauses, laws)
        if law.claimed_by(claimed) and law.applies_to(case, valid)
    ]


def why_no_witness(case: Case, clauses: tuple[str, ...]) -> str:
    """Why no law of the clauses is about a case, whatever is claimed; empty if one is."""
    named, op = ", ".join(clauses), case.op.name
    laws = _of(op, clauses, all_laws())
    if not laws:
        return f"no law of {named} is about {op}"
    # In another dialect a cotangent may have another shape, and more cases may be valid.
    valid = is_valid(case)
    if any(law.applies_to(case, valid) for law in laws):
        return ""
    unsure = "g" in case
    if any(law.applies_to(case, not valid) for law in laws):
        if valid:
            return f"it is a valid case, and {named} is about invalid ones"
        return "" if unsure else f"it is an invalid case, and {named} is about valid ones"
    if not unsure and all(law.gradient for law in laws):
        return f"{named} is about gradients: it needs a cotangent g=…"
    if unsure and not any(law.gradient for law in laws):
        return f"{named} is not about gradients: leave the cotangent g=… out"
    return f"no law of {named} is about such a case (rank, contents or parameters)"


def _of(op: str, clauses: Iterable[str], laws: Mapping[str, Law]) -> list[Law]:
    return [
        law
        for law in laws.values()
        if op in law.ops and any(fnmatchcase(law.slug(op), glob) for glob in clauses)
    ]

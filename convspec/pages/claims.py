"""The claims of the source notes with the clauses and laws that make them precise."""

from __future__ import annotations

from convspec.claim_table import Row, rows
from convspec.spec.clauses import Clause
from convspec.spec.source_claims import GROUPS

from .layout import PAGE_OF
from .markdown import code, plain


def claims() -> str:
    """Every claim, by what it is about."""
    said, group = [], ""
    for row in rows():
        letter = row.claim.id[0]
        if letter != group:
            said.append(f"## {GROUPS[letter][:1].upper()}{GROUPS[letter][1:]}")
            group = letter
        said.append(_claim(row))
    return "\n\n".join(said)


def _claim(row: Row) -> str:
    claim = row.claim
    lines = [
        f'<a id="{claim.id}"></a>',
        f"**{claim.id}** · {claim.verdict} · {', '.join(claim.documents)}\\",
        f"{plain(claim.statement)}\\",
        f"<sub>{_held(row)}</sub>",
    ]
    said = "\n".join(lines)
    return f"{said}\n\n> Note: {plain(claim.note)}" if claim.note else said


def _held(row: Row) -> str:
    """The clauses, those of one point together, each a link."""
    points: dict[str, list[Clause]] = {}
    for clause in row.clauses:
        points.setdefault(clause.slug.partition(".")[2], []).append(clause)
    links = []
    for point, clauses in points.items():
        ops = [clause.slug.partition(".")[0] for clause in clauses]
        places = (f"[{code(op)}]({PAGE_OF[op].name}.md#{op}.{point})" for op in ops)
        links.append(f"{point} ({', '.join(places)})")
    many = len(row.laws)
    held = f"{many} law{'s' if many != 1 else ''}" if many else "no law, checked by derivation"
    return f"clauses {'; '.join(links)} · {held}"

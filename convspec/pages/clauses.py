"""The clauses of a page: statement, formula, sources, and the law that holds one to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from convspec.law import Law, all_laws
from convspec.layers import comes
from convspec.spec.clauses import CLAUSES, Clause, Example
from convspec.spec.dialects import DIALECT_POINTS

from .elsewhere import place
from .layout import HEADINGS, PAGES, Page, Theme, clauses_of, theme_of
from .markdown import code, plain

CLAIM = re.compile(r"[CTPOGN]\d+")


def clause_list(page: Page, heading: str) -> str:
    """The clauses of a page under a heading, theme by theme; what several share is said once.

    Raises ``ValueError`` for a heading that no page has.
    """
    if heading not in HEADINGS:
        raise ValueError(f"clauses stand under {', '.join(HEADINGS)}, not under {heading!r}")
    themes: dict[Theme, dict[Clause, list[str]]] = {}
    for clause in clauses_of(page, heading):
        alike = replace(clause, slug=clause.slug.partition(".")[2], examples=())
        themes.setdefault(theme_of(clause), {}).setdefault(alike, []).append(clause.slug)
    said = []
    for theme, shared in themes.items():
        said.append(f"### {plain(theme.about)}")
        said += [_entry(clause, slugs) for clause, slugs in shared.items()]
    return "\n\n".join(said)


def _entry(clause: Clause, slugs: list[str]) -> str:
    """One statement, with an anchor for each of its slugs, in one paragraph."""
    named = ", ".join(f"**{code(slug)}**" for slug in slugs)
    lines = [
        " ".join(f'<a id="{slug}"></a>' for slug in slugs),
        f"{named} · {clause.level}",
        plain(clause.statement),
        *([code(clause.formula)] if clause.formula else []),
        *(_example(example) for slug in slugs for example in CLAUSES[slug].examples),
        f"<sub>{_checked(clause, slugs)} · {_sources(clause)}</sub>",
    ]
    said = "\n".join([lines[0], "\\\n".join(lines[1:])])
    return f"{said}\n\n> Note: {plain(clause.note)}" if clause.note else said


def _example(example: Example) -> str:
    """A case, and what comes of it."""
    return f"<sub>{code(example.case)} → {comes(example)}</sub>"


def laws_of(slug: str) -> list[Law]:
    """The laws that hold an implementation to a clause."""
    op = slug.partition(".")[0]
    return [law for law in all_laws().values() if op in law.ops and law.slug(op) == slug]


def _checked(clause: Clause, slugs: list[str]) -> str:
    laws = {law.name: law for slug in slugs for law in laws_of(slug)}
    if not laws:
        return f"no law: {plain(clause.unlawful)}" if clause.unlawful else "no law yet"
    links = [f"[{code(name)}]({_source(law)})" for name, law in laws.items()]
    return f"law{'s' if len(laws) > 1 else ''} {', '.join(links)}"


def _source(law: Law) -> str:
    return f"../tests/conformance/{Path(law.check.__code__.co_filename).name}"


def _sources(clause: Clause) -> str:
    claims = [s for s in clause.sources if CLAIM.fullmatch(s)]
    said = [_linked(s) for s in clause.sources if s not in claims]
    if claims:
        links = ", ".join(f"[{claim}](claims.md#{claim})" for claim in claims)
        said.append(f"claim{'s' if len(claims) > 1 else ''} {links}")
    return "; ".join(said) if said else f"since {clause.since}"


def _linked(source: str) -> str:
    """A source; a dialect point is a place on its page."""
    kind, _, name = source.rpartition(" ")
    if name not in DIALECT_POINTS:
        return plain(source)
    return f"{kind} [{code(name)}]({PAGES['dialects'].name}.md#{place(name)})"

"""``FINDINGS.md``: every finding that is recorded, for people who know the library and not us."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from convspec.adapters.backends import BACKENDS
from convspec.pages.layout import PAGE_OF
from convspec.pages.markdown import code, plain, table

from .entry import EVERY_VERSION, Entry
from .findings import Finding

HEAD = """\
# Findings

What implementations were found to get wrong when the suite was run: each is wrong by a clause of
the specification, on input that the library offers to take, and against two implementations that
have nothing to do with each other. What a library legitimately does otherwise is in
[`spec/dialects.md`](spec/dialects.md); what it refuses or lacks is not held against it.

This page is written by `convspec findings --write FINDINGS.md` from the records in
[`adapters/known`](adapters/known). `convspec findings` runs every program below where its library
is installed and says whether it still fails.
"""


def page(findings: Iterable[Finding]) -> str:
    """The page, as Markdown."""
    found = list(findings)
    parts = [HEAD.rstrip(), _contents(found)]
    for file, group in groupby(found, lambda finding: finding.file):
        parts.append(f"## {file}")
        backend = BACKENDS.get(file)
        if backend is not None:
            what = f"{plain(backend.what.partition(';')[0])}."
            parts.append(f"{what} To install it: {code(backend.install)}.")
        parts += [_one(finding) for finding in group]
    return "\n\n".join(parts) + "\n"


def _contents(found: list[Finding]) -> str:
    rows = [
        (f"[{plain(f.name)}](#{_anchor(f)})", plain(", ".join(f.failing)), code(_op(f)),
         plain(f.entries[0].reason))
        for f in found
    ]  # fmt: skip
    return (
        table(("finding", "versions", "operation", "what"), rows) if rows else "None is recorded."
    )


def _anchor(finding: Finding) -> str:
    return f"{finding.file}-{finding.short}"


def _op(finding: Finding) -> str:
    return finding.case.op.name


def _one(finding: Finding) -> str:
    said = [f'<a id="{_anchor(finding)}"></a>\n### {finding.name}']
    said.append(plain(finding.entries[0].reason))
    clause = finding.broken
    if clause is not None:
        where = PAGE_OF[clause.slug.partition(".")[0]].name
        link = f"[{code(clause.slug)}](spec/{where}.md#{clause.slug})"
        said.append(f"**Wrong by** {link}: {plain(clause.statement)}")
    said.append(f"**Smallest case:** {code(finding.case.line)}")
    said.append(_regions(finding))
    facts = [
        ("Agree with the definition", "; ".join(finding.confirmed)),
        ("Tried", "; ".join(finding.tried)),
        ("Upstream", "; ".join(finding.upstream)),
    ]
    said.append("\n".join(f"- **{name}:** {plain(text)}" for name, text in facts if text))
    script = finding.script
    if script:
        said.append(f"```python\n{script.rstrip()}\n```")
    else:
        shown = f"convspec replay {finding.adapter} '{finding.case.line}'"
        said.append(f"It takes more than a few calls to show it:\n\n```\n{shown}\n```")
    return "\n\n".join(said)


def _regions(finding: Finding) -> str:
    if len(finding.entries) == 1:
        return f"**Where:** {_where(finding.entries[0])}"
    rows = [f"- {_where(entry)}: {plain(entry.reason)}" for entry in finding.entries]
    return "**Where:**\n\n" + "\n".join(rows)


def _where(entry: Entry) -> str:
    kinds = ", ".join(entry.verdicts)
    versions = "" if entry.versions == EVERY_VERSION else f", versions {code(str(entry.versions))}"
    chance = "; on some machines, or now and then" if entry.sometimes else ""
    clauses = ", ".join(code(glob) for glob in entry.clauses)
    return f"{code(str(entry.when))} ({clauses} {kinds}{versions}{chance})"

"""JUnit XML, which CI servers read: a test suite per adapter, a test case per clause.

Elements and attributes are those of the schema that Jenkins' xUnit plugin checks (junit-10.xsd).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from convspec.clause_results import ClauseResult
from convspec.events import CONFORMS, ERROR, KNOWN, UNSUPPORTED, VACUOUS
from convspec.legible import legible
from convspec.report import Report
from convspec.saving import file_name

from .evidence import adapter_of, lines_of, name_of, open_findings, short

SKIPPED = {UNSUPPORTED: "not claimed", VACUOUS: "nothing was really tested", KNOWN: "known failure"}


def render(reports: Sequence[Report]) -> str:
    """The document. A clause that is not claimed, vacuous or known is skipped, and says so."""
    root = Element("testsuites", name="convspec")
    for report in reports:
        _suite(root, report)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(report.seconds for report in reports):.3f}")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: Report) -> None:
    head = report.head
    suite = SubElement(root, "testsuite", name=name_of(report), time=f"{report.seconds:.3f}")
    properties = SubElement(suite, "properties")
    given = {
        "adapter": head.adapter, "adapter.version": head.version,
        "adapter.typed": adapter_of(report), "convspec": head.convspec, "spec": head.spec,
        "profile": head.profile, "seed": head.seed,
        "interrupted": str(report.interrupted).lower(), "cases": report.cases,
        "dialect": json.dumps(head.claims.get("dialect", {})),
        **{f"fingerprint.{f.op}.{f.dtype}": f.text for f in report.fingerprints},
    }  # fmt: skip
    for name, value in given.items():
        SubElement(properties, "property", name=legible(name), value=legible(str(value)))
    for clause in report.clauses:
        _case(suite, report, clause)
    if report.interrupted:
        # A run that was cut short must not look like a whole one.
        cut = SubElement(
            suite, "testcase", name="the run", classname=_class(report, "run"),
            time="0.000",
        )  # fmt: skip
        problem = SubElement(cut, "error", type="interrupted", message="the run was cut short")
        problem.text = "Clauses that are missing here were not reached."
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))


def _class(report: Report, family: str) -> str:
    # Dots part classes into packages for those who show them: the adapter is to be one of them.
    return f"{file_name(report.head.adapter, '').replace('.', '_')}.{family}"


def _case(suite: Element, report: Report, clause: ClauseResult) -> None:
    case = SubElement(
        suite, "testcase", name=clause.slug, classname=_class(report, clause.family),
        time=f"{clause.seconds:.3f}",
    )  # fmt: skip
    if clause.verdict == CONFORMS:
        return
    if clause.verdict in SKIPPED:
        said = f"{clause.verdict}: {clause.remark or SKIPPED[clause.verdict]}"
        SubElement(case, "skipped", message=short(said))
        return
    found = open_findings(clause)
    kind = found[0].failure.kind if found else clause.verdict
    element = SubElement(case, "error" if clause.verdict == ERROR else "failure", type=kind)
    element.set("message", short(f"{clause.verdict}: {clause.remark}", 1000))
    parts = [f"{clause.level}: {clause.statement}"] if clause.statement else []
    parts += ["\n".join(lines_of(report, f, brief=i > 0)) for i, f in enumerate(found)]
    if not found:
        parts += [legible(note) for note in clause.notes]
    element.text = "\n\n".join(parts)

"""What implementations were found to get wrong still is, or the record says too much."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from convspec.cli import cli
from convspec.engine import run
from convspec.report import Report
from convspec.spec.case import Case
from convspec.spec.dialects import FINDINGS, Finding


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=FINDINGS)
def test_a_finding_has_a_case_of_its_operation(finding: Finding) -> None:
    case = Case.parse(finding.case)
    assert case.line == finding.case
    assert case.op.name in finding.ops and finding.topics


@pytest.mark.parametrize(
    "finding", [f for f in FINDINGS.values() if not f.cpu], ids=lambda f: f.name
)
def test_a_finding_shows(finding: Finding) -> None:
    torch = pytest.importorskip("torch")
    if not torch.__version__.startswith("2.13."):
        pytest.skip("the findings are of PyTorch 2.13")
    report = Report.from_events(run(finding.adapter, case=finding.case))
    assert report.exit_code == 1


def test_findings_are_shown_where_one_looks() -> None:
    said = CliRunner().invoke(cli, ["explain", "avg_pool"]).stdout
    assert "Found wrong" in said and f"'{FINDINGS['avg-pool-3d'].case}'" in said

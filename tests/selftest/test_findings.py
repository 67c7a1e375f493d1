"""What implementations were found to get wrong: the records, the page made of them, the command."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from convspec.adapters.backends import BACKENDS
from convspec.cli import cli
from convspec.known import running
from convspec.known.finding_page import page
from convspec.known.findings import Finding, findings, findings_for, grouped, script_path
from convspec.known.reading import read_known
from convspec.known.running import attempt, outcome, said, where

ROOT = Path(__file__).resolve().parents[2]
EVERY = pytest.mark.parametrize("finding", findings(), ids=lambda finding: finding.name)


@EVERY
def test_a_finding_is_settled(finding: Finding) -> None:
    """Wrong by a clause, and against two others; tried on a version; looked for upstream."""
    assert finding.file in BACKENDS, f"{finding.file}.toml is called like no adapter"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", finding.short)
    assert finding.adapter.partition(":")[0] in BACKENDS
    assert finding.broken is not None and finding.case.op.name in finding.ops
    assert len(finding.confirmed) >= 2, "two independent implementations agree with us"
    assert finding.failing, "tried: a version, and that it fails there"
    for line in finding.tried:
        assert re.match(r"\S+: (fails|passes|absent)", line), f"tried: {line!r}"
    assert finding.upstream, "upstream: a link, or what was searched for"
    assert finding.words


@EVERY
def test_a_finding_has_a_program_of_its_case(finding: Finding) -> None:
    """`convspec findings --scripts` writes it, where the library is."""
    script = finding.script
    assert script, "convspec findings --scripts writes it, where the library is installed"
    ast.parse(script)
    assert f"# {finding.case.line}" in script.splitlines(), "it is about another case"
    assert not re.search(r"^\s*(import|from) convspec", script, re.MULTILINE)


def test_no_program_is_left_over() -> None:
    folder = ROOT / "adapters" / "known" / "scripts"
    wanted = {Path(str(script_path(finding))).relative_to(folder) for finding in findings()}
    assert {file.relative_to(folder) for file in folder.glob("*/*")} <= wanted


def test_the_page_is_up_to_date() -> None:
    text = (ROOT / "FINDINGS.md").read_text("utf-8")
    assert text == page(findings()), "convspec findings --write FINDINGS.md"


def test_findings_are_shown_where_one_looks() -> None:
    said = CliRunner().invoke(cli, ["explain", "avg_pool"]).stdout
    (finding,) = (f for f in findings() if f.name == "torch/avg-pool-3d")
    assert "Found wrong" in said and f"'{finding.case.line}'" in said
    assert finding in findings_for(("avg_pool",)) and finding not in findings_for(("conv",))
    assert finding in findings_for(("avg_pool",), "avg_pool.window")


RECORD = """
[[known]]
adapter = "torch*"
clause = "conv.*"
verdict = "deviates"
when = 'any(stride > kernel)'
witness = "conv stride=2 x=1x1x3:float32:ones@0 w=1x1x1:float32:ones@0"
reason = "reads the wrong cells"
finding = "strides"
confirmed = ["one", "another"]
tried = ["1.0: fails", "0.9: passes"]
upstream = "https://example.org/1"

[[known]]
adapter = "torch*"
clause = "conv.stride"
verdict = "crashes"
when = 'any(stride > 3)'
witness = "conv stride=4 x=1x1x5:float32:ones@0 w=1x1x1:float32:ones@0"
reason = "and dies of large ones"
finding = "strides"

[[known]]
adapter = "torch*"
clause = "conv.groups"
verdict = "rejects"
when = 'groups > 1'
witness = "conv groups=2 x=1x2x1:float32:ones@0 w=2x1x1:float32:ones@0"
reason = "has no groups"
"""


@pytest.fixture
def strides(tmp_path: Path) -> Finding:
    (tmp_path / "torch.toml").write_text(RECORD)
    (finding,) = grouped(read_known([str(tmp_path / "torch.toml")]))
    return finding


def test_entries_that_share_a_name_are_one_finding(strides: Finding) -> None:
    assert strides.name == "torch/strides" and len(strides.entries) == 2
    assert strides.adapter == "torch" and strides.who == "torch 1.0" and strides.ops == ("conv",)
    assert strides.does == "reads the wrong cells; and dies of large ones"
    assert strides.about("conv.stride") and not strides.about("conv.groups")
    assert {"stride", "crash"} <= strides.words
    text = page([strides])
    for part in ("## torch", "any(stride > 3)", "0.9: passes", "one; another", "example.org/1"):
        assert part in text
    assert "has no groups" not in text


def test_a_program_runs_where_what_its_option_needs_is_too(tmp_path: Path) -> None:
    """Of two environments that have Keras, the first lacks JAX."""
    for name, lacks in (("torch", "jax"), ("jax", "torch")):
        python = tmp_path / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(
            f'#!/bin/sh\ncase " $3 " in *" {lacks} "*) echo \'[false, ""]\';;'
            " *) echo '[true, \"3.15\"]';; esac\n"
        )
        python.chmod(0o755)
    for option, name in (("torch", "torch"), ("jax", "jax"), ("numpy,depthwise", "jax")):
        place = where(f"keras:{option}", (tmp_path,))
        assert place is not None and place.python == str(tmp_path / name / "bin" / "python")


@pytest.mark.parametrize(
    ("program", "failed", "how"),
    [
        ("print('expected:', 1, 'got:', 2)\nraise SystemExit(1)", True, ""),
        ("print('expected:', 1, 'got:', 1)", False, "its program passes"),
        ("import os; os.abort()", True, "dies of SIGABRT"),
        ("print('expected: a result, or an error', flush=True)\nraise SystemExit(3)", True,
         "ends its process with exit code 3"),
        ("print('expected: an answer within 5 seconds')\nraise SystemExit(1)", True, "hangs"),
        ("import nothing_of_that_name", None,
         "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
    ],
)  # fmt: skip
def test_what_a_program_says(tmp_path: Path, program: str, failed: bool | None, how: str) -> None:
    file = tmp_path / "program.py"
    file.write_text(program)
    assert said(*attempt(str(file))) == (failed, how)


@pytest.mark.parametrize(
    ("program", "version", "says"),
    [
        ("print('got: 1'); raise SystemExit(1)", "1.0", running.STILL),
        ("pass", "1.0", running.FIXED),
        ("raise ValueError('x')", "1.0", running.BROKEN),
        ("pass", "0.8", running.WRONG),
        ("pass", None, running.ABSENT),
    ],
)
def test_what_becomes_of_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, version: str | None, says: str
) -> None:
    known, file = tmp_path / "torch.toml", tmp_path / "program.py"
    known.write_text(RECORD.replace('clause = "conv.', 'versions = ">=0.9"\nclause = "conv.'))
    file.write_text(program)
    (finding,) = grouped(read_known([str(known)]))
    place = None if version is None else running.Place(sys.executable, version)
    monkeypatch.setattr(running, "where", lambda *_: place)
    monkeypatch.setattr(running, "script_path", lambda _: file)
    monkeypatch.setattr("convspec.known.findings.script_path", lambda _: file)
    found = outcome(finding)
    assert found.says == says
    assert found.as_recorded == (says in (running.STILL, running.WRONG, running.ABSENT))
    assert says != running.ABSENT or found.how == "to install: pip install torch"


def test_the_command_runs_what_is_installed() -> None:
    pytest.importorskip("torch", reason="torch is absent: pip install torch")
    done = CliRunner().invoke(cli, ["findings", "avg-pool-3d", "--json"])
    (entry,) = json.loads(done.stdout)
    assert entry["name"] == "torch/avg-pool-3d"
    assert entry["says"] in (running.STILL, running.WRONG) and done.exit_code == 0


def test_the_command_says_what_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "where", lambda *_: None)
    done = CliRunner().invoke(cli, ["findings", "torch/*"])
    assert "absent" in done.stdout and "pip install torch" in done.stdout
    with pytest.raises(SystemExit) as left:
        cli.main(["findings", "no-such-finding"])
    assert left.value.code == 2

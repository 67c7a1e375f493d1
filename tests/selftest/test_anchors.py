"""Regression anchors: the list, the verdict on a run, the command. No old release is needed."""

from __future__ import annotations

import sys
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from convspec.adapters.backends import BACKENDS
from convspec.adapters.pins import pinned
from convspec.anchors import checking
from convspec.anchors.checking import NoRun, check, report_of, shown
from convspec.anchors.reading import Anchor, anchors, read
from convspec.cli import cli
from convspec.spec.clauses import CLAUSES

OLD = """
[[anchor]]
name = "old"
adapter = "{adapter}"
version = "{version}"

[[anchor.fault]]
name = "pads"
clauses = ["conv.definition"]
when = "any(low != high)"
what = "the padding of one end is taken for both"
link = "https://example.org/1"

[[anchor.fault]]
name = "groups"
clauses = ["conv.groups"]
when = "groups > 1"
what = "groups are ignored"
link = ""
"""
SWAPPED = "conv padding=0:1 x=1x1x2:float32:ones@0 w=1x1x1:float32:ones@0"
EVEN = "conv padding=1:1 x=1x1x2:float32:ones@0 w=1x1x1:float32:ones@0"


@pytest.mark.parametrize("anchor", anchors(), ids=lambda anchor: anchor.name)
def test_an_anchor_is_whole(anchor: Anchor) -> None:
    backend = BACKENDS[anchor.adapter.partition(":")[0]]
    first = pinned(anchor.name).get(backend.packages[0].partition("[")[0], "")
    assert first.startswith(anchor.version), "its environment pins another version"
    assert all("==" not in version for version in pinned(anchor.name).values())
    for fault in anchor.faults:
        for glob in fault.clauses:
            assert any(fnmatchcase(slug, glob) for slug in CLAUSES), glob
        assert fault.what and (not fault.link or fault.link.startswith("https://"))


def report(*cases: str, version: str = "1.0") -> dict[str, Any]:
    failures = [{"case": line, "verdict": "deviates", "message": "x"} for line in cases]
    laws = [{"clause": "conv.definition", "failures": failures}]
    return {"adapter": {"name": "x", "version": version}, "laws_finished": laws}


def test_a_fault_is_found_by_its_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    (anchor,) = read(OLD.format(adapter="numpy", version="1.0"))
    pads, groups = anchor.faults
    found = shown(pads, report(EVEN, SWAPPED))
    assert found is not None and found.case == SWAPPED and found.clause == "conv.definition"
    assert shown(pads, report(EVEN)) is None and shown(groups, report(SWAPPED)) is None
    runs = {"old": report(SWAPPED), "new": report(EVEN, version="2.0")}
    monkeypatch.setattr(checking, "report_of", lambda python, *_, **__: runs[str(python)])
    first, second = check(anchor, Path("old"), Path("new"))
    assert first.right and first.newest == "2.0" and not second.right
    runs["new"] = report(SWAPPED, version="2.0")
    still = check(anchor, Path("old"), Path("new"))[0]
    assert not still.right and still.still is not None
    runs["old"] = report(SWAPPED, version="3.0")
    with pytest.raises(NoRun, match=r"holds 3\.0, not 1\.0"):
        check(anchor, Path("old"), None)


def test_a_failure_without_the_faults_sign_is_another() -> None:
    # A library that fails at every call fails under any condition.
    pads = replace(read(OLD.format(adapter="numpy", version="1.0"))[0].faults[0], sign="value")
    assert shown(pads, report(SWAPPED)) is None
    assert shown(replace(pads, sign="x"), report(SWAPPED)) is not None


def test_a_run_elsewhere_tells_what_it_found(tmp_path: Path) -> None:
    (anchor,) = read(OLD.format(adapter="mutant:conv-pads-swapped", version="1"))
    told = report_of(Path(sys.executable), anchor, profile="smoke", seed=0, jobs=1)
    assert shown(anchor.faults[0], told) is not None
    (anchor,) = read(OLD.format(adapter="no-such-adapter", version="1"))
    with pytest.raises(NoRun, match="unknown adapter"):
        report_of(Path(sys.executable), anchor, profile="smoke", seed=0, jobs=1)


def test_the_command_lists_them() -> None:
    done = CliRunner().invoke(cli, ["anchors", "--list"])
    assert done.exit_code == 0 and all(anchor.name in done.stdout for anchor in anchors())
    done = CliRunner().invoke(cli, ["anchors", "no-such-release"])
    assert done.exit_code == 2 and "known are" in done.stderr

"""JSON, JUnit, Markdown and annotations: made from events alone, whatever was said in them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from played import CASE, HOSTILE, LATER, deviating, failure, law, report, run

from convspec.cli import cli
from convspec.events import (
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    FIXED,
    KNOWN,
    UNSUPPORTED,
    VACUOUS,
    Event,
)
from convspec.journal import Journal
from convspec.legible import legible
from convspec.report import Report
from convspec.reports import TARGETS
from convspec.reports.markdown import LIMIT, render

PEOPLE = ["junit", "md", "github"]


def rendered(name: str, *reports: Report) -> str:
    return TARGETS[name].render(reports)


def everything(**of_head: object) -> Report:
    return report(
        deviating("conv.definition"), law("conv.stride"),
        law("conv.same-size", UNSUPPORTED, cases=0),
        law("max_pool.tie", VACUOUS, empty=10, note="nothing to test in any case: no ties (10)"),
        law("avg_pool.definition", KNOWN), law("pad.definition", FIXED, note="it is right now"),
        law("relu.definition", ERROR, cases=0, note="Traceback\n  here\nKeyError: 'b'\n"),
        law("dense.definition", CRASHES, failures=(failure(
            verdict=CRASHES, kind="crash", message="the process died of SIGSEGV", expected=None,
            got=None, tensors=None, details="Fatal Python error\n  File x.py, line 3 in conv",
        ),)),
        *LATER, **of_head,
    )  # fmt: skip


# JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", [False, True])
def test_a_json_report_is_read_back_as_it_was(hostile: bool) -> None:
    made = (
        report(deviating("conv.definition", message=HOSTILE, details=HOSTILE), *LATER)
        if hostile
        else everything()
    )
    text = rendered("json", made)
    back = Report.from_json(json.loads(text))
    assert back == made
    assert rendered("json", back) == text
    document = json.loads(text)
    assert document["schema"] == 2
    assert document["explained"][0]["condition"]["rule"] == "groups >= 2 and stride[0] > 1"
    assert document["known"][0]["verdict"] == KNOWN
    assert document["fingerprints"][0]["measures"] == {"rms": 0.4, "worst": "Infinity"}
    assert document["covered"][0]["pairs"] == [40, 50]


# JUnit ----------------------------------------------------------------------------------------

CHILDREN = {
    "testsuites": {"testsuite"}, "testsuite": {"properties", "testcase"},
    "properties": {"property"}, "testcase": {"failure", "error", "skipped"},
}  # fmt: skip
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "property": {"name", "value"}, "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"}, "error": {"type", "message"}, "skipped": {"message"},
}  # fmt: skip
"""What the schema of Jenkins' xUnit plugin has of these, and all that is used of it."""


def junit(*reports: Report) -> ElementTree.Element:
    root = ElementTree.fromstring(rendered("junit", *reports).encode())
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES.get(element.tag, set())
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        if "time" in element.attrib:
            assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"])
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(count) == str(len(suite.findall(f"testcase/{tag}")))
        assert all(len(case) <= 1 for case in cases)
    return root


def test_junit_has_a_test_case_for_each_clause_and_adapter() -> None:
    root = junit(everything(), everything(adapter="numpy", version="2.4"))
    assert [suite.get("name") for suite in root] == ["torch 2.13.0", "numpy 2.4"]
    suite = root[0]
    outcomes = {
        case.get("name"): (case[0].tag, case[0].get("message")) if len(case) else None
        for case in suite.iter("testcase")
    }
    assert outcomes == {
        "conv.definition": ("failure", "deviates: 2 of 2 cells differ"),
        "conv.stride": None,
        "conv.same-size": ("skipped", "unsupported: not claimed"),
        "max_pool.tie": ("skipped", "vacuous: nothing to test in any case: no ties (10)"),
        "avg_pool.definition": ("skipped", "known: 0 known failures excused"),
        "pad.definition": ("failure", "fixed: it is right now"),
        "relu.definition": ("error", "error: KeyError: 'b'"),
        "dense.definition": ("failure", "crashes: the process died of SIGSEGV"),
    }
    given = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert (given["convspec"], given["spec"], given["adapter.version"]) == (
        "0.2.0",
        "0.2",
        "2.13.0",
    )
    assert {case.get("classname") for case in root[1].iter("testcase")} >= {"numpy.conv"}
    said = suite.findtext("testcase/failure") or ""
    for part in (CASE, f"convspec replay torch '{CASE}'", "31 of 31 inside, 0 of 412 outside",
                 "conv.groups-shifted", "[1.5]"):  # fmt: skip
        assert part in said
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("16", "6", "2")


def test_a_run_that_was_cut_short_is_an_error_in_junit() -> None:
    root = junit(report(law("conv.definition"), finished=False))
    assert root.get("errors") == "1"
    assert root.find("testsuite/testcase/error").get("message") == "the run was cut short"  # type: ignore[union-attr]


def test_a_failure_of_a_known_region_is_not_counted_again() -> None:
    both = law("conv.definition", DEVIATES, failures=(
        failure(verdict=KNOWN, kind="value", case="conv known=1"), failure(kind="shape"),
    ))  # fmt: skip
    said = junit(report(both)).findtext("testsuite/testcase/failure") or ""
    assert CASE in said
    assert "known=1" not in said


# Markdown -------------------------------------------------------------------------------------


def test_markdown_shows_what_is_to_be_looked_at_and_folds_the_rest() -> None:
    text = rendered("md", everything())
    assert text.startswith("## ✗ torch 2.13.0\n")
    assert "| ✗ deviates | `conv.definition` | 10 | 2 of 2 cells differ |" in text
    assert "| ○ known | `avg_pool.definition` |" in text
    assert (
        "| ? vacuous | `max_pool.tie` | 10 | nothing to test in any case\\: no ties (10) |" in text
    )
    assert "conv.stride" not in text
    assert "fails iff groups >= 2 and stride[0] > 1 (31 of 31 inside, 0 of 412 outside)" in text
    assert "raise SystemExit(1)" in text
    assert "| ○ known | `avg_pool.definition` | `ceil_mode` | 12.50% | upstream rounds up" in text
    assert "float32 in and out" in text
    assert "40 of 50" in text
    assert text.count("<details>") == text.count("</details>") == 6
    assert f"convspec replay torch '{CASE}'" in text


def test_markdown_of_several_runs_begins_with_all_side_by_side() -> None:
    text = rendered("md", everything(), report(law("conv.definition"), adapter="numpy|x"))
    assert "| clause | torch 2.13.0 | numpy\\|x 2.13.0 |" in text
    assert "| `conv.definition` | ✗ deviates | ✓ conforms |" in text
    assert "1 clauses more, to which every run conforms" not in text.split("##")[2]


@pytest.mark.parametrize("size", [500, 2000])
def test_a_summary_page_takes_so_much_and_what_is_left_out_is_counted(size: int) -> None:
    found = report(
        *(
            deviating(f"conv.broken-{i}", details="long " * 500, message=f"{i} é" * 50)
            for i in range(size)
        )
    )
    began = time.process_time()
    text = rendered("md", found)
    assert time.process_time() - began < 20
    assert len(text.encode()) <= LIMIT
    left = re.search(r"… ([\d,]+) more, for which this page has no room", text)
    assert left
    assert int(left[1].replace(",", "")) + text.count("<details>") == size
    assert text.count("<details>") == text.count("</details>") > 100
    assert len(render([found], 30_000).encode()) <= 30_000


# Annotations ----------------------------------------------------------------------------------


def test_an_annotation_for_each_failing_clause() -> None:
    lines = rendered("github", everything()).splitlines()
    assert lines[0] == (
        "::error title=conv.definition (torch 2.13.0)::deviates: 2 of 2 cells differ%0A"
        "fails iff groups >= 2 and stride[0] > 1 (31 of 31 inside, 0 of 412 outside)%0A"
        f"same as: conv.groups-shifted%0A%0Aconvspec replay torch '{CASE}'"
    )
    assert len(lines) == 4
    assert rendered("github", report(law("conv.definition"))) == ""


def test_ten_annotations_are_shown_and_the_tenth_counts_the_rest() -> None:
    ten = rendered("github", report(*(deviating(f"conv.broken-{i}") for i in range(10))))
    assert ten.count("::error ") == 10
    assert "more clauses" not in ten
    lines = rendered("github", report(*(deviating(f"conv.b-{i}") for i in range(500)))).splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("::error title=convspec%3A 491 more clauses fail::conv.b-")
    assert "cut short" in rendered("github", report(law("conv.definition"), finished=False))


# All of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_whatever_an_implementation_says_stays_what_it_is(name: str) -> None:
    text = rendered(
        name,
        report(
            deviating("conv.definition", message=HOSTILE, details=HOSTILE),
            law("relu.definition", ERROR, note=HOSTILE),
            adapter=f"a|`b`<i>{HOSTILE}", version="1|2",
        ),
    )  # fmt: skip
    text.encode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
    assert "[31m" not in text
    assert "😀" in text
    if name == "junit":
        root = ElementTree.fromstring(text.encode())
        said = root.findtext("testsuite/testcase/failure") or ""
        assert "<script>alert(1)</script> ]]> & | `one`" in said
    if name == "github":
        assert all(line.startswith("::error title=") for line in text.splitlines())
        assert "%250A" in text
    if name == "md":
        outside = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1\n", "", text)
        assert "````" in text
        assert "<script" not in outside
        assert not re.search("(?m)^(::|# )", outside)
        assert outside.count("<details>") == outside.count("</details>")
        cells = [re.split(r"(?<!\\)\|", row) for row in outside.splitlines() if row[:1] == "|"]
        assert {len(row) for row in cells} == {6}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_saved_run_gives_the_same_report(name: str, tmp_path: Path) -> None:
    events = run(deviating("conv.definition"), law("conv.stride"), *LATER)
    path = tmp_path / "torch.events.jsonl"
    with Journal(path) as journal:
        for event in events:
            journal(event)
    result = invoke("report", path, "--report", f"json,{name}", "--out", tmp_path / "again")
    assert result.exit_code == 0
    made = Report.from_events(events)
    assert (tmp_path / "again" / "torch.json").read_text() == rendered("json", made)
    file = TARGETS[name].file
    if file:
        assert (tmp_path / "again" / file).read_text() == rendered(name, made)
    else:
        assert result.stdout.endswith(rendered(name, made))


@pytest.mark.parametrize("name", ["json", *PEOPLE])
def test_five_hundred_failures_of_a_million_cases_take_no_time(name: str) -> None:
    big = [[list(range(20))] * 20]
    found = report(
        *(
            law(
                f"conv.broken-{i}", DEVIATES, cases=2000, rank=i % 4,
                failures=tuple(
                    failure(kind=kind, case=f"{CASE} {i}{kind}", expected=big, got=big)
                    for kind in ("value", "shape", "nan")
                ),
            )
            for i in range(500)
        )
    )  # fmt: skip
    assert found.cases == 1_000_000
    began = time.process_time()
    assert rendered(name, found)
    assert time.process_time() - began < 20


def invoke(*words: object, **environment: str) -> Result:
    return CliRunner(env={"COLUMNS": "80", **environment}).invoke(cli, list(map(str, words)))


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets `check` play events instead of running laws."""
    from convspec import engine

    def play(*events: Event) -> None:
        def run_(adapter: str, *, listener: Callable[[Event], None], **_: object) -> list[Event]:
            for event in run(*events, adapter=adapter, asked={"adapter": adapter}):
                listener(event)
            return []

        monkeypatch.setattr(engine, "run", run_)

    return play


def test_check_writes_what_it_is_asked_for(play: Callable[..., None], tmp_path: Path) -> None:
    play(deviating("conv.definition"), law("conv.stride"))
    result = invoke("check", "torch", "torch:no-mkldnn", "--report", "junit,md,json", "--out",
                    tmp_path)  # fmt: skip
    assert result.exit_code == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "junit.xml", "summary.md", "torch-no-mkldnn.events.jsonl", "torch-no-mkldnn.json",
        "torch.events.jsonl", "torch.json",
    ]  # fmt: skip
    assert len(ElementTree.parse(tmp_path / "junit.xml").getroot()) == 2
    assert result.stderr.splitlines()[-1].startswith("convspec: reports written to ")


def test_annotations_go_to_stdout_and_the_summary_where_github_wants_it(
    play: Callable[..., None], tmp_path: Path
) -> None:
    play(deviating("conv.definition"))
    page = tmp_path / "summary"
    page.write_text("before\n")
    result = invoke("check", "torch", "--report", "github", "--out", tmp_path / "out",
                    GITHUB_STEP_SUMMARY=str(page))  # fmt: skip
    assert [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert page.read_text().startswith("before\n## ✗ torch")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["torch.events.jsonl"]


def test_reports_that_cannot_be_written_are_one_line_and_cost_no_verdict(
    play: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    for verdict, code in ((DEVIATES, 1), (CONFORMS, 2)):
        play(law("conv.definition", verdict))
        result = invoke("check", "torch", "--report", "junit,md,json", "--out", tmp_path)
        assert result.exit_code == code
        assert result.stderr.count("No space left on device") == 1
        assert "junit.xml, summary.md, torch.json" in result.stderr
        assert "conv  " in result.stdout


def test_pytest_writes_its_own_junit_xml_through_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(f"def relu(x):\n    raise ValueError({HOSTILE!r})\n")
    words = [
        "--pyargs",
        "convspec.conformance",
        "--adapter=ours.py",
        "--convspec-op=relu",
        "--convspec-profile=smoke",
        "--junitxml=own.xml",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "\x1b" not in done.stdout
    suite = ElementTree.parse(tmp_path / "own.xml").getroot()[0]
    failed = [case for case in suite.iter("testcase") if case.find("failure") is not None]
    assert suite.get("failures") == str(len(failed)) != "0"
    assert "convspec replay ours.py 'relu x=1x1x1x1" in (failed[0].findtext("failure") or "")


def test_what_is_legible() -> None:
    assert legible("a\x00b\x1b[1;31mc\x1b[0md\ud800\ufffee\t\n😀\x85") == "abcde\t\n😀"

"""The command: what it shows, what it says when something is wrong, how it exits.

The engine is a stand-in that plays events; nothing is computed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from convspec.adapters.opening import AdapterError, UnknownAdapter
from convspec.cli import cli
from convspec.events import (
    CONFORMS,
    DEVIATES,
    ERROR,
    REJECTS,
    UNSUPPORTED,
    Event,
    Failure,
    LawFinished,
    RunFinished,
    RunStarted,
)
from convspec.isolation import Limits
from convspec.law import all_laws
from convspec.matrices import pair

CASE = (
    "conv stride=2,1 groups=3 x=1x6x5x5:float32:ramp@3 "
    "w=6x2x3x3:float32:ints@7:reversed b=6:float32:ones@0"
)
SMALL = "max_pool window=2 x=1x1x4:float32:ramp@0"
FAILURES = {
    "conv.value": (
        Failure(
            "value", DEVIATES, CASE, "2 of 18 cells differ", {"x": [[[1, 2]]], "b": [1]},
            [[[[1, 2, 3], [4, 5, 6]], [[10, 20, 30], [0, 0, -3]]]],
            [[[[1, 2, 3], [4, 5, 6]], [[10, 20, 31], [0, 0, 300]]]],
            (0, 1, 1, 2), cells=99,
        ),
        Failure("shape", DEVIATES, CASE.replace("=3 x", "=1 x"), "another shape", cells=100),
    ),
    "conv.groups": (Failure("value", DEVIATES, CASE, "2 of 18 cells differ", cells=99),),
    "conv.raises": (
        Failure(
            "raised", REJECTS, SMALL, "ValueError: a long story " * 9,
            details="\n".join(f"line {i} " + "long " * 30 for i in range(20)),
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Clause:
    slug: str
    level: str = "MUST"
    statement: str = "The output has floor((n + p_lo + p_hi - e) / s) + 1 cells along each axis."
    formula: str = "o = floor((n + p_lo + p_hi - e) / s) + 1"
    sources: tuple[str, ...] = ("somewhere",)
    since: str = "0.1.0"
    note: str = ""
    unlawful: str = ""
    examples: tuple[object, ...] = ()


SLUGS = ["conv.size", "conv.value", "conv.groups", "conv.raises", "conv.same"] + [
    f"max_pool.a-rather-long-name-{i}" for i in range(6)
]


class NothingToRun(Exception):  # noqa: N818 - as the engine calls it
    pass


def play(verdicts: dict[str, str]) -> list[Event]:
    laws = [
        LawFinished(
            f"law_{i}", slug, slug.split(".")[0], 2, verdicts.get(slug, CONFORMS),
            0 if verdicts.get(slug) == UNSUPPORTED else 1234, 0.1,
            FAILURES.get(slug, ()) if slug in verdicts else (),
            "not claimed" if verdicts.get(slug) == UNSUPPORTED else None,
        )
        for i, slug in enumerate(SLUGS)
    ]  # fmt: skip
    head = RunStarted("torch", "2.13.0", {}, "quick", 0, "0.1.0", "0.1", len(laws))
    return [head, *laws, RunFinished(48.0)]


BAD = {
    "conv.value": DEVIATES, "conv.groups": DEVIATES, "conv.raises": REJECTS,
    "conv.same": UNSUPPORTED, "max_pool.a-rather-long-name-1": ERROR,
}  # fmt: skip

Run = Callable[..., Sequence[Event]]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The stand-in; returns what it is asked. The adapter's name says what it does."""
    asked: list[dict[str, Any]] = []
    all_laws()  # which are clauses' own, while these are still there

    def run(adapter: str, *, listener: Callable[[Event], None], **wanted: Any) -> list[Event]:
        asked.append({"adapter": adapter, **wanted})
        match adapter:
            case "unknown":
                raise UnknownAdapter("unknown adapter 'unknown'; known are numpy, torch")
            case "broken":
                raise AdapterError("broken: line 3\n  cannot be read")
            case "nothing":
                raise NothingToRun("nothing: no law fits")
        events = play({"bad": BAD, "error": {"conv.size": ERROR}}.get(adapter, {}))
        for event in events[: 4 if adapter in ("stopped", "fault") else None]:
            listener(event)
        if adapter == "stopped":
            raise KeyboardInterrupt
        if adapter == "fault":
            raise ZeroDivisionError("ours")
        return events

    fake = ModuleType("convspec.engine")
    vars(fake).update(run=run, NothingToRun=NothingToRun)
    clauses = ModuleType("convspec.spec.clauses")
    vars(clauses).update(CLAUSES={slug: Clause(slug) for slug in SLUGS})
    monkeypatch.setitem(sys.modules, "convspec.engine", fake)
    monkeypatch.setitem(sys.modules, "convspec.spec.clauses", clauses)
    return asked


def invoke(*words: str, input: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli, words, input=input)


def complaint(result: Result) -> str:
    """The one line on stderr that is not progress."""
    lines = [line for line in result.stderr.splitlines() if not line.endswith("…")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("convspec: ")
    return lines[0]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("verbose", [False, True])
def test_a_run_fits_80_columns_but_for_cases_and_has_no_control_codes(verbose: bool) -> None:
    result = invoke("check", "bad", *(["-v"] if verbose else []))
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    wide = [line for line in result.stdout.splitlines() if len(line) > 80]
    assert wide
    assert all(CASE[:20] in line for line in wide)
    assert not [line for line in result.stdout.splitlines() if line != line.rstrip()]


@pytest.mark.usefixtures("engine")
def test_what_is_shown_of_failures() -> None:
    shown = invoke("check", "bad").stdout
    lines = shown.splitlines()
    assert f"  convspec replay bad '{CASE}'" in lines
    assert f"  {CASE}" in lines
    assert "conv  1 conforms, 2 deviate, 1 rejects, 1 unsupported" in lines
    assert "  also breaks: conv.groups" in lines
    assert any("[-3]" in line and "[300]" in line for line in lines)
    assert any("30*" in line and "31*" in line for line in lines)
    assert "another shape" in shown
    assert shown.index("✗ conv.value  deviates") < shown.index("✗ conv.raises  rejects")
    assert "line 19" in shown
    assert "line 2 " not in shown
    assert "! max_pool.a-rather-long-name-1" in shown
    assert "  – unsupported: same (not claimed)" in lines
    summary = " ".join(shown.split())
    assert "torch 2.13.0 · quick · seed 0 · clauses: 6 conform, 2 deviate," in summary
    assert "1 unsupported" in summary
    assert "12,340 cases in 48 s (257/s)" in summary


@pytest.mark.usefixtures("engine")
def test_more_failures_than_five_are_listed_in_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for i, slug in enumerate(SLUGS):
        found = (Failure("value", DEVIATES, f"{SMALL}{i}", f"wrong {i}", cells=i),)
        monkeypatch.setitem(FAILURES, slug, found)
        monkeypatch.setitem(BAD, slug, DEVIATES)
    shown = invoke("check", "bad").stdout
    assert shown.count("convspec replay") == 5
    assert "6 more clauses fail; -v shows all in full, --report json keeps them" in shown
    assert f"    {SMALL}10" in shown.splitlines()
    assert invoke("check", "bad", "-v").stdout.count("convspec replay") == 11


@pytest.mark.usefixtures("engine")
def test_progress_without_a_terminal_is_a_plain_line_on_stderr() -> None:
    result = invoke("check", "fine")
    assert result.exit_code == 0
    assert result.stderr.startswith("convspec: ") and result.stderr.endswith(" …\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("adapters", "code", "line"),
    [
        (["unknown"], 2, "convspec: unknown adapter 'unknown'; known are numpy, torch"),
        (["broken"], 3, "convspec: broken: line 3 cannot be read"),
        (["nothing"], 4, "convspec: nothing: no law fits"),
        (["error"], 3, None),
        (["fault"], 3, "convspec: fault: a fault of convspec itself, please report it"),
        (["stopped"], 130, "convspec: stopped: interrupted"),
        (["unknown", "fine"], 2, "convspec: unknown adapter"),
        (["broken", "bad"], 1, "convspec: broken: line 3"),
        (["stopped", "unknown"], 130, "convspec: stopped"),
    ],
)
def test_exit_codes_and_one_line_each(adapters: list[str], code: int, line: str | None) -> None:
    result = invoke("check", *adapters)
    assert result.exit_code == code
    if line:
        assert complaint(result).startswith(line)
    if adapters[-1] not in ("unknown", "broken", "nothing"):
        assert "✓ size" in result.stdout or "! conv.size" in result.stdout


@pytest.mark.usefixtures("engine")
def test_an_interrupted_run_shows_what_it_has() -> None:
    shown = invoke("check", "stopped").stdout
    assert "✓ groups" in shown
    assert "interrupted" in shown


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["check"], "Missing argument"),
        (["chek"], "check"),
        (["check", "x", "--profile", "huge"], "smoke"),
        (["check", "x", "--op", "cnv"], "did you mean 'conv'?"),
        (["check", "x", "--clause", "conv.sise"], "nearest are conv.size"),
        (["check", "x", "--report", "pdf"], "known: html json"),
        (["check", "x", "--seed", "-1"], "--seed"),
        (["list", "things"], "clauses"),
        (["replay", "x", "nowhere.json"], "neither a file nor a case"),
        (["replay", "x", "cnv x=1x1x1"], "cnv"),
        (["replay", "x", "conv x=1x1x1"], "expected x=2x3x5x5:float32"),
    ],
)
def test_usage_errors_are_one_line_and_run_nothing(
    engine: list[dict[str, Any]], words: list[str], hint: str
) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert hint in complaint(result)
    assert engine == []


def test_an_unwritable_folder_is_told_before_the_run(
    engine: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    result = invoke("check", "fine", "--out", str(tmp_path / "file" / "reports"))
    assert result.exit_code == 2
    assert "cannot write to" in complaint(result)
    assert engine == []


@pytest.mark.usefixtures("engine")
def test_a_report_that_fails_after_the_run_does_not_lose_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = invoke("check", "bad", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "No space left on device" in complaint(result)
    assert "✗ conv.value" in result.stdout


def test_reports_of_several_adapters_and_replay_of_one(
    engine: list[dict[str, Any]], tmp_path: Path
) -> None:
    out = tmp_path / "reports"
    result = invoke("check", "bad", "a/bad.py", "fine", "--report", "json", "--out", str(out))
    assert result.exit_code == 1
    names = sorted(entry.name for entry in out.glob("*.json"))
    assert names == ["bad-2.json", "bad.json", "fine.json"]
    document = json.loads((out / "bad.json").read_text())
    assert document["clauses"]["conv.value"]["failures"][0]["case"] == CASE
    engine.clear()
    assert invoke("replay", "bad", str(out / "bad.json")).exit_code == 1
    assert [asked["case"] for asked in engine] == [CASE, CASE.replace(" groups=3", ""), SMALL]
    result = invoke("replay", "fine", str(out / "fine.json"))
    assert result.exit_code == 4
    assert "no case" in complaint(result)


def test_replay_takes_lines_files_json_and_standard_input(
    engine: list[dict[str, Any]], tmp_path: Path
) -> None:
    from convspec.spec.case import Case

    lines = tmp_path / "cases.txt"
    lines.write_text(f"# two\n{SMALL}\n\n{CASE}\n")
    as_json = tmp_path / "case.json"
    as_json.write_text(json.dumps(Case.parse(CASE).to_json()))
    assert invoke("replay", "fine", SMALL.replace(" ", "  ")).exit_code == 0
    assert invoke("replay", "fine", str(lines)).exit_code == 0
    assert invoke("replay", "fine", str(as_json)).exit_code == 0
    assert invoke("replay", "fine", "-", input=SMALL).exit_code == 0
    assert [asked["case"] for asked in engine] == [SMALL, SMALL, CASE, CASE, SMALL]


def test_what_is_asked_reaches_the_engine(engine: list[dict[str, Any]]) -> None:
    invoke("check", "fine", "--op", "conv", "--clause", "conv.*", "-j", "3", "--seed", "5",
           "--profile", "smoke")  # fmt: skip
    assert engine == [
        {
            "adapter": "fine", "profile": "smoke", "seed": 5, "jobs": 3, "ops": ["conv"],
            "clauses": ["conv.*"], "known": (), "conditions": True, "isolate": True,
            "limits": Limits(),
        }
    ]  # fmt: skip


@pytest.mark.usefixtures("engine")
def test_list_clauses_for_people_and_for_programs() -> None:
    shown = invoke("list", "clauses").stdout
    assert "conv.size  MUST" in shown
    assert max(map(len, shown.splitlines())) <= 80
    document = json.loads(invoke("list", "clauses", "--json").stdout)
    assert document[0] == {
        "slug": "conv.size", "level": "MUST", "statement": Clause("").statement,
        "formula": Clause("").formula, "sources": ["somewhere"], "since": "0.1.0",
        "note": "", "unlawful": "", "examples": [],
    }  # fmt: skip


def test_list_adapters() -> None:
    assert "numpy" in invoke("list", "adapters").stdout
    assert {"name", "installed"} <= set(json.loads(invoke("list", "adapters", "--json").stdout)[0])


def loaded(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `program`."""
    code = f"{program}\nimport sys; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


HEAVY = {"numpy", "hypothesis", "pytest", "_pytest", "rich", "torch", "xdist"}


def test_importing_convspec_costs_nothing() -> None:
    assert not loaded("import convspec") & (HEAVY | {"click"})


def test_help_and_version_load_nothing_heavy() -> None:
    for word in ("--help", "--version"):
        program = f"from convspec.cli import main\ntry: main(['{word}'])\nexcept SystemExit: pass"
        modules = loaded(program)
        assert "click" in modules
        assert not modules & HEAVY


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m convspec list adapters | true; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_terminal_without_our_characters_shows_the_nearest() -> None:
    program = "import convspec.cli as c; c.tolerate(); print('✓ ✗ – 2×3 ⌊n⌋ ж')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.stdout == "+ x - 2x3 floor(n) ?\n"


def test_arrays_that_do_not_fit_side_by_side_keep_the_worst_cell_in_view() -> None:
    here = [[i * 1000.5 for i in range(60)]]
    there = [[*here[0][:47], float("nan"), *here[0][48:]]]
    lines = [line.plain for line in pair(here, there, (0, 47), 70)]
    assert max(map(len, lines)) <= 70
    assert any("[nan]" in line for line in lines)
    assert any("[47023.5]" in line for line in lines)


def test_as_many_digits_are_shown_as_it_takes_to_see_a_difference() -> None:
    lines = [line.plain for line in pair([1.5, 1 / 3], [1.5, 1 / 3 + 1e-10], (1,), 70)]
    assert "[0.333333333333]" in lines[-1]
    assert "[0.333333333433]" in lines[-1]


@pytest.mark.parametrize(
    ("expected", "got"),
    [([1, [2]], "no array"), ([], [[], []]), (None, 3), ((1, 2), (1, 3)), ("float32", "float64")],
)
def test_anything_can_be_shown(expected: object, got: object) -> None:
    assert pair(expected, got, (0, 0, 7), 60)

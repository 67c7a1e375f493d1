"""The matrix: which rows, which environments, and that nothing an adapter does keeps it from its
end. Environments are built from small wheels; no network is used."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import fakes
import pytest
from click.testing import CliRunner

from convspec.adapters.pins import canonical
from convspec.cli import cli
from convspec.matrix import environments, running
from convspec.matrix.asked import every_row, rows_for
from convspec.matrix.children import Child, ending
from convspec.matrix.environments import Builder, CannotBuild, Environment, last_word, ready
from convspec.matrix.follow import Follower
from convspec.matrix.ourselves import Ourselves
from convspec.matrix.outcome import read
from convspec.problems import Problem

QUICK = ("--profile", "smoke", "--clause", "relu.definition", "--jobs", "1")

Env = Callable[..., Path]


# Rows -------------------------------------------------------------------------------------


def names(*asked: str) -> list[str]:
    return [row.adapter for row in rows_for(asked)]


def test_rows_that_are_asked_for() -> None:
    assert names() == [row.adapter for row in every_row()] and len(names()) > 20
    assert names("torch") == ["torch"]
    assert names("torch:no-mkldnn", "numpy", "torch:no-mkldnn") == ["numpy", "torch:no-mkldnn"]
    assert names("keras") == [
        "keras:torch", "keras:tensorflow", "keras:tensorflow,channels-first", "keras:jax",
        "keras:numpy", "keras:numpy,symbolic",
    ]  # fmt: skip
    assert names("keras:*") == names("keras")
    assert "torch:compile-eager" in names("torch*") and "keras:torch" not in names("torch*")
    [other] = rows_for(["torch:cpu,channels-last"])
    assert (other.environment, other.option, other.stem) == (
        "torch", "cpu,channels-last", "torch-cpu-channels-last"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [("torhc", "did you mean 'torch'"), ("reference", "convspec check reference"),
     ("my.py", "unknown adapter 'my.py'"), ("", "unknown adapter ''")],
)  # fmt: skip
def test_rows_that_there_are_not(name: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        rows_for([name])


# Children ---------------------------------------------------------------------------------


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def begun(code: str, tmp_path: Path) -> tuple[Child, list[int]]:
    """A program that writes the ids of its processes down, one a line, and ends with "ready"."""
    log = tmp_path / "log"
    with log.open("wb") as file:
        child = Child([sys.executable, "-c", code], file, os.environ)
    end = time.monotonic() + 60
    while "ready" not in log.read_text() and time.monotonic() < end:
        time.sleep(0.02)
    return child, [int(line) for line in log.read_text().split() if line.isdigit()]


STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],
    preexec_fn=lambda: os.setpgid(0, 0))
print(os.getpid(), own.pid, 'ready', flush=True)
time.sleep(600)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="absent: /proc, by which it looks")


@linux
def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    child, pids = begun(STUBBORN, tmp_path)
    assert len(pids) == 2 and all(map(alive, pids))
    assert child.end(grace=0.1) == -signal.SIGKILL
    assert not any(map(alive, pids))


@linux
def test_whatever_ends_us_ends_them(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), ending() as children:
        child, pids = begun("import os, time; print(os.getpid(), 'ready', flush=True);"
                            " time.sleep(600)", tmp_path)  # fmt: skip
        children.append(child)
        raise ZeroDivisionError
    assert not alive(pids[0])
    with pytest.raises(KeyboardInterrupt), ending():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)


# Environments -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "word"),
    [
        ("Collecting x\nERROR: Could not find a version\nERROR: No matching distribution found for"
         " x==9\n\n[notice] A new release\n", "No matching distribution found for x==9"),
        ("Building\n  error: subprocess-exited-with-error\nnote: This is an issue with\n",
         "error: subprocess-exited-with-error"),
        ("\x1b[31mERROR: broken\x1b[0m\nERROR: See above for output.\n", "broken"),
        ("only this\n\n", "only this"), ("", ""),
    ],
)  # fmt: skip
def test_the_last_word_of_pip(tmp_path: Path, log: str, word: str) -> None:
    (tmp_path / "log").write_text(log)
    assert last_word(tmp_path / "log") == word


class Stub(Ourselves):
    """Something that needs nothing and installs nothing; `marks` has what was asked of it."""

    def install(self, folder: Path, pip: Callable[..., None]) -> None:
        [place] = folder.glob("lib/*/site-packages")
        (place / "ours.pth").write_text(fakes.ours())


def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pins: str) -> Builder:
    monkeypatch.setattr(environments, "text", lambda name: pins if name == "small" else None)
    made = Builder(
        tmp_path / "environments", pip=["--no-index", "--find-links", str(tmp_path / "wheels")]
    )
    made.ours = Stub(None, (), "1")
    return made


def test_environments_are_built_once_and_what_is_lost_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.wheel(tmp_path / "wheels", "fakelib", {"fakelib.py": ""})
    build = builder(tmp_path, monkeypatch, "# small\nfakelib==1.2\nfakelost==3.0  # not there\n")
    made = build.build("small")
    assert made.found["fakelib"] == "1.2" and "fakelost" not in made.found
    assert made.missing == {"fakelost": "No matching distribution found for fakelost==3.0"}
    assert "fakelost" in build.log("small").read_text()
    # It is complete once that can be had, and is not made anew for it.
    mark = made.folder / "mark"
    mark.touch()
    fakes.wheel(tmp_path / "wheels", "fakelost", {"fakelost.py": ""}, "3.0")
    again = build.build("small")
    assert mark.exists() and not again.missing and again.found["fakelost"] == "3.0"
    # Then nothing is done, until the pins are others.
    monkeypatch.setattr(environments._Pip, "_tried", lambda *given: pytest.fail("not re-used"))
    assert build.build("small") == again == ready("small", build.root)
    monkeypatch.undo()
    build = builder(tmp_path, monkeypatch, "fakelib==1.2\n")
    assert "fakelost" not in build.build("small").found and not mark.exists()


def test_environments_that_cannot_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = builder(tmp_path, monkeypatch, "fakelib==1.2\n")
    with pytest.raises(CannotBuild, match=r"no pins: there is no adapters/environments/other\.txt"):
        build.build("other")
    (build.root / "small").mkdir(parents=True)
    (build.root / "small" / "thesis.txt").touch()
    with pytest.raises(CannotBuild, match="is in the way: it is no virtual environment"):
        build.build("small")
    assert (build.root / "small" / "thesis.txt").exists()
    (build.root / "small" / "thesis.txt").unlink()
    build.python = str(tmp_path / "no-python")
    with pytest.raises(CannotBuild, match=r"the environment cannot be made: .*no-python: No such"):
        build.build("small")
    assert ready("small", build.root) is None
    (tmp_path / "file").touch()
    build.root = tmp_path / "file"
    with pytest.raises(CannotBuild):
        build.build("small")


def test_ourselves() -> None:
    ours = Ourselves.found()
    assert any(need.startswith("hypothesis==") for need in ours.needs)
    limits = ours.constraints(("numpy",))
    found = {line.partition("==")[0] for line in limits}
    assert {"click", "pytest", "pluggy", "markupsafe"} <= found and "numpy" not in found
    assert all(line.count("==") == 1 and "+" not in line for line in limits)


# Rows that run ----------------------------------------------------------------------------


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Env:
    """An environment `torch` in which what is given stands for PyTorch; built already."""

    def make(torch: str | None = None, version: str = "2.13.0") -> Path:
        place = fakes.environment(tmp_path / "environments" / "torch")
        if torch is not None:
            fakes.package(place, "torch", torch, version)
        return place

    def build(self: Builder, name: str) -> Environment:
        folder = tmp_path / "environments" / name
        if not folder.exists():
            raise CannotBuild(f"No matching distribution found for {name}==9")
        return Environment(name, folder)

    monkeypatch.setattr(Builder, "build", build)
    return make


def matrix(tmp_path: Path, *arguments: str) -> tuple[int, str, Mapping[str, Any]]:
    """Exit code, output, and the rows of the index."""
    asked = ["matrix", *QUICK, "--out", str(tmp_path / "out"), *arguments]
    result = CliRunner().invoke(cli, asked, env={"COLUMNS": "80"})
    index = tmp_path / "out" / "matrix.json"
    rows = json.loads(index.read_text())["rows"] if index.exists() else []
    return result.exit_code, result.output, {row.get("adapter"): row for row in rows}


def test_a_row_that_runs_and_others_that_cannot(tmp_path: Path, env: Env) -> None:
    env("import sys; sys.exit('no licence')")
    code, said, rows = matrix(tmp_path, "numpy", "torch", "jax")
    assert code == 0, said
    own = rows["numpy"]
    assert (own["status"], own["verdict"], own["exit_code"]) == ("ran", "conforms", 0)
    assert own["run"]["cases"] > 0 and own["run"]["configurations"] > 0
    assert rows["torch"]["verdict"] == "cannot be used" and rows["torch"]["exit_code"] == 3
    assert "torch 2.13.0 does not work: it called exit('no licence')" in rows["torch"]["why"]
    assert "pip install --force-reinstall torch" in rows["torch"]["why"]
    assert rows["jax"]["verdict"] == "not installed"
    assert rows["jax"]["why"].startswith("No matching distribution found for jax==9 (pip's words:")
    assert "1 of 3 rows ran (1 conforms, 1 cannot be used, 1 not installed)" in said
    table = [line for line in said.splitlines() if not line.startswith("convspec: ")]
    assert table and all(len(line) <= 80 for line in table)
    page = (tmp_path / "out" / "matrix.html").read_text()
    for words in ("no licence", "jax==9", "1 of 3 ways to run 3 libraries"):
        assert words in page
    for file in own["run"]["files"].values():
        assert (tmp_path / "out" / file).exists()
    # What did not run counts where that is asked for, or where nothing ran.
    assert matrix(tmp_path, "numpy", "torch", "--strict")[0] == 3
    code, said, rows = matrix(tmp_path, "torch", "jax")
    assert code == 3 and "0 of 2 rows ran" in said and set(rows) == {"torch", "jax"}


def test_rows_of_before_are_kept_and_the_page_is_made_anew(tmp_path: Path, env: Env) -> None:
    env()
    assert matrix(tmp_path, "numpy")[0] == 0
    code, said, rows = matrix(tmp_path, "torch", "--merge")
    assert (code, list(rows)) == (3, ["numpy", "torch"]) and rows["numpy"]["run"]["cases"]
    assert rows["torch"]["why"].startswith("torch not in ") and "--rebuild" in rows["torch"]["why"]
    (tmp_path / "out" / "matrix.html").unlink()
    code, said, again = matrix(tmp_path, "--page")
    assert code == 0 and again == rows and (tmp_path / "out" / "matrix.html").exists()
    code, said, _ = matrix(tmp_path, "--page", "numpy")
    assert code == 2 and "--page runs nothing" in said
    (tmp_path / "out" / "matrix.json").write_text('{"schema": 1, "rows": [{}]}')
    code, said, _ = matrix(tmp_path, "--page")
    assert code == 2 and "matrix.json is damaged" in said


@linux
def test_a_row_that_dies(tmp_path: Path, env: Env) -> None:
    env("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    code, _, rows = matrix(tmp_path, "torch")
    assert code == 3 and rows["torch"]["verdict"] == "cannot be used"
    assert "opening it died of SIGSEGV" in rows["torch"]["why"]


@linux
def test_a_row_that_hangs_is_killed_with_all_that_it_started(
    tmp_path: Path, env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = tmp_path / "pids"
    env(f"import os, time\nopen({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)")
    late = property(lambda self: 3601.0 if pids.exists() and pids.read_text() else 0.0)
    monkeypatch.setattr(running._Running, "seconds", late)
    monkeypatch.setattr(running.Child, "end", lambda self, grace=0.2: END(self, 0.2))
    code, _, rows = matrix(tmp_path, "torch")
    assert (code, rows["torch"]["verdict"]) == (3, "killed")
    assert rows["torch"]["why"] == "it took longer than 60 min and had not begun to test"
    assert not any(alive(int(pid)) for pid in pids.read_text().split())


def test_a_row_of_another_version_runs_and_says_so(tmp_path: Path, env: Env) -> None:
    env("__version__ = '1.9'; import numpy; numpy.no_such", "1.9")
    code, said, rows = matrix(tmp_path, "torch")
    row = rows["torch"]
    assert code == 3 and row["found"] == {"torch": "1.9"} and row["pinned"] == {"torch": "2.13.0"}
    assert row["notes"] == ["torch 1.9 is installed; the pins want 2.13.0"]
    assert "pip install torch==2.13.0" in row["why"] and row["notes"][0] in said


def test_an_interrupted_matrix_keeps_what_it_has(
    tmp_path: Path, env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    env("import time; time.sleep(600)")
    looks = iter([*[False] * 12, True])

    def look(self: Follower) -> None:
        if next(looks, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(Follower, "look", look)
    monkeypatch.setattr(running.Child, "end", lambda self, grace=0.2: END(self, 0.2))
    code, said, rows = matrix(tmp_path, "torch", "torch:no-mkldnn")
    assert code == 130 and "matrix: interrupted" in said
    assert [row["verdict"] for row in rows.values()] == ["interrupted", "not begun"]
    assert (tmp_path / "out" / "matrix.html").exists()


END = Child.end


def test_bad_usage(tmp_path: Path) -> None:
    for arguments, words in [
        (["torhc"], "did you mean 'torch'?"),
        (["--op", "cnov"], "unknown operation 'cnov'"),
        (["--known", "no.toml"], "cannot read it"),
        (["--page"], "no matrix is in"),
        (["--out", str(Path(__file__))], "cannot write to"),
    ]:
        code, said, _ = matrix(tmp_path, *arguments)
        assert code == 2 and words in said, said


def test_how_far_a_run_has_come(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "events")
    follower.look()
    assert follower.reached() == " and had not begun to test"
    lines = [{"kind": "run-started", "laws": 7}, {"kind": "law-finished", "cases": 5}]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (tmp_path / "events").write_text(text + '{"kind": "law-fin')
    follower.look()
    follower.look()
    assert (follower.laws, follower.done, follower.cases) == (7, 1, 5)
    assert follower.reached() == "; 1 of 7 items of laws were done"


def test_what_is_installed_is_read_without_running_anything(tmp_path: Path) -> None:
    place = fakes.environment(tmp_path / "one")
    fakes.package(place, "Fake_Lib", None, "4.5")
    (place / "broken-1.dist-info").mkdir()
    assert environments.installed_in(tmp_path / "one") == {canonical("Fake_Lib"): "4.5"}
    assert environments.installed_in(tmp_path / "none") == {}


def test_an_index_reads_back_as_it_was(tmp_path: Path, env: Env) -> None:
    env()
    matrix(tmp_path, "numpy", "jax")
    rows, asked, machine = read(tmp_path / "out")
    assert [(row.adapter, row.verdict) for row in rows] == [
        ("numpy", "conforms"), ("jax", "not installed")
    ]  # fmt: skip
    assert asked["profile"] == "smoke" and asked["more"] == ["--clause", "relu.definition"]
    assert machine["processor"]
    assert replace(rows[1], why="").version == "" and rows[1].report is None


def test_make_hands_on_what_it_is_told() -> None:
    root = Path(__file__).resolve().parents[2]
    command = ["make", "-n", "-s", "matrix", "ADAPTERS=torch keras:jax", "JOBS=3", "PROFILE=full"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    [line] = [line for line in ran.stdout.splitlines() if "convspec matrix" in line]
    assert "convspec matrix torch keras:jax --profile full" in line and "--jobs 3" in line

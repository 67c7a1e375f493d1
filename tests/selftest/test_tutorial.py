"""The tutorial: its commands run, its changes made, what it shows of their output there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from convspec.adapters.opening import open_adapter
from convspec.cli import cli
from convspec.pages.layout import FOLDER
from convspec.starting import FILES, CannotStart, start

PAGE = FOLDER / "tutorial.md"


def fenced() -> Iterator[tuple[str, str]]:
    """The blocks of the page in order: their language, and what is in them."""
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S):
        yield found[1], found[2]


def changed(text: str, diff: str) -> str:
    """A text with a change made to the one place that it fits."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"it fits {text.count(before)} places:\n{before}"
    return text.replace(before, after)


def missing(shown: str, printed: str) -> str:
    """The first part of what is shown that was not printed, in order; `…` stands for anything."""
    at = 0
    said = f"\n{printed}"
    for part in re.split(r"^…$\n?", shown, flags=re.M):
        wanted = [re.escape(line).replace("…", ".*") for line in part.splitlines()]
        if not wanted:
            continue
        found = re.compile(r"\n" + r"\s*\n".join(wanted) + r"[^\S\n]*(?=\n|\Z)").search(said, at)
        if found is None:
            return part
        at = found.end()
    return ""


def run(command: str, folder: Path) -> tuple[int, str]:
    words = shlex.split(command)
    assert words[0] == "convspec"
    done = subprocess.run(
        [sys.executable, "-m", *words, *(["-j", "1"] if words[1] == "check" else [])],
        cwd=folder, env={**os.environ, "COLUMNS": "80"}, stdin=subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode()


# Half a minute, and not among the long tests: what is shown there changes with what is drawn.
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "my_kernels.py"
    codes = []
    for language, text in fenced():
        if language == "diff":
            file.write_text(changed(file.read_text("utf-8"), text), encoding="utf-8")
            continue
        assert language == "console"
        command, _, shown = text.removeprefix("$ ").partition("\n")
        code, printed = run(command, tmp_path)
        part = missing(shown, printed)
        assert not part, f"$ {command}\n{printed}\n-- is without:\n{part}"
        codes.append(code)
    assert codes == [0, 1, 1, 0, 0, 1, 0]


def test_what_is_shown_is_found_in_order() -> None:
    assert not missing("a\n…\nc…\n", "a\nb\ncd\n")
    assert missing("c\n…\na\n", "a\nb\nc\n") == "a\n"
    assert missing("a\nc\n", "a\nb\nc\n")


@pytest.mark.parametrize("language", FILES)
def test_what_init_writes_is_an_adapter(language: str, tmp_path: Path) -> None:
    file, *_ = start("first_try", language, tmp_path)
    adapter = open_adapter(str(file))
    assert list(adapter.claims.ops) == ["conv"] and adapter.claims.ops["conv"].ranks == (2,)
    assert max(map(len, file.read_text("utf-8").splitlines())) <= 100
    with pytest.raises(CannotStart, match=r"first_try\.\w+ is there already"):
        start("first_try", language, tmp_path)


def test_the_command_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.c").write_text("mine")
    done = CliRunner().invoke(cli, ["init", "mine", "--language", "c"])
    assert done.exit_code == 2 and "mine.c is there already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.c"]
    done = CliRunner().invoke(cli, ["init", "my-kernels"])
    assert done.exit_code == 2 and "convspec init my_kernels" in done.stderr
    done = CliRunner().invoke(cli, ["init", "mine.py"])
    assert done.exit_code == 0 and "convspec check mine.py" in done.stdout

"""Where a run's files go: what ``--report`` and ``--out`` ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from .choices import OUT
from .journal import SUFFIX
from .problems import Problem, tell
from .report import Report
from .reports import TARGETS, Target
from .saving import check_writable, file_name, write_text


def chosen(formats: str | None, known: Sequence[str] = tuple(TARGETS)) -> tuple[str, ...]:
    """The formats in a list with commas, json if there is none. Raises Problem."""
    words = tuple(dict.fromkeys(word.strip() for word in (formats or "json").split(",")))
    for word in words:
        if word not in known:
            raise Problem(f"--report: there is no format {word!r}; known: {' '.join(known)}")
    return words


@dataclass(frozen=True)
class Output:
    """A folder, the formats, and for each adapter what its own files are called."""

    folder: Path
    formats: tuple[str, ...]
    stems: tuple[str, ...]

    @classmethod
    def asked(cls, adapters: Sequence[str], formats: str | None, out: Path | None) -> Output | None:
        """What was asked for; None if nothing was. Raises Problem for what cannot be written."""
        if formats is None and out is None:
            return None
        output = cls(out or OUT, chosen(formats), _distinct(adapters))
        for file in (output.events(0), *output.files(len(adapters))):
            try:
                check_writable(file)
            except OSError as error:
                raise Problem(f"cannot write to {file}: {error.strerror or error}") from None
        return output

    def events(self, number: int) -> Path:
        """The file of events of an adapter."""
        return self.folder / f"{self.stems[number]}{SUFFIX}"

    def files(self, count: int) -> list[Path]:
        """All files that `write` will write for so many reports."""
        found: list[Path] = []
        for word in self.formats:
            target = TARGETS[word]
            if target.joint:
                found.append(self.folder / str(target.file))
            elif target.file:
                found += [self.folder / f"{stem}{target.file}" for stem in self.stems[:count]]
        return found

    def write(self, reports: Sequence[Report], numbers: Sequence[int] = ()) -> bool:
        """Write all formats; False if that failed, of which a line has been said.

        `numbers`: which of the adapters the reports are of, by default the first ones.
        """
        problems: dict[str, list[str]] = {}
        written: list[str] = []
        for word in self.formats:
            target = TARGETS[word]
            for name, those in self._parts(target, reports, numbers or range(len(reports))):
                try:
                    text = target.render(those)
                    if name:
                        write_text(self.folder / name, text)
                    else:
                        self._publish(text, reports)
                except OSError as error:
                    problems.setdefault(error.strerror or str(error), []).append(name or word)
                else:
                    written += [name] if name else []
        if written:
            noun = "report" if len(written) == 1 else "reports"
            tell(f"{noun} written to {self.folder}: {', '.join(written)}")
        for why, names in problems.items():
            tell(f"cannot write to {self.folder}: {why} ({', '.join(names)})")
        return not problems

    def _parts(
        self, target: Target, reports: Sequence[Report], numbers: Sequence[int]
    ) -> list[tuple[str, Sequence[Report]]]:
        if target.joint or target.file is None:
            return [(target.file or "", reports)]
        return [
            (f"{self.stems[number]}{target.file}", [report])
            for number, report in zip(numbers, reports, strict=True)
        ]

    def _publish(self, text: str, reports: Sequence[Report]) -> None:
        """Annotations go to stdout; the page goes where GitHub says that it wants one."""
        click.echo(text, nl=False)
        page = os.environ.get("GITHUB_STEP_SUMMARY")
        if page:
            from .reports.markdown import LIMIT, render

            there = Path(page).stat().st_size if Path(page).exists() else 0
            with open(page, "a", encoding="utf-8") as file:
                file.write(render(reports, max(LIMIT - there, 2000)))


def _distinct(adapters: Sequence[str]) -> tuple[str, ...]:
    """A file name's stem for each, the later of two that are alike with a number."""
    stems: list[str] = []
    for adapter in adapters:
        plain = stem = file_name(adapter, "")
        number = 1
        while stem in stems:
            number += 1
            stem = f"{plain}-{number}"
        stems.append(stem)
    return tuple(stems)

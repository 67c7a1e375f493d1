"""What a page holds, for checking it: sections, links, anchors, slugs, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(?P<level>#+) (?P<title>.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Example:
    """Code of a page that is executed: the first line's number, and the text."""

    line: int
    code: str


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", text)


def headings(text: str, level: int = 2) -> list[str]:
    """The titles of a level, in order."""
    found = HEADING.finditer(prose(text))
    return [match["title"] for match in found if len(match["level"]) == level]


def anchors(text: str) -> list[str]:
    """The places of a page that a link can go to: those marked, and its headings'."""
    titles = (match["title"] for match in HEADING.finditer(prose(text)))
    return [*ANCHOR.findall(text), *map(slugged, titles)]


def slugged(title: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.replace(" ", "-")


def links(text: str) -> Iterator[tuple[str, str]]:
    """The links of a page to files and places of ours: file (empty: the page itself), place."""
    for match in LINK.finditer(prose(text)):
        if "://" not in match["target"]:
            file, _, place = match["target"].partition("#")
            yield file, place


def quoted(text: str) -> list[str]:
    """Everything that is set as code within prose."""
    return CODE.findall(prose(text))


def examples(text: str) -> list[Example]:
    """The blocks of Python that show what is typed and what comes back."""
    return [
        Example(text.count("\n", 0, match.start("code")), match["code"])
        for match in PYTHON.finditer(text)
        if ">>> " in match["code"]
    ]

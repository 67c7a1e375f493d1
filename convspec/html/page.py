"""The page put together: one document with its styles and its script, everything else escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from convspec import __version__
from convspec.events import VERDICTS
from convspec.known.showing import share
from convspec.legible import legible
from convspec.pages.layout import PAGE_OF
from convspec.report import Report
from convspec.terminal import seconds

from . import runs as run_facts
from .failing import ALSO, laws, shortened, told
from .matrix import Column, Family, clause_key, columns, counted, families, look

ROOM = 4_500_000
"""Characters of a whole page, about: however many failures there are, it opens at once."""

LEAST = 1_200_000
"""Characters that failures may take even where the matrix alone fills the page."""

PER_CLAUSE, PER_CELL = 1_000, 220
"""Characters that a clause and a cell of the matrix take, about."""

BRIEF = 0.2
"""The share of the room for failures that is kept for telling them in brief, once that is needed;
those for which there is no room even so are counted."""

REMARKED = 3
"""Runs up to which the matrix has a column that says what was found first."""


def render(reports: Sequence[Report]) -> str:
    """The page of these runs, one column each, as a whole HTML document.

    It is made from the reports' events alone. Everything in them is escaped; nothing is loaded
    from elsewhere. However many failures there are, it stays a few megabytes long: once there is
    no room, failures are told in brief, and then counted.
    """
    return written("page.html", columns(reports))


def written(template: str, found: Sequence[Column], **more: object) -> str:
    """The page that a template makes of runs, and of what else it needs."""
    environment = _environment()
    clauses = families(found)
    style, script = _file("style.css"), _file("script.js")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return environment.get_template(template).render(
        runs=found,
        families=clauses,
        failures=_failures(environment, found, _room(clauses, len(found))),
        style=Markup(style),
        script=Markup(script),
        policy=Markup(
            "default-src 'none'; style-src 'unsafe-inline';"
            f" script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        ),
        verdicts=VERDICTS,
        remarks=len(found) <= REMARKED,
        version=__version__,
        **more,
    )


class _Shown:
    """The failures of one clause in one run: rendered, and how many there was no room for."""

    def __init__(self) -> None:
        self.parts: list[Markup] = []
        self.left_out = 0


def _room(clauses: Sequence[Family], runs: int) -> float:
    """Characters that failures may take."""
    rows = sum(len(family.rows) for family in clauses)
    return max(ROOM - rows * (PER_CLAUSE + runs * PER_CELL), LEAST)


def _failures(
    environment: Environment, found: Sequence[Column], room: float
) -> dict[tuple[str, str], _Shown]:
    """Every failure that there is room for, rendered, by run and clause."""
    full, brief = (environment.get_template(f"{name}.html") for name in ("failure", "brief"))
    rooms = [(full, room * (1 - BRIEF)), (brief, room * BRIEF)]
    shown: dict[tuple[str, str], _Shown] = {}
    for key, slug, failure in told(found):
        place = shown.setdefault((key, slug), _Shown())
        while rooms:
            template, left = rooms[0]
            text = Markup(template.render(failure=failure))
            if len(text) <= left:
                place.parts.append(text)
                rooms[0] = template, left - len(text)
                break
            del rooms[0]
        else:
            place.left_out += 1
    return shown


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("convspec.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_speakable,
    )
    environment.filters.update(
        seconds=seconds, shortened=shortened, key=clause_key, link=run_facts.link, share=share
    )
    environment.globals.update(
        look=look, counted=counted, laws=laws, page_of=_page_of, also_most=ALSO, facts=run_facts,
    )  # fmt: skip
    return environment


def _speakable(value: object) -> object:
    """What is put into the page, without what a document cannot hold and a reader cannot see."""
    return legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _page_of(slug: str) -> str:
    """Where a clause stands in the specification; empty for one of another version."""
    page = PAGE_OF.get(slug.partition(".")[0])
    return f"spec/{page.name}.md#{slug}" if page else ""


def _file(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")

"""Options that several commands have, each with one name and one meaning."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from convspec.profiles import BUDGETS

clause_option = click.option(
    "--clause", "clauses", multiple=True, metavar="GLOB",
    help="Only clauses whose slug matches; may be repeated.",
)  # fmt: skip

op_option = click.option(
    "--op", "ops", multiple=True, metavar="OP", help="Only this operation; may be repeated."
)

jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(1), metavar="N",
    help="Worker processes.  [default: one per core]",
)  # fmt: skip

profile_option = click.option(
    "--profile", type=click.Choice(tuple(BUDGETS)), default="quick", show_default=True,
    help="How many cases for each adapter: a few seconds, a minute, or many.",
)  # fmt: skip

seed_option = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="All cases follow from it."
)

environments_option = click.option(
    "--environments", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Folder for the environments.  [default: .cache/environments]",
)  # fmt: skip

pip_option = click.option("--pip", default="", metavar="OPTIONS", help="Options for pip install.")

known_option = click.option(
    "--known", multiple=True, metavar="FILE",
    help="Failures known already, as regions of cases, in TOML; builtin: those that we know of."
    " May be repeated.",
)  # fmt: skip

report_option = click.option(
    "--report", "formats", metavar="FORMATS",
    help="Write reports: html, json, junit, md (with commas between); or github, on stdout.",
)  # fmt: skip

out_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder for reports and events; alone, it asks for json.  [default: convspec-report]",
)  # fmt: skip

verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="A row per clause, and every failure in full."
)


def isolation(command: Callable[..., int]) -> Callable[..., int]:
    """The options on where the implementation runs and what it may use up; as one, `apart`."""

    @click.option(
        "--isolate/--no-isolate", default=True, show_default=True,
        help="Run it in processes of its own, which may die, or in this one.",
    )  # fmt: skip
    @click.option(
        "--limit", type=click.FloatRange(0, min_open=True), metavar="SECONDS", default=20.0,
        show_default=True,
        help="How long a case may take there; six times that if it compiles for each shape.",
    )  # fmt: skip
    @click.option(
        "--memory", type=click.IntRange(0), metavar="MIB", default=4096, show_default=True,
        help="What it may take there beside the library; 0: no limit.",
    )  # fmt: skip
    @functools.wraps(command)
    def with_options(isolate: bool, limit: float, memory: int, **given: Any) -> int:
        from convspec.isolation import Limits

        apart = {"isolate": isolate, "limits": Limits(limit, memory or None)}
        return command(apart=apart, **given)

    return with_options

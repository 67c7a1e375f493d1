"""The list of anchors, ``adapters/anchors.toml``: what an old release gets wrong, and where.

::

    [[anchor]]
    name = "onnxruntime-1.17.3"      # and its environment: environments/onnxruntime-1.17.3.txt
    adapter = "onnxruntime"
    version = "1.17.3"

    [[anchor.fault]]
    name = "extra-window"
    clauses = ["max_pool.ceil-size"]  # globs: those that are run, one of which has to be broken
    when = "ceil_mode"                # the condition that the issue tells of
    what = "keeps a window that starts past the input"
    link = "https://…"
    sign = "AssertionError"          # words that the failure's message has to hold; may be left out

The run is told of the clauses alone. `when`, `sign` and `what` are for the verdict: the fault is
found if a failing case of these clauses satisfies the condition and is told with the sign.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from convspec.predicates import Predicate


@dataclass(frozen=True)
class Fault:
    """A fault known from a tracker: the clauses it breaks, and the condition under which.

    `sign`: words that tell it from other failures under the same condition.
    """

    name: str
    clauses: tuple[str, ...]
    when: Predicate
    what: str
    link: str
    sign: str = ""


@dataclass(frozen=True)
class Anchor:
    """An old release and its faults. `name` is its environment's, too."""

    name: str
    adapter: str
    version: str
    faults: tuple[Fault, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses concerned, each once."""
        return tuple(dict.fromkeys(glob for fault in self.faults for glob in fault.clauses))


@cache
def anchors() -> tuple[Anchor, ...]:
    """Every anchor that comes with us."""
    text = files("convspec.adapters").joinpath("anchors.toml").read_text("utf-8")
    return read(text)


def read(text: str) -> tuple[Anchor, ...]:
    """The anchors of a text. Raises KeyError, TypeError or ValueError where it is wrong."""
    return tuple(
        Anchor(one["name"], one["adapter"], one["version"], tuple(_fault(f) for f in one["fault"]))
        for one in tomllib.loads(text)["anchor"]
    )


def _fault(given: dict[str, Any]) -> Fault:
    return Fault(
        given["name"], tuple(given["clauses"]), Predicate.parse(given["when"]), given["what"],
        given["link"], given.get("sign", ""),
    )  # fmt: skip

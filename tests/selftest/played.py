"""Runs made by hand, for tests of what is made from events."""

from __future__ import annotations

from typing import Any

from convspec.events import (
    CONFORMS,
    DEVIATES,
    Covered,
    Event,
    Explained,
    Failure,
    Fingerprint,
    KnownChecked,
    LawFinished,
    RunFinished,
    RunStarted,
)
from convspec.report import Report

HOSTILE = (
    "<script>alert(1)</script> ]]> & | `one` ``two`` ```three``` **bold** _it_ [a](b)"
    " \x00\x07\x1b[31mred\x1b[0m \x85\u2028 \ud800 😀 %0A\r\n"
    "::error title=x::injected\n# heading\n</details>"
)
"""What an implementation could say to break whatever shows it."""

CASE = "conv stride=2,1 groups=2 x=1x2x1x1:float32:zeros@0 w=2x1x1x1:float32:zeros@0"


def head(**other: Any) -> RunStarted:
    given: dict[str, Any] = {
        "adapter": "torch", "version": "2.13.0", "claims": {"dialect": {}}, "profile": "quick",
        "seed": 0, "convspec": "0.2.0", "spec": "0.2", "laws": 4,
        "asked": {"adapter": "torch", "ops": [], "clauses": []},
    }  # fmt: skip
    return RunStarted(**{**given, **other})


def failure(**other: Any) -> Failure:
    given: dict[str, Any] = {
        "kind": "value", "verdict": DEVIATES, "case": CASE, "message": "2 of 2 cells differ",
        "tensors": {"x": [[[[0]], [[0]]]]}, "expected": [[[[0]], [[0]]]],
        "got": [[[[1]], [[1.5]]]], "worst": (0, 1, 0, 0), "found_after": 3, "cells": 4,
    }  # fmt: skip
    return Failure(**{**given, **other})


def law(clause: str, verdict: str = CONFORMS, **other: Any) -> LawFinished:
    given: dict[str, Any] = {
        "law": clause.replace(".", "_"), "op": clause.split(".")[0], "rank": 2, "cases": 10,
        "seconds": 0.25, "failures": (),
    }  # fmt: skip
    return LawFinished(clause=clause, verdict=verdict, **{**given, **other})


def deviating(clause: str, **other: Any) -> LawFinished:
    return law(clause, DEVIATES, failures=(failure(**other),))


EXPLAINED = Explained(
    "conv_definition", "conv", 2, CASE,
    {"rule": "groups >= 2 and stride[0] > 1", "inside": [31, 31], "outside": [0, 412]},
    ("conv.groups-shifted",), "import torch\nraise SystemExit(1)\n", 1,
)  # fmt: skip

LATER: tuple[Event, ...] = (
    EXPLAINED,
    KnownChecked(
        "ceil", "avg_pool.definition", "ceil_mode", "avg_pool window=2 x=1x1x4:float32:ones@0",
        "upstream rounds up", "https://example.org/1", "known", 0.125,
    ),
    Fingerprint("conv", "float32", "float32 in and out", {"rms": 0.4, "worst": float("inf")}),
    Covered("conv", 2, 100, 90, {"dtype": {"float32": 100}}, (40, 50), (300, 700), ("groups=8",)),
)  # fmt: skip


def run(*events: Event, finished: bool = True, **of_head: Any) -> list[Event]:
    """A whole run with these events in it."""
    return [head(**of_head), *events, *([RunFinished(2.0)] if finished else [])]


def report(*events: Event, finished: bool = True, **of_head: Any) -> Report:
    return Report.from_events(run(*events, finished=finished, **of_head))

"""Runs made up for the tests of the HTML page, and the page as a browser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import played

from convspec.events import (
    CONFORMS,
    CRASHES,
    DEVIATES,
    ERROR,
    KNOWN,
    UNSUPPORTED,
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
    "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&\x00\x1b[31m"
)

CONV = "conv stride=2,1 padding=1:0,0:2 x=1x2x4x4:float32:ramp@0 w=1x2x3x3:float32:ints@1"


def head(adapter: str = "torch", **other: Any) -> RunStarted:
    claims = {"ops": {"conv": {"ranks": [2], "dtypes": ["float32"], "stride": [1, 2]}},
              "dialect": {"max_pool.tie": "split", "pool.ceil-mode": "drop"}}  # fmt: skip
    observed = {"pool.ceil-mode": {"choice": "keep", "got": ["1 2"]}}
    given = {"claims": claims, "seed": 7, "convspec": "0.1.0", "spec": "0.1", "laws": 9,
             "asked": {}, "observed": observed}  # fmt: skip
    return played.head(adapter=adapter, **{**given, **other})


def law(clause: str, verdict: str = CONFORMS, *failures: Failure, **other: Any) -> LawFinished:
    name = clause.partition(".")[2].replace("-", "_")
    given = {"law": name, "cases": 40, "seconds": 0.5, "failures": failures}
    return played.law(clause, verdict, **{**given, **other})


def wrong(case: str = CONV, **other: Any) -> Failure:
    """A failure of one cell in a convolution that lost its last tap."""
    given = {
        "message": "y[0, 0, 1, 3] is 7, expected 8",
        "expected": [[[[1, 2, 3, 4], [5, 6, 7, 8]]]],
        "got": [[[[1, 2, 3, 4], [5, 6, 7, 7]]]],
        "tensors": None,
        "worst": (0, 0, 1, 3),
        "cells": 50,
    }
    return played.failure(case=case, **{**given, **other})


def run(*events: Event, adapter: str = "torch", finished: bool = True) -> Report:
    foot = (RunFinished(3.5),) if finished else ()
    return Report.from_events([head(adapter), *events, *foot])


FOUND = (
    law("conv.definition", DEVIATES, wrong()),
    law("conv.stride", CONFORMS),
    law("conv.named-padding", UNSUPPORTED, cases=0),
    law("conv.repeatable", CRASHES, wrong(
        kind="crash", verdict=CRASHES, message="died: SIGSEGV", expected=None, got=None,
        worst=None, details="stack line 1\nstack line 2",
    )),
    law("max_pool.tie", KNOWN),
    law("max_pool.definition", CONFORMS),
    law("avg_pool.definition", ERROR, note="Traceback\n  here\nKeyError: 'x'"),
    Explained("definition", "conv", 2, CONV,
              {"rule": "groups >= 2", "inside": [31, 31], "outside": [0, 412]},
              ("conv-loses-a-tap",), "print('by hand')", 1),
    KnownChecked("first-tie", "max_pool.tie", "any(stride > window)", "max_pool window=1", "old",
                 "https://example.org/1", KNOWN, 0.031),
    Fingerprint("conv", "float32", "float32 in, float32 accumulate", {"rms": 1.25e-8}),
    Covered("conv", 2, 400, 380, {"groups": {"1": 300, "2": 100, "4": 0}}, (41, 44), (7, 9),
            ("groups 4",)),
)  # fmt: skip


class Page(HTMLParser):
    """The page as a browser reads it: balanced elements, attributes, text."""

    VOID = ("meta", "input", "br", "img", "link", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "script" not in self.open:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.text).split())

    def all(self, name: str) -> Iterator[str]:
        """The values of an attribute, in order."""
        for _, attributes in self.elements:
            if attributes.get(name) is not None:
                yield str(attributes[name])

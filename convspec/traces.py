"""The layers of a published network as a table: ``convspec explain vgg-16``."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from .console import indented
from .spec.architectures import (
    ARCHITECTURES,
    PUBLISHED,
    Architecture,
    Row,
    Step,
    multiply_accumulates,
    parameters,
    trace,
)

_ALIASES = {"lenet": "lenet-5", "vgg": "vgg-16", "resnet": "resnet-50"}


def architecture_named(words: Sequence[str]) -> Architecture | None:
    """The published network that the words name, as in ``VGG 16`` or ``resnet50``; else None."""
    squeezed = _squeezed("".join(words))
    names = {_squeezed(name): name for name in (*ARCHITECTURES, *_ALIASES)}
    name = names.get(squeezed)
    return None if name is None else ARCHITECTURES[_ALIASES.get(name, name)]


def _squeezed(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")


def show_trace(out: Console, network: Architecture) -> None:
    """Print shape, parameters and work of every layer, the sums, and what is in print."""
    rows = trace(network)
    out.print(Text.assemble((network.title, "bold"), f"  an image of {_by(network.image)}"))
    indented(out, Text(network.source))
    out.print()
    out.print(Text(_line("layer", "", "result", "parameters", "mult.-acc."), "bold"))
    for row in rows:
        work = row.work if row.step.kind in ("conv", "dense") else 0
        out.print(
            Text(_line(row.step.name, _said(row.step), _by(row.shape), _number(row.parameters),
                       _number(work)).rstrip()),
            soft_wrap=True,
        )  # fmt: skip
    total = _number(parameters(rows)), _number(multiply_accumulates(rows))
    out.print(Text(_line("all", "", "", *total), "bold"))
    printed = [p for p in PUBLISHED if p.architecture == network.name]
    if printed:
        out.print()
        out.print(Text("in print", "bold"))
        for number in printed:
            indented(out, Text(f"{number.what}: {number.value:,} ({number.where})"))
    for note in network.notes:
        out.print()
        indented(out, Text(note), 0)


def _line(name: str, said: str, shape: str, numbers: str, work: str) -> str:
    return f"  {name:<9}{said:<24}{shape:<13}{numbers:>13}{work:>16}"


def _said(step: Step) -> str:
    if step.kind == "add":
        return f"+ {step.also}"
    if step.kind == "gap":
        return "global_avg_pool"
    if step.kind == "dense":
        return "dense"
    words = [f"{step.kind} {step.window}×{step.window}"]
    if step.stride > 1:
        words.append(f"/{step.stride}")
    if step.padding:
        words.append(f"pad {step.padding}")
    if step.groups > 1:
        words.append(f"g {step.groups}")
    return " ".join(words)


def _by(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _number(value: int) -> str:
    return f"{value:,}" if value else "–"


__all__ = ["Row", "architecture_named", "show_trace"]

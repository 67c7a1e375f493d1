"""The published networks as tables: what every layer comes to, and what is in print."""

from __future__ import annotations

from convspec.layers import times
from convspec.spec.architectures import (
    ARCHITECTURES,
    PUBLISHED,
    Architecture,
    Row,
    multiply_accumulates,
    parameters,
    trace,
)

from .markdown import code, plain, table


def architectures() -> str:
    """Every network: where it is published, its layers, its totals beside those in print."""
    return "\n\n".join(map(_architecture, ARCHITECTURES.values()))


def _architecture(network: Architecture) -> str:
    rows = trace(network)
    head = ("layer", "is", "result", "parameters", "multiply-accumulates")
    body = [("image", "", times(network.image), "", ""), *map(_row, rows)]
    total = ("**all**", "", "", f"{parameters(rows):,}", f"{multiply_accumulates(rows):,}")
    said = [f"## {network.title}", plain(f"{network.source}."), table(head, [*body, total])]
    printed = [p for p in PUBLISHED if p.architecture == network.name]
    if printed:
        lines = [f"- {p.value:,} {p.what} in print ({plain(p.where)})" for p in printed]
        said.append("\n".join(lines))
    said += [f"> Note: {plain(note)}" for note in network.notes]
    said.append(f"<sub>{code(f'convspec explain {network.name}')}</sub>")
    return "\n\n".join(said)


def _row(row: Row) -> tuple[str, ...]:
    step = row.step
    parts = [step.kind.replace("_", " ")]
    if step.kind in ("conv", "max_pool", "subsample"):
        parts.append(f"{step.window}×{step.window}")
        parts += [f"stride {step.stride}"] if step.stride > 1 else []
        parts += [f"padding {step.padding}"] if step.padding else []
        parts += [f"{step.groups} groups"] if step.groups > 1 else []
    if step.source:
        parts.append(f"of {step.source}")
    if step.also:
        parts.append(f"{step.also}")
    trained = f"{row.parameters:,}" if row.parameters else ""
    work = f"{row.work:,}" if step.kind in ("conv", "dense") else ""
    return step.name, plain(" ".join(parts)), times(row.shape), trained, work

"""The body of ``convspec prove``: what is asked for, progress, what is printed and written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import TimeRemainingColumn
from rich.text import Text

from convspec.adapters.opening import AdapterError, UnknownAdapter, open_adapter
from convspec.choices import OUT, known_ops
from convspec.console import console, copyable, indented
from convspec.engine import smoke
from convspec.problems import NothingThere, Problem, tell
from convspec.progress import Meter
from convspec.saving import check_writable, file_name, write_json

from .bounds import BOUNDS, PROVABLE
from .progress_file import ProgressFile
from .run import Proof, key_of, plan_for, provable, prove
from .statement import (
    Failing,
    assumptions,
    code,
    document,
    failing_regions,
    parts,
)


class Unusable(Problem):
    """The adapter could not be opened."""

    exit_code = 3


def run(
    name: str, ops: Sequence[str], bound: str, jobs: int | None, out: Path | None, dtype: str
) -> int:
    """Prove, print, write; the exit code."""
    wanted = known_ops(ops)
    others = [op for op in wanted or () if op not in PROVABLE]
    if others:
        tell(
            f"{', '.join(others)}: not linear in the sense an impulse response decides, so there"
            f" is nothing to prove; convspec check covers it"
        )
    proof = _opened(name, wanted, bound, dtype)
    folder = out or OUT
    target = folder / file_name(name)
    try:
        if out:
            check_writable(_named(target, "proof", ".json"))
        file = ProgressFile(_named(target, f"proof-{bound}", ".progress"), key_of(proof))
    except OSError as error:
        raise Problem(f"cannot write to {folder}: {error.strerror or error}") from None
    if file.note:
        tell(file.note)
    with _Watch(proof) as watch:
        prove(proof, jobs or os.cpu_count() or 1, file, watch)
    if proof.interrupted:
        file.close()
        tell(
            f"interrupted after {proof.decided:,} of {proof.plan.count:,} configurations; the same"
            f" command goes on from there"
        )
        return 130
    failing = failing_regions(proof)
    _show(console(), proof, failing)
    if out:
        path = _named(target, "proof", ".json")
        write_json(path, document(proof, failing))
        tell(f"document written to {path}")
    file.remove()
    return code(proof)


def _named(file: Path, what: str, suffix: str) -> Path:
    return file.with_name(f"{file.stem}.{what}{suffix}")


def _opened(name: str, ops: list[str] | None, bound: str, dtype: str) -> Proof:
    try:
        adapter = open_adapter(name)
    except UnknownAdapter as error:
        raise Problem(str(error)) from None
    except AdapterError as error:
        raise Unusable(str(error)) from None
    chosen = provable(adapter, ops)
    if chosen:
        try:
            smoke(adapter)
        except AdapterError as error:
            raise Unusable(str(error)) from None
    plan = plan_for(adapter, chosen, BOUNDS[bound], dtype)
    if not plan.count:
        raise NothingThere(f"{name}: nothing of what was asked for is claimed in {dtype}")
    return Proof(adapter, BOUNDS[bound], dtype, plan, chosen, {})


class _Watch(Meter):
    """Progress on stderr: call it with the proof as it grows."""

    def __init__(self, proof: Proof) -> None:
        self._name = f"{proof.adapter.name} {proof.adapter.version}"
        super().__init__(self._name, TimeRemainingColumn())
        self._begun = False

    def __enter__(self) -> _Watch:
        super().__enter__()
        return self

    def __call__(self, proof: Proof) -> None:
        counts = f"{proof.decided:,}/{proof.plan.count:,} · {len(proof.found):,} failing"
        again = f" ({proof.resumed:,} from an earlier run)" if proof.resumed else ""
        line = f"{self._name}: {counts}{again}"
        if not self._begun:
            self._begun = True
            self.say(line)
        self.show(self._name, proof.decided, proof.plan.count, counts, line)


def _show(out: Console, proof: Proof, failing: list[Failing]) -> None:
    """The statement."""
    counted = parts(proof)
    total = sum(part.claimed for part in counted)
    right = total - len(proof.found)
    out.print(
        Text(f"{proof.adapter.name} {proof.adapter.version}, bound {proof.bound.name}", "bold")
    )
    style = "bold red" if proof.found else "bold green"
    out.print(Text(f"verified for all inputs: {right:,} of {total:,} configurations", style))
    for part in counted:
        where = f"{part.op} {part.rank}-D" if part.rank else part.op
        text = f"{where}: {part.claimed - part.failing:,} of {part.claimed:,}"
        if part.claimed != part.bound:
            text += f" claimed, {part.bound:,} in the bound"
        notes = ["a covering set"] if part.covering else []
        notes += [] if proof.adapter.claims.ops[part.op].gradient else ["no gradients claimed"]
        indented(out, Text(text + (f" ({', '.join(notes)})" if notes else "")))
    for one in failing:
        where = f"{one.op} {one.rank}-D" if one.rank else one.op
        r = one.region
        out.print()
        when = f"{r.strength} {r.condition}" if r.condition else "for no simple reason"
        out.print(Text(f"{where} {one.label} {when}", "bold red"))
        inside = f"{r.failing:,} of {r.inside:,} inside, {r.others:,} of {r.outside:,} outside"
        count = inside if r.condition else f"{r.failing:,} of {r.inside + r.outside:,}"
        indented(out, Text(f"{count}; smallest: {one.message}"))
        note = "" if one.confirmed else "   # passes as a single case"
        copyable(out, f"  convspec replay {proof.adapter.name} '{one.case}'{note}")
    out.print()
    out.print("assumptions:")
    for text in assumptions(proof):
        indented(out, Text(f"- {text}"))
    _spent(out, proof)


def _spent(out: Console, proof: Proof) -> None:
    spent: dict[str, float] = dict(proof.spent or {})
    total = sum(spent.values()) or 1.0
    shares = ", ".join(f"{label} {100 * s / total:.0f}%" for label, s in spent.items())
    each = 1e3 * total / max(proof.decided, 1)
    indented(out, Text(f"time: {proof.seconds:.0f} s; {each:.2f} ms each: {shares}"), by=0)

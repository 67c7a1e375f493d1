"""The table of `convspec power` as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convspec.power import Entry


def show(entries: Sequence[Entry]) -> Iterator[str]:
    """A block for each kind of data: sums down, lengths across, the share found outside."""
    terms = sorted({entry.terms for entry in entries})
    shares = {(e.data, e.sum, e.terms): e.outside / e.batches for e in entries}
    for data in dict.fromkeys(entry.data for entry in entries):
        yield f"{data} data: share of batches found outside, for sums of K products"
        yield f"  {'K':<26}" + "".join(f"{n:>8,}" for n in terms)
        for honest in (True, False):
            yield "  correct:" if honest else "  downgraded:"
            for name in dict.fromkeys(e.sum for e in entries if e.honest == honest):
                cells = "".join(f"{_share(shares[data, name, n]):>8}" for n in terms)
                yield f"    {name:<24}{cells}"
        yield ""
    correct = [e for e in entries if e.honest]
    wrong = sum(e.outside for e in correct)
    yield f"{wrong} of {sum(e.batches for e in correct):,} correct batches accused"


def _share(share: float) -> str:
    return f"{share:.2f}" if 0 < share < 1 else str(round(share))

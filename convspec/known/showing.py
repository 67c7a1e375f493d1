"""The known failures of a run, for a person to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from convspec.console import indented, look
from convspec.events import ABSENT, CHANGED, FIXED, KNOWN, UNTESTED, KnownChecked

ORDER = (FIXED, CHANGED, KNOWN, ABSENT, UNTESTED)
"""What becomes of entries; what asks for something to be done comes first."""

SAID = {
    FIXED: "fixed", CHANGED: "failing in another way", KNOWN: "still failing",
    ABSENT: "not seen here", UNTESTED: "not tested",
}  # fmt: skip
LOOKS = {FIXED: FIXED, CHANGED: "deviates", KNOWN: KNOWN}


def known_failures(out: Console, known: Sequence[KnownChecked], *, verbose: bool = False) -> None:
    """What became of each entry, how much it excuses, and where it stands."""
    if not known:
        return
    counts = Counter(event.verdict for event in known)
    told = [f"{counts[verdict]} {SAID[verdict]}" for verdict in ORDER if counts[verdict]]
    out.print()
    noun = "entry" if len(known) == 1 else "entries"
    title = Text("Known failures", "bold").append(f"  {len(known)} {noun}: {', '.join(told)}", "")
    indented(out, title, 0)
    for event in sorted(known, key=lambda event: ORDER.index(event.verdict)):
        symbol, style = look(LOOKS.get(event.verdict, "unsupported"))
        line = Text.assemble((f"  {symbol} ", style), (event.entry, "bold"))
        part = "" if event.verdict == UNTESTED else f"{share(event.excused)} of "
        line.append(f"  {part}{event.clause}", "dim")
        line.append(f", {event.cases:,} excused" if event.cases else "", "dim")
        line.truncate(out.width, overflow="ellipsis")
        out.print(line, no_wrap=True)
        urgent = event.verdict in (FIXED, CHANGED)
        note = event.note.removeprefix(f"{event.entry}: ")
        texts = [note, event.reason, f"when {event.predicate}", event.link]
        for text in filter(None, texts if verbose else [note or event.reason]):
            said = Text(text, style if urgent and text == note else "dim")
            if urgent or verbose:
                indented(out, said, 4)
            else:
                said = Text("    ").append_text(said)
                said.truncate(out.width, overflow="ellipsis")
                out.print(said, no_wrap=True)


def share(part: float) -> str:
    """A part of a case space in percent, never rounded to nothing or to everything."""
    percent = 100 * part
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"

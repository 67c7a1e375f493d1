"""Text of others, made fit to be shown: an implementation may say anything at all."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_SEEN = (
    "\t\n\r\u0020-\u007e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
)
_UNSEEN = re.compile(f"[^{_SEEN}]")


def legible(text: str) -> str:
    """The text without what a reader cannot see, a terminal obeys, and XML cannot hold: control
    characters, colours, marks that turn the direction of writing, halves of surrogate pairs.
    Line feeds, carriage returns and tabs stay."""
    return _UNSEEN.sub("", _ANSI.sub("", text))

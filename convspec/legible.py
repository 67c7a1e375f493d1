"""Text of others, made fit to be shown: an implementation may say anything at all."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_UNSEEN = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legible(text: str) -> str:
    """The text without what a reader cannot see, a terminal obeys, and XML cannot hold: control
    characters, colours, halves of surrogate pairs. Line breaks and tabs stay."""
    return _UNSEEN.sub("", _ANSI.sub("", text))

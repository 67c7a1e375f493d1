"""The few shapes a picture is made of, written as SVG: rectangles, lines, text."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

FONT = "system-ui, 'DejaVu Sans', Verdana, sans-serif"
"""Fonts that are there already; nothing is loaded."""

EM = 0.62
"""The width reserved for a character, in font sizes: more than any of the usual fonts needs."""


class Drawing:
    """A picture that grows as shapes are put on it. Lengths are in pixels, y points down."""

    def __init__(self) -> None:
        self._shapes: list[str] = []
        self._colours: dict[str, list[str]] = {}
        self.width = 0.0
        self.height = 0.0

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = max(self.width, x), max(self.height, y)

    def _add(self, name: str, attributes: dict[str, object], text: str | None = None) -> None:
        for key in ("fill", "stroke"):
            if key in attributes:
                self._colours.setdefault(str(attributes[key]), []).append(key)
        said = "".join(
            f" {key.replace('_', '-')}={quoteattr(_plain(value))}"
            for key, value in attributes.items()
        )
        end = "/>" if text is None else f">{escape(text)}</{name}>"
        self._shapes.append(f"<{name}{said}{end}")

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, **style: object
    ) -> None:
        """A rectangle by its upper left corner."""
        self._reach(x + width, y + height)
        self._add("rect", {"x": x, "y": y, "width": width, "height": height, "fill": fill, **style})

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float) -> None:
        """A straight line."""
        self._reach(max(x1, x2), max(y1, y2))
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        self._add("line", {**ends, "stroke": stroke, "stroke_width": width})

    def text(
        self, x: float, y: float, said: str, size: float = 12, anchor: str = "start",
        fill: str = "#1f2937", bold: bool = False,
    ) -> None:  # fmt: skip
        """Text on the baseline y; `anchor` is start, middle or end."""
        wide = EM * size * len(said)
        self._reach(x + wide * {"start": 1, "middle": 0.5}.get(anchor, 0), y + size / 2)
        style: dict[str, object] = {"x": x, "y": y, "font_size": size, "fill": fill}
        if anchor != "start":
            style["text_anchor"] = anchor
        if bold:
            style["font_weight"] = "bold"
        self._add("text", style, said)

    def paragraph(
        self, x: float, y: float, said: str, width: float, size: float = 12, **style: str
    ) -> float:
        """Text in lines no longer than `width`; the baseline after the last."""
        for line in wrap(said, max(int(width / (EM * size)), 12)):
            self.text(x, y, line, size, **style)  # type: ignore[arg-type]
            y += 1.5 * size
        return y

    def document(
        self, title: str, description: str, dark: Mapping[str, str], margin: float = 16
    ) -> str:
        """The whole file; title and description are what a screen reader says.

        `dark` says what each colour becomes on a dark screen. The ids are the picture's own, so
        that several can stand in one document.
        """
        width, height = _plain(self.width + margin), _plain(self.height + margin)
        paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
        body = "\n".join([paper, *self._shapes])
        own = f"p{crc32(''.join([title, description, body]).encode()):08x}"
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{own}" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img"'
            f' aria-labelledby="{own}-title {own}-description"'
            f" font-family={quoteattr(FONT)}>",
            f'<title id="{own}-title">{escape(title)}</title>',
            f'<desc id="{own}-description">{escape(description)}</desc>',
            f"<style>@media (prefers-color-scheme: dark) {{ {self._night(own, dark)} }}</style>",
            body,
            "</svg>",
            "",
        ])  # fmt: skip

    def _night(self, own: str, dark: Mapping[str, str]) -> str:
        """Rules that turn each colour into its dark one: they outdo the attributes."""
        used = self._colours | {"#ffffff": ["fill"]}
        return " ".join(
            f'#{own} [{key}="{colour}"] {{ {key}: {dark[colour]} }}'
            for colour, keys in used.items()
            if colour != "none"
            for key in dict.fromkeys(keys)
        )


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

"""The few shapes a picture is made of, written as SVG: rectangles, lines, text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

FONT = "system-ui, 'DejaVu Sans', Verdana, sans-serif"
"""Fonts that are there already; nothing is loaded."""


class Drawing:
    """A picture that grows as shapes are put on it. Lengths are in pixels, y points down."""

    def __init__(self) -> None:
        self._shapes: list[str] = []
        self.width = 0.0
        self.height = 0.0

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = max(self.width, x), max(self.height, y)

    def _add(self, name: str, attributes: dict[str, object], text: str | None = None) -> None:
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
        # Fonts differ: what is reserved is more than any of the usual ones needs.
        wide = 0.62 * size * len(said)
        self._reach(x + wide * {"start": 1, "middle": 0.5}.get(anchor, 0), y + size / 2)
        style: dict[str, object] = {"x": x, "y": y, "font_size": size, "fill": fill}
        if anchor != "start":
            style["text_anchor"] = anchor
        if bold:
            style["font_weight"] = "bold"
        self._add("text", style, said)

    def document(self, title: str, description: str, margin: float = 16) -> str:
        """The whole file; title and description are what a screen reader says."""
        width, height = _plain(self.width + margin), _plain(self.height + margin)
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="title description"'
            f" font-family={quoteattr(FONT)}>",
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *self._shapes,
            "</svg>",
            "",
        ])  # fmt: skip


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

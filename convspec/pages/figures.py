"""The pictures on the pages, each drawn by a command that a reader can type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from convspec.pictures import picture

from .layout import FOLDER
from .markdown import plain

PICTURES = FOLDER / "pictures"

OPTIONS = {
    "sizes": "--input", "window": "--kernel", "stride": "--stride", "padding": "--padding",
    "dilation": "--dilation", "ceil": "--ceil", "output_padding": "--output-padding",
    "output_size": "--output-size", "mode": "--mode", "output_cell": "--output-cell",
}  # fmt: skip
"""A number of a picture → the option of ``convspec explain`` that gives it."""


@dataclass(frozen=True)
class Figure:
    """A picture: the operation and the numbers it is drawn from."""

    op: str
    numbers: dict[str, Any]

    def svg(self) -> str:
        """The file."""
        return picture(self.op, **self.numbers)

    def command(self, file: str) -> str:
        """What a reader types to draw it."""
        words = ["convspec explain", self.op]
        for name, value in self.numbers.items():
            words.append(OPTIONS[name] if value is True else f"{OPTIONS[name]} {value}")
        return " ".join([*words, f"--svg {file}"])


def _figure(op: str, **numbers: Any) -> Figure:
    return Figure(op, numbers)


FIGURES = {
    "relation": _figure("conv", sizes="8", window="3", stride="2", padding="1", dilation="2",
                        output_cell="1"),
    "conv-window": _figure("conv", sizes="5x5", window="3x3", output_cell="1,1"),
    "conv-stride": _figure("conv", sizes="7x7", window="3x3", stride="2", output_cell="1,2"),
    "conv-padding": _figure("conv", sizes="5x5", window="3x3", padding="1", output_cell="0,0"),
    "conv-dilation": _figure("conv", sizes="7x7", window="3x3", dilation="2", output_cell="1,1"),
    "conv-unread": _figure("conv", sizes="8", window="2", stride="3"),
    "conv_transpose": _figure("conv_transpose", sizes="3x3", window="3x3", stride="2",
                              padding="1", output_cell="1,1"),
    "pool-windows": _figure("max_pool", sizes="4x4", window="2x2", stride="2", output_cell="0,1"),
    "pool-ceil": _figure("max_pool", sizes="6x6", window="3x3", stride="2", ceil=True),
    "pool-ceil-dropped": _figure("max_pool", sizes="5", window="2", stride="2", padding="1",
                                 ceil=True),
    "avg-border": _figure("avg_pool", sizes="4x4", window="3x3", padding="1", output_cell="0,0"),
    "adaptive-bins": _figure("adaptive_avg_pool", sizes="7", output_size="3"),
    "adaptive-bins-2d": _figure("adaptive_avg_pool", sizes="5x7", output_size="2x3",
                                output_cell="1,1"),
    "global": _figure("global_avg_pool", sizes="4x5"),
    "pad-constant": _figure("pad", sizes="4", padding="3", mode="constant"),
    "pad-reflect": _figure("pad", sizes="4", padding="3", mode="reflect"),
    "pad-symmetric": _figure("pad", sizes="4", padding="3", mode="symmetric"),
    "pad-replicate": _figure("pad", sizes="4", padding="3", mode="replicate"),
    "pad-circular": _figure("pad", sizes="4", padding="3", mode="circular"),
    "pad-crop": _figure("pad", sizes="5x5", padding="-1:2,1:0", mode="reflect"),
}  # fmt: skip
"""Name of the file → what is drawn."""


def shown(names: list[str]) -> str:
    """Pictures side by side with their descriptions, and below the commands that draw them."""
    images = " ".join(_image(name) for name in names)
    commands = "<br>".join(f"`{FIGURES[name].command('FILE')}`" for name in names)
    return f"{images}\n\n<sub>{commands}</sub>"


def _image(name: str) -> str:
    title, description = _words(FIGURES[name].svg())
    alt = plain(f"{title}. {description}").replace("[", "(").replace("]", ")")
    return f"![{alt}](pictures/{name}.svg)"


def _words(svg: str) -> tuple[str, str]:
    """What a screen reader says of a picture."""
    root = ElementTree.fromstring(svg)
    title, description = root[0].text, root[1].text
    assert title and description
    return title, description

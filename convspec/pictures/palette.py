"""The colours of pictures, and what each becomes on a dark screen."""

INK, FAINT, PAPER = "#1f2937", "#5b6472", "#ffffff"
CELL, CELL_LINE = "#eef2f7", "#b6c2d1"
PAD, PAD_LINE = "#fefefe", "#c9ced6"
TAP, TAP_OUTSIDE, TAP_INK, WINDOW = "#ffc36b", "#fff0d6", "#7c2d12", "#c2410c"
OUT, OUT_LINE, CHOSEN, CHOSEN_LINE = "#e9f5ee", "#a9d3ba", "#7cc79a", "#15803d"
BAR = "#9aa8ba"
HEAT, HOT_INK = "#1d4ed8", "#fffffe"

DARK = {
    INK: "#e6edf3", FAINT: "#9da7b3", PAPER: "#0d1117",
    CELL: "#1e2732", CELL_LINE: "#3d4a5a",
    PAD: "#0e1218", PAD_LINE: "#39424e",
    TAP: "#a8620b", TAP_OUTSIDE: "#4a3213", TAP_INK: "#fff3e0", WINDOW: "#ff9a4d",
    OUT: "#14281c", OUT_LINE: "#2c5a3f", CHOSEN: "#2e7d4f", CHOSEN_LINE: "#6fdc97",
    BAR: "#6b7a8d",
    HEAT: "#3b82f6", HOT_INK: "#fffffe",
}  # fmt: skip
"""Colour on a light screen → on a dark one. Every colour of a picture is one of these."""

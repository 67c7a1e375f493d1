"""Questions that readers have, each with the command and the page that answer it."""

from __future__ import annotations

from dataclasses import dataclass

from .markdown import code, table


@dataclass(frozen=True)
class Question:
    """A question, answered by what `command` prints and by a section of a `page`.

    `told` is part of the one answer, `read` of the other; they keep the answers from being lost.
    """

    asked: str
    command: str
    page: str
    told: str
    read: str


QUESTIONS = (
    Question(
        "What is the output size of k = 3, s = 2 on 6×6 with ceil mode, and where is it different?",
        "k=3 s=2 on 6x6 with ceil mode",
        "max_pool.md#semantics",
        "output 2×2, instead of 3×3",
        "have no ceil mode: sizes are those of floor",
    ),
    Question(
        "Does GAP keep spatial information?",
        "gap spatial",
        "global_pool.md#semantics",
        "keeps nothing of where things were",
        "the result cannot know where anything was",
    ),
    Question(
        "Why is the corner pixel weaker?",
        "corner",
        "conv.md#semantics",
        "1 against 9",
        "Fewer windows read it",
    ),
    Question(
        "Who pads SAME on the left?",
        "same left",
        "conv.md#parameters",
        "SAME_LOWER",
        "the low end (`same_lower`)",
    ),
    Question(
        "Who gets the gradient at a tie?",
        "gradient tie",
        "max_pool.md#gradients",
        "max_pool.tie",
        "the first of the equal cells takes it all",
    ),
    Question(
        "What does an average at the border divide by?",
        "divisor",
        "avg_pool.md#semantics",
        "count_include_pad",
        "what to divide by",
    ),
    Question(
        "Does padding win in a max pool of negative numbers?",
        "max_pool.definition",
        "max_pool.md#semantics",
        "padding is −∞",
        "Padding never wins",
    ),
    Question(
        "What happens to NaN in a max pool?",
        "nan",
        "max_pool.md#semantics",
        "ignored: the maximum of the other cells",
        "A NaN is the maximum of every window that reads it",
    ),
    Question(
        "Is the kernel flipped?",
        "flip",
        "conv.md#semantics",
        "not flipped",
        "The kernel is not flipped",
    ),
    Question(
        "Which cells does no window read?",
        "conv --input 8 --kernel 2 --stride 3",
        "notation.md#overlap-and-coverage",
        "input cells unread 2: 2, 5",
        "cell between windows where s > e",
    ),
    Question(
        "How much do neighbouring windows overlap?",
        "overlap",
        "notation.md#overlap-and-coverage",
        "max(0, e − s)",
        "share max(0, e − s) cells",
    ),
    Question(
        "What size has a transposed convolution?",
        "conv_transpose --input 3x3 --kernel 3 --stride 2 --padding 1",
        "conv_transpose.md#semantics",
        "s·(n − 1) + e − p_lo − p_hi",
        "o = s·(n − 1) + e − p_lo − p_hi + op",
    ),
    Question(
        "What is output padding for?",
        "output_padding",
        "conv_transpose.md#semantics",
        "the output padding says which of them",
        "Why output padding?",
    ),
    Question(
        "Which cells are in which bin of an adaptive pool?",
        "adaptive_avg_pool --input 7 --output-size 3",
        "adaptive_pool.md#semantics",
        "cells 2 … 4",
        "bin 1 goes from 2⅓ to 4⅔ and takes 2 3 4",
    ),
    Question(
        "How do reflect and symmetric differ?",
        "pad --input 4 --padding 2 --mode symmetric",
        "pad.md#semantics",
        "1 0 [0 1 2 3] 3 2",
        "the edge cell is mirrored, too",
    ),
    Question(
        "May a kernel be larger than its input?",
        "larger",
        "conv.md#constraints",
        "a result without cells: size 0",
        "A window must fit into the padded input",
    ),
    Question(
        "Has pooling any weights?",
        "max_pool weights",
        "max_pool.md#semantics",
        "no weights",
        "There are no weights",
    ),
    Question(
        "What does a 1×1 convolution do?",
        "1x1",
        "conv.md#examples",
        "matrix product",
        "a matrix product at every pixel",
    ),
    Question(
        "How far off may rounding be?",
        "rounding",
        "numerics.md#rounding",
        "γ_K",
        "≤ γ_K · Σ|w||x| + u·|y|",
    ),
    Question(
        "What does an index of max pooling count?",
        "indices",
        "max_pool.md#semantics",
        "row-major",
        "count the cells of the unpadded plane",
    ),
    Question(
        "How does dilation change the window?",
        "dilation",
        "conv.md#semantics",
        "d − 1 zeros",
        "as if the kernel had zeros between its weights",
    ),
    Question(
        "Are strided convolution and pooling the same?",
        "stride pooling",
        "conv.md#semantics",
        "Stride s keeps every s-th output",
        "keeps every s-th output of stride 1",
    ),
)


def questions() -> str:
    """The questions with what to type and where to read."""
    rows = [
        (q.asked, code(f"convspec explain {q.command}"), f"[{q.page.partition('.')[0]}]({q.page})")
        for q in QUESTIONS
    ]
    return table(("question", "command", "page"), rows)

"""What words of ``convspec explain`` stand for, and what there is to be said about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from .cli import Problem
from .elsewhere import limits_for
from .spec.clauses import CLAUSES, Clause
from .spec.dialects import DIALECT_POINTS, DialectPoint, Limit
from .spec.operations import VOCABULARY, Parameter, parameters

T = TypeVar("T")

ALIASES = {
    "gap": "global_avg_pool",
    "convolution": "conv",
    "global_average_pooling": "global_avg_pool",
    "transposed": "conv_transpose",
    "fc": "dense",
    "linear": "dense",
    "deconvolution": "conv_transpose",
    "maxpool": "max_pool",
    "avgpool": "avg_pool",
}
"""Other names of operations."""

TOPICS: dict[str, tuple[str, ...]] = {
    "divisor": ("count_include_pad", "avg_pool.definition"),
    "same": ("named-padding",),
    "valid": ("named-padding",),
    "ceil": ("ceil-mode", "ceil_mode", "max_pool.output-size", "avg_pool.output-size"),
    "floor": ("ceil", "max_pool.output-size", "avg_pool.output-size"),
    "kernel": ("window", "definition"),
    "size": ("output-size",),
    "output": ("output-size",),
    "flip": ("definition",),
    "ties": ("tie",),
    "left": ("odd-cell", "named-padding"),
    "right": ("odd-cell", "named-padding"),
    "side": ("odd-cell", "named-padding"),
    "larger": ("too-large-window", "ceil-window"),
    "exceeds": ("too-large-window", "ceil-window"),
    "empty": ("empty-window", "empty-batch"),
}
"""Words that people look for → names of clauses, parameters and dialect points."""


EVERY_POINT = ("dialects", "dialect")
"""Words for all the points where the field differs."""


POOLED = ("max_pool", "max_pool_with_indices", "avg_pool", "lp_pool")

_FILLERS = (
    "a an and are as at be by can do does for from get gets happens has have how i if in is it its"
    " keep kept many may me mode much my no not of on only or say says should still that the there"
    " this to used was what when where which who why will with"
)
FILLERS = frozenset(_FILLERS.split())
"""Words of a question that say nothing about its subject."""


@dataclass(frozen=True)
class Note:
    """An answer to a question that no single clause answers."""

    topics: tuple[str, ...]
    ops: tuple[str, ...]
    text: str
    page: str
    """The place that says more: a file of the specification and a section."""


NOTES = (
    Note(
        ("coverage", "corner", "edge", "border"), (),
        "How often a cell is read is the number of windows over it. Without padding and at"
        " stride 1 only one window holds the corner, while k windows along each axis hold a cell"
        " in the middle: with 3×3 that is 1 against 9. Padding of 1 brings the corner to 4;"
        " padding of e − 1 at both ends brings every cell to the same number (claims C4 and P5 of"
        " the source notes).",
        "conv.md#semantics",
    ),
    Note(
        ("overlap",), (),
        "Neighbouring windows share max(0, e − s) cells along an axis, e = d·(k − 1) + 1: 3 with"
        " stride 1 share 2, 5 with stride 2 share 3. They are apart only from s = e on (claim T4"
        " of the source notes is loose about this).",
        "notation.md#overlap-and-coverage",
    ),
    Note(
        ("unread", "tail", "lost", "coverage"), (),
        "Cells that no window reads: those between windows where s > e, and, with floor, a rest"
        " of (n + p_lo + p_hi − e) mod s cells at the end, padding first (claim T5 of the source"
        " notes).",
        "notation.md#overlap-and-coverage",
    ),
    Note(
        ("spatial", "information", "cam", "where"),
        ("global_avg_pool", "global_max_pool", "global_sum_pool"),
        "The result keeps nothing of where things were: every permutation of a map's cells gives"
        " the same number. The maps before it do keep it. After a mean and a linear classifier,"
        " the score of a class is the mean of its class activation map Σ_c w_c·x_c (claims G5 and"
        " G6 of the source notes; G6 as written there is not true of the result).",
        "global_pool.md#semantics",
    ),
    Note(
        ("larger", "exceeds", "too", "fit"), (),
        "A window larger than the padded input, e > n + p_lo + p_hi, is refused, in ceil mode, too.",
        "conv.md#constraints",
    ),
    Note(
        ("weights", "learn", "trainable", "count"), POOLED,
        "Pooling has no weights: nothing is learnt, there is no gradient but that of the input, and"
        " a layer has 0 parameters (claim O4 of the source notes).",
        "max_pool.md#parameters",
    ),
    Note(
        ("1x1", "1×1", "pointwise", "bottleneck"), ("conv",),
        "A 1×1 convolution is a matrix product at every pixel: C channels become O, the size of the"
        " map stays, and no pixel sees another. It has O·C weights and O biases (claim C8 of the"
        " source notes).",
        "conv.md#examples",
    ),
    Note(
        ("output-padding",), ("conv_transpose",),
        "With stride s, up to s sizes of input give a convolution the same size of output; the"
        " output padding says which of them its transpose goes back to. The cells gained lie at the"
        " high end; they hold what the full result holds there, not zeros.",
        "conv_transpose.md#semantics",
    ),
    Note(
        ("downsample", "downsampling", "pooling"), (),
        "Stride and pooling both make maps smaller. Stride keeps every s-th result of what was"
        " computed anyway; pooling keeps a statistic of a window. An average pool is a depthwise"
        " convolution with a uniform kernel; a pool of window 1 with stride s is nothing but"
        " subsampling (claim O10 of the source notes).",
        "avg_pool.md#semantics",
    ),
    Note(
        ("depthwise",), ("conv",),
        "A depthwise convolution has as many groups as channels: each filter sees one channel, and"
        " channel c of the input becomes the maps c·m … c·m + m − 1 for m filters each.",
        "conv.md#semantics",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """Everything that is said about a topic."""

    notes: tuple[Note, ...]
    clauses: tuple[Clause, ...]
    parameters: dict[Parameter, list[str]]
    points: tuple[DialectPoint, ...]
    limits: tuple[Limit, ...]

    def __bool__(self) -> bool:
        return any((self.notes, self.clauses, self.parameters, self.points, self.limits))


@dataclass(frozen=True)
class Subject:
    """What the words are about: clauses, operations, words for anything else, dialect points."""

    clauses: tuple[str, ...]
    ops: tuple[str, ...]
    topics: tuple[str, ...]
    points: tuple[str, ...] = ()


QUESTION = 3
"""More words than this are a question: those that nothing is known of may stand in it."""


def subject(words: Sequence[str]) -> Subject:
    """Read the words. Raises Problem, with the nearest known ones, for one that is unknown."""
    joined = "_".join(words).lower().replace("-", "_")
    if joined in VOCABULARY:
        return Subject((), (joined,), ())
    clauses, ops, topics, points, strange = [], [], [], [], []
    asked = [w.strip("?,:") for text in words for w in text.lower().split()]
    question = len(asked) > QUESTION
    for word in (w for w in asked if not question or w not in FILLERS):
        plain = word.replace("-", "_")
        name = ALIASES.get(plain, plain)
        if word in CLAUSES:
            clauses.append(word)
        elif name in VOCABULARY:
            ops.append(name)
        elif word in DIALECT_POINTS:
            points.append(word)
        elif plain in EVERY_POINT or about_topic(plain):
            topics.append(plain)
        else:
            strange.append(word)
    if strange and not (question and (clauses or ops or topics or points)):
        raise Problem(f"nothing is called {strange[0]!r}; {_nearest(strange[0])}")
    return Subject(*(tuple(dict.fromkeys(found)) for found in (clauses, ops, topics, points)))


def _nearest(word: str) -> str:
    known = {*CLAUSES, *VOCABULARY, *DIALECT_POINTS, *TOPICS, *ALIASES, *EVERY_POINT}
    known |= {topic for note in NOTES for topic in note.topics}
    known |= {p.name for kind in VOCABULARY.values() for p in parameters(kind)}
    known |= {clause.partition(".")[2] for clause in CLAUSES}
    near = get_close_matches(word, sorted(known), 3, cutoff=0.5)
    return f"nearest are {', '.join(near)}" if near else "see convspec list clauses"


def wanted_for(topic: str) -> tuple[str, ...]:
    """The names a topic stands for, dashes as in clauses and underscores as in parameters."""
    base = topic.removesuffix("_mode")
    return (topic, topic.replace("_", "-"), *TOPICS.get(topic, TOPICS.get(base, ())))


def about_topic(topic: str, ops: tuple[str, ...] = ()) -> Said:
    """What is said about a word, of these operations only if any are given."""
    wanted = set(wanted_for(topic))
    notes = [n for n in NOTES if wanted & set(n.topics) and (not ops or set(ops) & set(n.ops))]
    clauses = [
        clause
        for clause in CLAUSES.values()
        for op, _, point in [clause.slug.partition(".")]
        if (not ops or op in ops) and wanted & {point, clause.slug, *point.split("-")}
    ]
    taken: dict[Parameter, list[str]] = {}
    for op, kind in VOCABULARY.items():
        for parameter in parameters(kind):
            if (not ops or op in ops) and parameter.name in wanted:
                taken.setdefault(parameter, []).append(op)
    points = [
        p
        for p in DIALECT_POINTS.values()
        for _, _, last in [p.name.partition(".")]
        if (not ops or any(op in p.ops for op in ops))
        and wanted & {p.name, last, *p.topics, *re.split(r"[.-]", last)}
    ]
    words = {topic.removesuffix("_mode"), *wanted}
    limits = [x for x in limits_for(ops) if words & set(x.topics)]
    return Said(tuple(notes), tuple(clauses), taken, tuple(points), tuple(limits))


def about_topics(topics: Sequence[str], ops: tuple[str, ...] = ()) -> Said:
    """What is said about several words together: what all of them share, else of each."""
    each = [about_topic(topic, ops) for topic in topics]
    return Said(
        _shared([said.notes for said in each]),
        _shared([said.clauses for said in each]),
        {p: of for said in each for p, of in said.parameters.items()},
        _shared([said.points for said in each]),
        _shared([said.limits for said in each]),
    )


def _shared(found: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    union = [entry for entries in found for entry in entries]
    kept: list[T] = []
    for entry in union:
        if not any(entry is other for other in kept):
            kept.append(entry)
    common = [e for e in kept if all(any(e is other for other in entries) for entries in found)]
    return tuple(common or kept)


def points_for(op: str) -> list[DialectPoint]:
    """The dialect points that bear on an operation."""
    return [p for p in DIALECT_POINTS.values() if op in p.ops]


def bears(point: DialectPoint, clause: Clause) -> bool:
    """Whether the choice at a point shows in a clause of one of its operations."""
    said = clause.slug.partition(".")[2]
    last = point.name.partition(".")[2]
    return any(point.name in source for source in clause.sources) or said in (
        last,
        *last.split("-"),
        *point.topics,
    )


def matches(limit: Limit, point: str) -> bool:
    """Whether a limit is about the point of a clause."""
    words = {"same"} if point == "named-padding" else {point, *point.split("-")}
    return bool(words & set(limit.topics))

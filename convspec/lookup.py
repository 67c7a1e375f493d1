"""What words of ``convspec explain`` stand for, and what there is to be said about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from .elsewhere import limits_for
from .notes import NOTES, Note
from .problems import Problem
from .spec.clauses import CLAUSES, Clause
from .spec.dialects import DIALECT_POINTS, DialectPoint, Limit
from .spec.operations import VOCABULARY, Parameter, parameters
from .spec.source_claims import SOURCE_CLAIMS

T = TypeVar("T")

ALIASES = {
    "gap": "global_avg_pool",
    "convolution": "conv",
    "global_average_pooling": "global_avg_pool",
    "transposed_convolution": "conv_transpose",
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
    "mirror": ("flip", "definition"),
    "mirrored": ("flip", "definition"),
    "shuffled": ("pixel-permutation", "position-blind"),
    "multiplications": ("work",),
    "operations": ("work",),
    "flops": ("work",),
    "macs": ("work",),
    "cost": ("work",),
    "larger": ("too-large-window", "ceil-window"),
    "exceeds": ("too-large-window", "ceil-window"),
    "empty": ("empty-window", "empty-batch"),
}
"""Words that people look for → names of clauses, parameters and dialect points."""


EVERY_POINT = ("dialects", "dialect")
"""Words for all the points where the field differs."""


_FILLERS = (
    "a an and are as allowed at be by can called computed do does for from get gets happens has"
    " have how i if in is it its keep kept many may me much my of on only or say says should still"
    " that the there this to used was what when where which who why will with"
)
FILLERS = frozenset(_FILLERS.split())
"""Words of a question that say nothing about its subject."""


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
    claims: tuple[str, ...] = ()
    """Claims of the source notes, by number."""
    ignored: tuple[str, ...] = ()
    """Words of a question that nothing is known of."""


QUESTION = 3
"""More words than this are a question: those that nothing is known of may stand in it."""


def subject(words: Sequence[str]) -> Subject:
    """Read the words. Raises Problem, with the nearest known ones, for one that is unknown."""
    joined = "_".join(words).lower().replace("-", "_")
    if joined in VOCABULARY:
        return Subject((), (joined,), ())
    clauses, ops, topics, points, claims, strange = [], [], [], [], [], []
    asked = [w.strip("?,:") for text in words for w in text.lower().split()]
    question = len(asked) > QUESTION
    for word in _joined([w for w in asked if w not in FILLERS] or asked):
        plain = word.replace("-", "_")
        name = ALIASES.get(plain, plain)
        if word in CLAUSES:
            clauses.append(word)
        elif name in VOCABULARY:
            ops.append(name)
        elif word in DIALECT_POINTS:
            points.append(word)
        elif word.upper() in SOURCE_CLAIMS:
            claims.append(word.upper())
        elif plain in EVERY_POINT or about_topic(plain):
            topics.append(plain)
        elif about_topic(plain.removesuffix("s")):
            topics.append(plain.removesuffix("s"))
        else:
            strange.append(word)
    if strange and not (question and (clauses or ops or topics or points or claims)):
        raise Problem(f"nothing is called {strange[0]!r}; {_nearest(strange[0])}")
    found = (clauses, ops, topics, points, claims, strange)
    return Subject(*(tuple(dict.fromkeys(kind)) for kind in found))


SPELT = {
    "average": "avg", "maximum": "max", "pooling": "pool", "pools": "pool", "convolution": "conv",
    "transposed": "transpose", "mean": "avg",
}  # fmt: skip
"""Words as names of operations have them."""


def _joined(words: Sequence[str]) -> Iterator[str]:
    """The words, those that make up a name together as that name: average pooling, ceil mode."""
    known = {*VOCABULARY, *ALIASES, *(c.partition(".")[2].replace("-", "_") for c in CLAUSES)}
    known |= {p.name for kind in VOCABULARY.values() for p in parameters(kind)}
    at = 0
    while at < len(words):
        for many in (4, 3, 2):
            name = "_".join(words[at : at + many]).replace("-", "_")
            spelt = "_".join(SPELT.get(w, w) for w in words[at : at + many])
            found = next((n for n in (name, spelt) if n in known), None)
            if found and at + many <= len(words):
                yield found
                at += many
                break
        else:
            yield words[at]
            at += 1


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
    words = {topic.removesuffix("_mode"), *wanted}
    points = [
        p
        for p in DIALECT_POINTS.values()
        for _, _, last in [p.name.partition(".")]
        if (not ops or any(op in p.ops for op in ops))
        and words & {p.name, last, *p.topics, *re.split(r"[.-]", last)}
    ]
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

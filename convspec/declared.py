"""Who makes which choice at the dialect points: what our adapters declare, and what else is known.

What an adapter declares is what it is held to in every run, and `convspec observe` compares it with
what the library answers; so the tables of the pages are made of it. Rows that are written by hand,
in `spec.dialects`, are for what no adapter of ours drives: other versions, other front ends,
documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from .adapters.backends import BACKENDS
from .adapters.listing import declared
from .adapters.pins import canonical, pinned
from .probes import questions
from .spec.claims import Claims
from .spec.dialects import HELD, DialectPoint, Seen

TITLES = {
    "torch": "PyTorch", "onnxruntime": "ONNX Runtime", "onnx-reference": "ONNX reference evaluator",
    "opencv": "OpenCV", "openvino": "OpenVINO", "mnn": "MNN", "litert": "LiteRT", "jax": "JAX",
    "flax": "Flax", "equinox": "Equinox", "haiku": "Haiku", "tensorflow": "TensorFlow",
    "keras": "Keras", "paddle": "Paddle", "scipy": "SciPy", "mlx": "MLX", "tvm": "TVM",
    "iree": "IREE",
}  # fmt: skip
"""An adapter → what its library is called; its own name where it is not here."""

Row = tuple[str, str, str, str]
"""Adapter, option, version, choice."""


def chosen(point: DialectPoint) -> tuple[Seen, ...]:
    """Who makes which choice: what adapters declare, then what is written down of others.

    Where a library is written down as doing none of the named things, an adapter has to declare one
    all the same; what is written down holds.
    """
    none = {(seen.who, seen.version) for seen in point.chosen if not seen.choice}
    ours = tuple(own for own in declared_at(point.name) if (own.who, own.version) not in none)
    return (*ours, *(seen for seen in point.chosen if not _covered(seen, ours)))


def _covered(seen: Seen, ours: tuple[Seen, ...]) -> bool:
    """Whether a row written by hand only tells what an adapter declares, too."""
    alike = (own for own in ours if own.who == seen.who and own.version.startswith(seen.version))
    return seen.how == "run" and not seen.detail and any(alike)


@cache
def declared_at(point: str) -> tuple[Seen, ...]:
    """A row for each library and choice that its adapter declares at a held point, or keeps.

    Its options stand in brackets where they choose otherwise than the adapter without one.
    """
    found = []
    for adapter in BACKENDS:
        rows = [row for row in _rows(adapter) if row[0] == point]
        title = TITLES.get(adapter, adapter)
        plain = rows[0][3] if rows else ""
        for _, option, version, choice in rows:
            if option == rows[0][1] or choice != plain:
                about = f" ({option})" if option and len({row[3] for row in rows}) > 1 else ""
                found.append(Seen(f"{title}{about}", choice, "run", version))
    return tuple(found)


@cache
def _rows(adapter: str) -> tuple[Row, ...]:
    """Point, option, version and choice, for every point that an adapter can be asked about."""
    backend = BACKENDS[adapter]
    found = []
    for option, environment in backend.runs.items():
        claims = claims_of(adapter, option)
        if claims is None:
            continue
        packages = backend.packages or ("",)
        version = pinned(environment).get(canonical(packages[0]), "").partition("+")[0]
        for asked in questions(claims, claims.ops):
            found.append((asked.point, option, version, claims.dialect[asked.point]))
    return tuple(found)


@cache
def claims_of(adapter: str, option: str) -> Claims | None:
    """What an adapter declares, read without its library; None where it has no such table, or is
    not there yet."""
    try:
        return declared(BACKENDS[adapter], option)
    except FileNotFoundError:
        return None
    except ModuleNotFoundError as error:  # of our own, and not of something that it needs
        if (error.name or "").startswith("convspec.adapters"):
            return None
        raise
    except AttributeError as error:
        if error.name == BACKENDS[adapter].claims.partition(":")[2]:
            return None
        raise


def differing(made: Mapping[str, str], observed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Point → what was observed (empty: none of the choices), where that is not what is declared,
    nor a known failure.

    `made` holds the choices that are declared, the specification's own where it is silent;
    `observed` is what `probes.observe` gives, or what a report tells.
    """
    return {
        point: str(seen["choice"] or "")
        for point, seen in observed.items()
        if point in HELD
        and seen["choice"] != made.get(point, HELD[point].default)
        and not seen.get("known")
    }


def contradicted() -> list[str]:
    """Rows written by hand that say otherwise of a library than its adapter declares."""
    wrong = []
    for point in HELD.values():
        ours = {(seen.who, seen.version): seen.choice for seen in declared_at(point.name)}
        for seen in point.chosen:
            for (who, version), choice in ours.items():
                same = seen.version and version.startswith(seen.version)
                said = seen.how == "run" and seen.choice  # none of the named ones: see `chosen`
                if said and seen.who == who and same and seen.choice != choice:
                    wrong.append(
                        f"{point.name}: {seen.name} is written down as {seen.choice},"
                        f" but its adapter declares {choice}"
                    )
    return wrong

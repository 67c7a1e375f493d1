"""What there is to say of each adapter without importing the library that it drives."""

from __future__ import annotations

from dataclasses import dataclass, field

from convspec.spec.claims import Claims
from convspec.spec.claims_reading import read_claims
from convspec.spec.operations import OPERATIONS

from . import registry
from .backends import BACKENDS, Backend
from .errors import describe, one_line, place
from .installed import WHOLE, installed, wrong_versions
from .offers import UNSEEN, offers


@dataclass(frozen=True)
class AdapterInfo:
    """An entry of ``convspec list adapters``; `install` is empty where nothing needs installing.

    `state` is "installed", "half-installed" or "not installed"; `problem` says what is wrong with
    what is there. `claims` are those declared for the adapter's first row in the matrix, None where
    they are not known apart from it; `unknown` says why they cannot be read. `environments`: each
    row of the matrix → the environment that it runs in.
    """

    name: str
    installed: bool
    version: str
    what: str
    install: str
    state: str = WHOLE
    problem: str = ""
    claims: Claims | None = None
    unknown: str = ""
    environments: dict[str, str] = field(default_factory=dict)


def known_adapters() -> list[AdapterInfo]:
    """All adapters that have a name. No framework is imported to find out."""
    found = [_info(name, builtin) for name, builtin in BACKENDS.items()]
    for name, point in registry.entry_points().items():
        dist = point.dist
        announced = "" if dist is None else f", announced by {dist.name}"
        version = "" if dist is None else dist.version
        found.append(AdapterInfo(name, True, version, f"{point.value}{announced}", ""))
    return found


def _info(name: str, builtin: Backend) -> AdapterInfo:
    here = installed(builtin)
    rows = {f"{name}:{option}" if option else name: at for option, at in builtin.runs.items()}
    problem = here.problem
    if here.there:
        other = wrong_versions(builtin, next(iter(rows.values()), ""))
        problem = ", ".join(f"tried with {package} {wanted}" for package, _, wanted in other)
    claims, unknown = None, ""
    try:  # a list of everything must not end at what is broken
        claims = declared(builtin) or _own(name, builtin)
    except Exception as error:
        unknown = one_line(f"{describe(error)} ({place(error, None)})")
    return AdapterInfo(
        name, here.there, here.version, builtin.what, builtin.install, here.state, problem,
        claims, unknown, rows,
    )  # fmt: skip


def _own(name: str, builtin: Backend) -> Claims | None:
    """The claims of an adapter that needs nothing but what we need ourselves."""
    if builtin.packages or not builtin.module.startswith(("numpy", "reference")):
        return None
    from .opening import open_adapter

    return open_adapter(name).claims


def declared(builtin: Backend, option: str | None = None) -> Claims | None:
    """The claims that an adapter declares for an option, by default that of its first row.

    What it offers is on record (see `offers`); of one that is not yet, what its claims name.
    None if it does not declare them apart from itself. Raises ClaimsError if they cannot be read,
    and whatever its claims function raises.
    """
    if not builtin.claims:
        return None
    option = next(iter(builtin.runs), "") if option is None else option
    data = builtin.declared(option)
    [name] = [name for name, other in BACKENDS.items() if other is builtin]
    rows = [f"{name}:{word}" if word else name for word in (option, *builtin.runs)]
    seen = next((offers()[row] for row in rows if row in offers()), UNSEEN)
    whole = {"vjp": seen.gradients, "double_vjp": seen.second_gradients, **data}
    named = {*seen.operations, *data, *whole["vjp"], *whole["double_vjp"]}
    ops = [op for op in OPERATIONS if op in named]
    return read_claims(whole, ops, bool(whole["vjp"]), bool(whole["double_vjp"]))

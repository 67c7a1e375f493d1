"""Whether the library behind an adapter is there, which version, and what to do where it is not.

Nothing is imported to find out: modules are looked for, and versions are read from what pip wrote.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata

from .backends import Backend
from .pins import canonical, pinned, same_version

WHOLE, HALF, MISSING = "installed", "half-installed", "not installed"


@dataclass(frozen=True)
class Installed:
    """What is here of a library: `state`, the `version` ("" if not there, "unknown" if nobody
    wrote it down), and where it is not whole what is wrong, in a few words."""

    state: str
    version: str
    problem: str = ""

    @property
    def there(self) -> bool:
        """Whether it may be tried."""
        return self.state == WHOLE


def installed(backend: Backend) -> Installed:
    """What is here of the library behind an adapter."""
    if backend.library is None:
        return Installed(WHOLE, version_of("convspec") or "unknown")
    names = [canonical(package) for package in backend.packages or (backend.library,)]
    version = version_of(names[0]) or ""
    found = _module(backend.library)
    if not found and not version:
        return Installed(MISSING, "")
    if not found:
        said = f"{names[0]} {version} is recorded, but it has no module {backend.library}"
        return Installed(HALF, version, said)
    if not version:
        version = _other_owner(backend.library)
        if not version and found == "folder":  # what an uninstallation leaves behind
            return Installed(MISSING, "")
    absent = [name for name in names[1:] if version_of(name) is None]
    if absent:
        return Installed(HALF, version, f"{' and '.join(absent)} missing beside it")
    return Installed(WHOLE, version or "unknown")


def version_of(distribution: str) -> str | None:
    """The version of an installed distribution; None if there is none, or its record is broken."""
    try:
        return str(metadata.version(distribution)) or None
    except Exception:  # records are other people's files
        return None


def wrong_versions(
    backend: Backend, environment: str, found: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Packages of a library that are here in other versions than an environment pins.

    Each as name, version found, version wanted. `found`: what is installed elsewhere, by canonical
    name; by default what is installed here.
    """
    wanted, wrong = pinned(environment), []
    for package in backend.packages:
        name = canonical(package)
        here = version_of(name) if found is None else found.get(name)
        if here and name in wanted and not same_version(here, wanted[name]):
            wrong.append((name, here, wanted[name]))
    return wrong


def remedy(backend: Backend) -> str:
    """What to do about a library that is there but does not work, as the end of a line."""
    environment = next(iter(backend.runs.values()), "")
    wrong = wrong_versions(backend, environment)
    if wrong:
        found = ", ".join(f"{package} {here}" for package, here, _ in wrong)
        pins = " ".join(f"{package}=={wanted}" for package, _, wanted in wrong)
        return f"installed is {found}; the adapter is tried with: pip install {pins}"
    names = [canonical(package) for package in backend.packages]
    if [name for name in names if version_of(name) is None]:
        return backend.install
    return f"install it anew: pip install --force-reinstall {' '.join(names)}" if names else ""


def _module(library: str) -> str:
    """How a module is there: "module", "folder" (without code of its own), or "" if it is not."""
    try:
        spec = importlib.util.find_spec(library)
    except Exception:  # of the package it lies in, which is imported for that
        return ""
    if spec is None:
        return ""
    return "module" if spec.origin not in (None, "namespace") else "folder"


def _other_owner(library: str) -> str:
    """The version of the distribution that a module comes from, if it has another name."""
    try:
        owners: Sequence[str] = metadata.packages_distributions().get(library.split(".")[0], ())
    except Exception:
        return ""
    return next((version for owner in owners if (version := version_of(owner))), "")

"""convspec itself, put into another environment: the checkout it stands in, or a copy of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import convspec
from convspec.adapters.pins import canonical


@dataclass(frozen=True)
class Ourselves:
    """The convspec that runs. `checkout` is None if it is an installed distribution.

    `needs` are the requirements that it has, as pip reads them, the last `builders` of them to be
    built: an editable installation takes these from the environment. `digest` changes where what
    has to be installed changes: an editable installation only names the folders of its packages.
    """

    checkout: Path | None
    needs: tuple[str, ...]
    digest: str
    builders: int = 0

    @classmethod
    def found(cls) -> Ourselves:
        """The one that this process runs."""
        root = Path(convspec.__file__).resolve().parents[1]
        project = root / "pyproject.toml"
        try:
            document = tomllib.loads(project.read_text("utf-8"))
            told, built_by = document["project"], document["build-system"]["requires"]
            checkout = root if told["name"] == "convspec" else None
        except (OSError, ValueError, KeyError):
            checkout, built_by = None, []
        if checkout is not None:
            needs = (*told["dependencies"], *built_by)
            mark = [str(root), hashlib.sha256(project.read_bytes()).hexdigest()]
        else:
            needs = tuple(r for r in metadata.requires("convspec") or () if "extra ==" not in r)
            mark = [f"{file}={file.hash.value if file.hash else ''}" for file in _own_files()]
        digest = hashlib.sha256("\n".join(mark).encode()).hexdigest()[:16]
        return cls(checkout, needs, digest, len(built_by) if checkout else 0)

    def constraints(self, without: Collection[str]) -> list[str]:
        """The versions of what it needs to run, as they are here, but for what is pinned elsewhere.

        The engine is then the same in every environment. What builds it may be too old here.
        """
        versions: dict[str, str] = {}
        waiting = [_named(need) for need in self.needs[: len(self.needs) - self.builders]]
        while waiting:
            name = waiting.pop()
            if not name or name in versions:
                continue
            try:
                found = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                continue
            versions[name] = found.version
            waiting += [_named(r) for r in found.requires or () if "extra ==" not in r]
        return [
            f"{n}=={v.partition('+')[0]}" for n, v in sorted(versions.items()) if n not in without
        ]

    def install(self, folder: Path, pip: Callable[[Sequence[str]], None]) -> None:
        """Put it into the environment in `folder`. Raises OSError, and what `pip` raises."""
        if self.checkout is not None:
            pip(["--no-build-isolation", "--no-deps", "--editable", str(self.checkout)])
            return
        # Exactly the code that runs here; no index has to be asked for it.
        [place, *_] = folder.glob("[Ll]ib/**/site-packages")
        for file in _own_files():
            target = place / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


def _own_files() -> list[metadata.PackagePath]:
    files = metadata.files("convspec") or []
    return [f for f in files if ".." not in f.parts and f.suffix != ".pyc" and f.locate()]


def _named(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9][\w.-]*", requirement)
    return canonical(found[0]) if found else ""

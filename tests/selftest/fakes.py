"""Small stand-ins for libraries: packages on a path, wheels, environments. No network is used."""

from __future__ import annotations

import base64
import hashlib
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

CONV = """
class Fake:
    name, version = "fake", library.__version__
    claims = {"all": {"ranks": [1], "dtypes": ["float32"]}, "relu": {}}

    def relu(self, x):
        return library.relu(x)


def make(option):
    return Fake()
"""
"""An adapter whose library has one function."""

LIBRARY = "__version__ = '1.2'\nimport numpy\ndef relu(x): return numpy.maximum(x, 0)\n"


def package(folder: Path, name: str, source: str | None = LIBRARY, version: str = "1.2") -> None:
    """A package in a folder, as pip leaves it: its module, unless `source` is None, and its record,
    unless `version` is empty."""
    if source is not None:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(source)
    if version:
        record = folder / f"{name}-{version}.dist-info"
        record.mkdir(parents=True)
        (record / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )


def wheel(folder: Path, name: str, files: Mapping[str, str], version: str = "1.2") -> Path:
    """A wheel of these files, which pip installs without asking anybody."""
    info = f"{name}-{version}.dist-info"
    every = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    path = folder / f"{name}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in every.items():
            archive.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
            lines.append(f"{file},sha256={digest.decode()},{len(text.encode())}")
        archive.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,", ""]))
    return path


def environment(folder: Path) -> Path:
    """A folder that looks like a virtual environment and has what ours has; its packages' place.

    Its interpreter is ours, and finds what we find.
    """
    place = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    place.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    home = Path(sys.executable).resolve().parent
    (folder / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n")
    (place / "ours.pth").write_text(ours())
    return place


def ours() -> str:
    """A line that makes an environment see what is installed in ours."""
    return f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n"

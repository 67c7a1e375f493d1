"""A first adapter for a new backend: the file that ``convspec init`` writes."""

from __future__ import annotations

import keyword
from importlib.resources import files
from pathlib import Path

FILES = {
    "python": {"python.txt": "{name}.py"},
    "c": {"c_adapter.txt": "{name}.py", "c_kernels.txt": "{name}.c"},
}
"""Language → template → the file that is made of it; the first one is the adapter."""


class CannotStart(ValueError):  # noqa: N818 - it names what happened
    """Nothing was written; the message says why, in one line."""


def start(name: str, language: str, folder: Path) -> list[Path]:
    """Write the files of an adapter into a folder; return them, the adapter first.

    Raises CannotStart for a name that Python cannot import, or if one of them is there already.
    """
    stem = name.removesuffix(".py")
    if not stem.isidentifier() or keyword.iskeyword(stem):
        hint = "".join(c if c.isalnum() else "_" for c in stem).strip("_") or "my_kernels"
        raise CannotStart(f"{name!r} cannot be a module's name; try convspec init {hint}")
    texts = {
        folder / target.format(name=stem): _template(template).replace("{name}", stem)
        for template, target in FILES[language].items()
    }
    there = [path.name for path in texts if path.exists()]
    if there:
        raise CannotStart(f"{there[0]} is there already, and stays as it is; choose another name")
    for path, text in texts.items():
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise CannotStart(f"cannot write {path}: {error.strerror or error}") from None
    return list(texts)


def _template(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")

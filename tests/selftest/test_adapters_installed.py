"""Libraries that are missing, half there, broken or of another version: one line, what to do, 3."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import fakes
import pytest
from click.testing import CliRunner

from convspec import claimed
from convspec.adapters import backends, installed, listing, offers, pins, registry
from convspec.adapters.backends import BACKENDS, Backend
from convspec.adapters.opening import AdapterError, known_adapters, open_adapter
from convspec.apart import Apart
from convspec.cli import cli
from convspec.matrix.asked import every_row

ROOT = Path(__file__).resolve().parents[2]

Library = Callable[..., Path]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Puts a library `fakelib` on the path and an adapter `fake` that drives it into the table."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(
        backends.BACKENDS, "fake",
        Backend("fake_adapter", "a fake", "fakelib", ("fakelib", "fakebeside"), "", {"": "fakes"}),
    )  # fmt: skip

    def module(name: str, package: str | None = None) -> ModuleType:
        if name != "convspec.adapters.fake_adapter":
            return import_module(name, package)
        made = ModuleType(name)
        made.__dict__["library"] = import_module("fakelib")
        exec(compile(fakes.CONV, "fake_adapter.py", "exec"), made.__dict__)
        return made

    import_module = importlib.import_module
    monkeypatch.setattr(registry.importlib, "import_module", module)
    monkeypatch.setattr(
        installed, "pinned", lambda name: {"fakelib": "1.2"} if name == "fakes" else {}
    )

    def write(source: str | None = fakes.LIBRARY, version: str = "1.2", beside: str = "1") -> Path:
        fakes.package(tmp_path, "fakelib", source, version)
        fakes.package(tmp_path, "fakebeside", "", beside)
        importlib.invalidate_caches()
        return tmp_path

    yield write
    for name in [name for name in sys.modules if name.startswith("fake") and name != "fakes"]:
        del sys.modules[name]


def said() -> str:
    with pytest.raises(AdapterError) as caught:
        open_adapter("fake")
    text = str(caught.value)
    assert text and "\n" not in text
    return text


def info() -> listing.AdapterInfo:
    return next(one for one in known_adapters() if one.name == "fake")


def test_one_that_is_whole(fake: Library) -> None:
    fake()
    assert open_adapter("fake").version == "1.2"
    assert (info().state, info().version, info().problem) == ("installed", "1.2", "")


def test_one_that_is_missing(fake: Library) -> None:
    assert said() == "fakelib is not installed: pip install fakelib fakebeside"
    assert (info().state, info().installed, info().version) == ("not installed", False, "")


def test_one_whose_folder_alone_was_left_behind(fake: Library, tmp_path: Path) -> None:
    (tmp_path / "fakelib" / "cache").mkdir(parents=True)
    assert said() == "fakelib is not installed: pip install fakelib fakebeside"
    assert info().state == "not installed"


def test_one_whose_record_alone_was_left_behind(fake: Library) -> None:
    fake(source=None)
    assert said() == (
        "fake: fakelib is half-installed: fakelib 1.2 is recorded, but it has no module fakelib;"
        " install it anew: pip install --force-reinstall fakelib fakebeside"
    )
    assert (info().state, info().installed) == ("half-installed", False)


def test_one_whose_companion_is_missing(fake: Library, tmp_path: Path) -> None:
    fakes.package(tmp_path, "fakelib", "import fakebeside")
    assert said() == (
        "fake: fakelib is half-installed: fakebeside missing beside it;"
        " pip install fakelib fakebeside"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise ImportError('libfast.so.1: cannot open shared object file')", "ImportError: libf"),
        ("import fakelib._C", "No module named 'fakelib._C'"),
        ("import sys; sys.exit(3)", "it called exit(3)"),
        ("import os; os.no_such_thing", "AttributeError: module 'os' has no attribute"),
        ("def (", "SyntaxError"),
        ("", "AttributeError: module 'fakelib' has no attribute '__version__'"),
    ],
)  # fmt: skip
def test_ones_that_break_when_they_are_imported(fake: Library, source: str, words: str) -> None:
    fake(source)
    text = said()
    assert text.startswith("fake: fakelib 1.2 does not work: ") and words in text
    assert text.endswith("install it anew: pip install --force-reinstall fakelib fakebeside")
    assert info().state == "installed"  # nothing was imported to list it


def test_one_that_needs_what_is_missing(fake: Library) -> None:
    fake("import no_such_dependency")
    assert said() == (
        "fake: fakelib 1.2 needs no_such_dependency, which is missing;"
        " pip install fakelib fakebeside"
    )


def test_one_of_another_version(fake: Library) -> None:
    fake("__version__ = '0.9'; import os; os.no_such_thing", version="0.9")
    assert said().endswith(
        "installed is fakelib 0.9; the adapter is tried with: pip install fakelib==1.2"
    )
    assert info().problem == "tried with fakelib 1.2"


@pytest.mark.skipif(sys.platform != "linux", reason="a process dies there as it does on Linux")
def test_one_that_dies_when_it_is_imported(fake: Library) -> None:
    fake("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(AdapterError, match=r"^fake: opening it died of SIGSEGV.*install it anew:"):
        Apart("fake")


def test_the_command_says_it_in_one_line_and_exits_with_3(fake: Library) -> None:
    fake("raise ImportError('libfast.so.1')")
    result = CliRunner().invoke(cli, ["check", "fake", "--no-isolate"])
    assert result.exit_code == 3
    assert "libfast.so.1" in result.output and "Traceback" not in result.output


def test_a_broken_claims_function_does_not_end_the_list(
    fake: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for claims in ("no_such_module:f", "torch_claims:no_such_function", "pins:folder"):
        monkeypatch.setitem(
            backends.BACKENDS, "fake",
            Backend("torch_adapter", "a fake", "fakelib", ("fakelib",), claims, {"": "fakes"}),
        )  # fmt: skip
        result = CliRunner().invoke(cli, ["list", "adapters"])
        assert result.exit_code == 0 and "claims cannot be read: " in result.output
        assert info().claims is None and info().unknown
        assert all(len(line) <= 80 for line in result.output.splitlines())


def test_what_the_list_tells() -> None:
    result = CliRunner().invoke(cli, ["list", "adapters", "--json"])
    found = {entry["name"]: entry for entry in json.loads(result.stdout)}
    assert set(BACKENDS) <= set(found)
    torch = found["torch"]
    assert torch["environments"]["torch:no-mkldnn"] == "torch"
    assert torch["install"] == "pip install torch"
    assert torch["claims"]["ranks"] == [0, 1, 2, 3] and not torch["claims"]["lacking"]
    assert "float16" in torch["claims"]["dtypes"] and "conv" in torch["claims"]["gradients"]
    assert torch["claims"]["dialect"]["pool.ceil-window"] == "one"
    assert found["reference"]["claims"]["dialect"] == {}


def test_claims_in_words() -> None:
    own = {"ranks": [1, 2, 3], "dtypes": ["int8", "float32"], "gradient": True}
    claims = {"ops": {"conv": own, "relu": {**own, "ranks": [0], "gradient": False}}}
    assert claimed.lines(claims) == [
        "2 operations: conv, relu", "1 to 3 axes; float32 int8", "gradients of 1"
    ]  # fmt: skip
    assert claimed.axes_in_words([0]) == "no spatial axes"
    assert claimed.axes_in_words([2, 3]) == "2 or 3 axes"
    assert claimed.axes_in_words([1]) == "1 axis"
    assert claimed.lines({"ops": {}}) == ["no operation"]


def test_what_an_adapter_offers_is_known_without_its_library() -> None:
    claims = listing.declared(BACKENDS["torch"])
    assert claims is not None and {"conv", "softmax"} <= set(claims.ops)
    assert claims.ops["conv"].gradient and claims.ops["conv"].second_gradient


def test_of_an_adapter_that_was_not_seen_its_claims_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "offers", dict)
    claims = listing.declared(BACKENDS["torch"])
    assert claims is not None and "conv" in claims.ops and "softmax" not in claims.ops
    assert not claims.ops["conv"].gradient


@pytest.mark.parametrize("row", ["numpy", "torch", "torch:no-mkldnn"])
def test_what_is_written_down_of_an_adapter_is_what_it_offers(row: str) -> None:
    if not installed.installed(BACKENDS[row.partition(":")[0]]).there:
        pytest.skip(f"absent: {row}")
    assert offers.offers()[row] == offers.Offer.of(open_adapter(row).claims.to_json())


def test_the_record_of_offers_is_in_order_and_of_rows_alone() -> None:
    order = [row.adapter for row in every_row()]
    path = Path(offers.__file__).with_name(offers.FILE)
    assert path.read_text() == offers.written(offers.offers(), order)
    assert set(offers.offers()) <= set(order)


def test_pins() -> None:
    text = "# why\nMLX[cpu]==0.32.4  # on the CPU\n\nai-edge_litert == 2.3.0 ; python_version>'3'\n"
    assert pins.versions(text) == {"mlx": "0.32.4", "ai-edge-litert": "2.3.0"}
    assert pins.same_version("2.13.0+cpu", "2.13.0") and pins.same_version("1.0", "1.0.0")
    assert not pins.same_version("2.13.0", "2.13.0+cu130") and not pins.same_version("2.1", "2.13")
    assert pins.text("no-such") is None and not pins.pinned("no-such")


def test_every_environment_has_pins_for_all_that_runs_in_it() -> None:
    lost = []
    for name, backend in BACKENDS.items():
        for environment in backend.runs.values():
            if pins.text(environment) is None:
                continue  # an environment whose adapters are not here yet
            wanted = [pins.canonical(package) for package in backend.packages]
            lost += [f"{name}: {p}" for p in wanted if p not in pins.pinned(environment)]
    assert not lost
    for line in pins.lines(pins.text("torch") or "").values():
        assert "==" in line
    ours = pins.versions((ROOT / "constraints.txt").read_text())
    torch = pins.pinned("torch")
    assert {n: v for n, v in torch.items() if n in ours} == {n: ours[n] for n in torch if n in ours}

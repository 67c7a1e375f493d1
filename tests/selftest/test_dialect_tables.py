"""The tables of dialect points: made of what adapters declare, true of what they do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from convspec.adapters.backends import BACKENDS
from convspec.adapters.installed import installed, wrong_versions
from convspec.adapters.opening import UnknownAdapter
from convspec.cli import cli
from convspec.declared import chosen, claims_of, contradicted, declared_at, differing
from convspec.probes import observe_known
from convspec.spec.dialects import DIALECT_POINTS, HELD, DialectPoint, Seen

ROWS = [
    (name, option)
    for name, backend in BACKENDS.items()
    for option in backend.runs
    if backend.claims and "cuda" not in option
]


@pytest.mark.parametrize(("name", "option"), ROWS)
def test_what_is_declared_is_what_is_done(name: str, option: str) -> None:
    backend = BACKENDS[name]
    here = installed(backend)
    if claims_of(name, option) is None:
        pytest.skip(f"{name} has no claims apart from its library")
    if not here.there:
        pytest.skip(f"{name} is absent: {backend.install}")
    if wrong_versions(backend, backend.runs[option]):
        pytest.skip(f"{name} {here.version} is not the version that its claims are about")
    try:
        adapter, seen = observe_known(f"{name}:{option}" if option else name)
    except UnknownAdapter as unknown:
        pytest.skip(str(unknown))
    assert seen and not differing(adapter.claims.dialect, seen), name


def test_a_row_stands_for_each_adapter_that_has_the_operation() -> None:
    for point in HELD.values():
        ours = declared_at(point.name)
        assert all(seen.choice in point.choices and seen.how == "run" for seen in ours)
        assert len(set(ours)) == len(ours)
    (torch,) = (seen for seen in declared_at("lp_pool.sign") if seen.who == "PyTorch")
    assert torch.choice == "signed" and torch.version.startswith("2.")
    assert not [seen for seen in declared_at("avg_pool.dilated-divisor") if seen.who == "PyTorch"]


def test_nothing_written_by_hand_says_otherwise() -> None:
    assert not contradicted()


def test_what_is_written_by_hand_gives_way_to_what_is_declared() -> None:
    point = HELD["max_pool.tie"]
    version = next(s.version for s in declared_at(point.name) if s.who == "PyTorch")
    by_hand = (
        Seen("PyTorch", "first", "run", version[:4]),
        Seen("PyTorch", "first", "run", "1.8"),
        Seen("PyTorch", "first", "documentation"),
        Seen("Nobody", "last", "run"),
    )
    changed = DialectPoint(
        point.name, point.question, point.choices, point.ops, by_hand, point.probes
    )
    shown = [seen for seen in chosen(changed) if seen not in declared_at(point.name)]
    assert shown == list(by_hand[1:])


def test_front_ends_have_rows_written_by_hand_alone() -> None:
    for point in DIALECT_POINTS.values():
        if not point.held:
            assert chosen(point) == point.chosen and point.chosen


def test_the_command_tells_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from convspec import reference\n"
        "claims = {'dialect': {'global_pool.rank': 'keep'}}\n"
        "def global_avg_pool(x):\n    return reference.global_avg_pool(x)\n"
    )
    done = CliRunner().invoke(cli, ["observe", str(file)])
    assert done.exit_code == 1
    assert "global_pool.rank: keep declared, drop observed" in " ".join(done.stdout.split())
    report = {
        "adapter": {"name": "x", "version": "1"},
        "dialect": {"declared": {}, "observed": {"max_pool.tie": {"choice": "last", "got": []}}},
    }
    (tmp_path / "x.json").write_text(json.dumps(report))
    (tmp_path / "y.json").write_text("[]")
    done = CliRunner().invoke(cli, ["observe", "--runs", str(tmp_path), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)[0]["differing"] == {"max_pool.tie": "last"}

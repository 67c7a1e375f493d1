"""Every claim of the source notes has become clauses and laws, and can be looked up."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from convspec.claim_table import row, rows
from convspec.cli import cli
from convspec.explain import CLAIM
from convspec.spec.clauses import CLAUSES
from convspec.spec.source_claims import GROUPS, SOURCE_CLAIMS, VERDICTS

NUMBERS = {"C": 9, "T": 5, "P": 6, "O": 12, "G": 8, "N": 4}

COUNTED = {"O4", "O12", "N3"}
"""Claims about signatures and counts alone: checked derivations, no laws."""

DOUBTFUL = {"C3", "T3", "T4", "P3", "P4", "P5", "O5", "O7", "O9", "O12", "G6", "G7", "N3"}
"""Claims that are not true as they are said."""


def invoke(*words: str) -> str:
    result = CliRunner().invoke(cli, list(words), prog_name="convspec")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_rows_are_there() -> None:
    assert list(SOURCE_CLAIMS) == [f"{g}{i}" for g, n in NUMBERS.items() for i in range(1, n + 1)]
    for claim in SOURCE_CLAIMS.values():
        assert claim.verdict in VERDICTS and claim.id[0] in GROUPS
        assert claim.documents and set(claim.documents) <= {"S0", "S1", "S2", "S3", "S4"}
        assert claim.statement.endswith(".")
        assert claim.note or claim.verdict == "holds"


def test_doubtful_rows_say_what_is_true() -> None:
    found = {c.id for c in SOURCE_CLAIMS.values() if c.verdict in ("loose", "disputed", "wrong")}
    assert found == DOUBTFUL
    assert SOURCE_CLAIMS["G6"].verdict == "wrong" and SOURCE_CLAIMS["O7"].verdict == "disputed"


@pytest.mark.parametrize("claim", SOURCE_CLAIMS)
def test_each_has_a_clause_and_a_law(claim: str) -> None:
    found = row(claim)
    assert found.complete
    if claim not in COUNTED:
        assert found.laws, claim


@pytest.mark.parametrize("claim", sorted(DOUBTFUL))
def test_a_clause_of_each_doubtful_one_has_a_note(claim: str) -> None:
    assert any(clause.note for clause in row(claim).clauses)


def test_no_clause_names_a_claim_that_there_is_not() -> None:
    named = {s for clause in CLAUSES.values() for s in clause.sources if CLAIM.fullmatch(s)}
    assert named <= set(SOURCE_CLAIMS)


def test_the_table_is_listed() -> None:
    result = CliRunner().invoke(cli, ["list", "claims", "--json"], prog_name="convspec")
    assert result.exit_code == 0
    found = {entry["id"]: entry for entry in json.loads(result.stdout)}
    assert list(found) == list(SOURCE_CLAIMS)
    assert "conv.overlap" in found["T4"]["clauses"] and "overlap" in found["T4"]["laws"]
    assert found["O4"]["derived"] and found["G6"]["verdict"] == "wrong"
    assert all(entry["complete"] for entry in found.values())
    table = CliRunner().invoke(cli, ["list", "claims"], prog_name="convspec")
    assert "global_avg_pool: activation-map" in " ".join(table.stdout.split())


@pytest.mark.parametrize("claim", SOURCE_CLAIMS)
def test_each_can_be_explained(claim: str) -> None:
    text = " ".join(invoke("explain", claim).split())
    assert text.startswith(f"{claim} of the source notes")
    assert SOURCE_CLAIMS[claim].statement in text and SOURCE_CLAIMS[claim].note in text
    for found in row(claim).clauses:
        assert found.slug in text


def test_the_claim_that_is_wrong_is_set_right() -> None:
    text = " ".join(invoke("explain", "g6").split())
    assert "wrong: not true as it is said" in text
    assert "every permutation of a map's cells" in text
    assert "class activation map" in text and "position_blind" in text


def test_a_clause_shows_its_note_and_its_example() -> None:
    text = " ".join(invoke("explain", "conv.overlap").split())
    assert "2 of 3 columns" in text and "w=1x1x3:float32:ones@0 → 1×1×3: 3 3 3" in text
    assert len(rows()) == len(SOURCE_CLAIMS)

"""Looking things up: clauses, operations, topics, and layers with numbers."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from convspec import worked
from convspec.cli import cli
from convspec.declared import chosen
from convspec.elsewhere import CHOICES, REMARKS
from convspec.explain import sources
from convspec.layers import WINDOWED, layer
from convspec.lookup import TOPICS, about_topic, points_for
from convspec.notes import NOTES
from convspec.pages.layout import FOLDER
from convspec.pages.reading import anchors
from convspec.spec.clauses import CLAUSES
from convspec.spec.dialects import DIALECT_POINTS, HOW, LIMITS
from convspec.spec.operations import OPERATIONS
from convspec.spec.relation import Axis


def explain(*words: str) -> Result:
    return CliRunner().invoke(cli, ["explain", *words], prog_name="convspec")


def shown(*words: str) -> str:
    result = explain(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_clause_says_where_it_comes_from_and_what_checks_it() -> None:
    text = flat(shown("conv.output-size"))
    assert CLAUSES["conv.output-size"].statement in text
    assert "MUST" in text and "since" in text and "output_size:" in text
    assert re.search(r"claims [^.]*C7[^.]* of the source notes", text)
    assert "⌊(5 + 0 + 0 − 3)/2⌋ + 1" in text


def test_a_single_claim_is_spelt_out() -> None:
    assert "claim G4 of the source notes" in flat(" ".join(sources(("G4",))))
    assert sources(("T1", "a book", "T2")) == ["a book", "claims T1, T2 of the source notes"]


def test_a_clause_shows_the_dialect_points_that_bear_on_it() -> None:
    assert "max_pool.tie" in shown("max_pool.gradient")
    assert "first in row-major order (the choice here)" in flat(shown("global_max_pool.tie"))
    assert "max_pool.tie" not in shown("max_pool.stride")


@pytest.mark.parametrize("slug", [s for s in CLAUSES if s.startswith(("conv.", "max_pool."))])
def test_every_clause_can_be_explained(slug: str) -> None:
    assert slug in shown(slug)


@pytest.mark.parametrize("op", list(OPERATIONS))
def test_every_operation_can_be_explained(op: str) -> None:
    text = shown(op)
    assert text.splitlines()[0] == op
    for clause in CLAUSES:
        if clause.startswith(f"{op}."):
            assert f"  {clause.partition('.')[2]} " in text


def test_two_words_name_one_operation() -> None:
    assert shown("avg", "pool") == shown("avg_pool")
    assert shown("GAP") == shown("global_avg_pool")


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("ceil_mode", "OpenVINO"),
        ("same", "conv.named-padding"),
        ("padding", "same_upper"),
        ("stride", "conv.stride"),
        ("divisor", "count_include_pad"),
        ("corner", "1 against 9"),
        ("spatial", "permutation"),
        ("nan", "max_pool.nan"),
    ],
)
def test_topics(topic: str, found: str) -> None:
    assert found in flat(shown(topic))


def test_a_topic_of_one_operation_leaves_the_others_out() -> None:
    text = shown("conv", "stride")
    assert "conv.stride" in text and "max_pool" not in text


def test_every_word_that_is_offered_leads_somewhere() -> None:
    for word in (*TOPICS, *(topic for note in NOTES for topic in note.topics)):
        assert about_topic(word), word


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["convv"], "nearest are conv"),
        (["conv.output-siz"], "conv.output-size"),
        (["frobnicate"], "nothing is called 'frobnicate'"),
        (["conv", "divisor"], "nothing about 'divisor' is said of conv"),
        (["conv", "--input", "5x5"], "--kernel"),
        (["conv", "--stride", "2"], "--input and --kernel"),
        (["conv", "--input", "3", "--kernel", "5"], "must not exceed the padded input"),
        (["conv", "--input", "5x5", "--kernel", "3x3x3"], "one entry or 2"),
        (["conv", "--input", "five", "--kernel", "3"], "such as 5x5"),
        (["conv", "--input", "5", "--kernel", "3", "--padding", "1:x"], "low:high"),
        (["conv", "--input", "5", "--kernel", "3", "--ceil"], "no ceil mode"),
        (["relu", "--input", "5", "--kernel", "3"], "worked numbers are for"),
        (["stride", "--input", "5", "--kernel", "3"], "one operation"),
        (["conv", "--output-cell", "0"], "--svg"),
    ],
)
def test_what_cannot_be_answered_is_one_line(words: list[str], said: str) -> None:
    result = explain(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1 and not result.stdout


def test_a_question_may_have_words_that_nothing_is_known_of() -> None:
    assert "1 against 9" in flat(shown("why", "is", "the", "corner", "pixel", "weaker?"))
    assert "1 against 9" in flat(shown("why is the corner pixel weaker"))
    assert "Nothing is known of: weaker" in shown("why is the corner pixel weaker")
    result = explain("what is the meaning of life")
    assert result.exit_code == 2 and "'meaning'" in result.stderr


@pytest.mark.parametrize(
    ("asked", "headline"),
    [
        ("what is the output size of k=3, s=2 on 6x6 with ceil mode, and where is it different?",
         "max_pool input 6×6, window 3×3, stride 2×2, ceil mode → output 3×3"),
        ("5x5 input 3x3 kernel stride 2 padding 1", "conv input 5×5, window 3×3, stride 2×2,"
         " padding 1:1,1:1 → output 3×3"),
        ("average pooling of n=9 with a window of k = 2, s=2",
         "avg_pool input 9, window 2, stride 2 → output 4"),
        ("same padding k=2 s=2 n=5", "conv input 5, window 2, stride 2, padding 0:1 (same_upper)"),
    ],
)  # fmt: skip
def test_numbers_in_a_question_are_worked_out(asked: str, headline: str) -> None:
    assert flat(shown(asked)).startswith(headline)
    assert flat(shown(*asked.split())).startswith(headline)


def test_words_that_make_up_a_name_are_that_name() -> None:
    assert shown("average", "pooling").startswith("avg_pool")
    assert shown("what is global average pooling").startswith("global_avg_pool")
    assert shown("ceil mode").startswith("ceil_mode")
    assert shown("what is dilation").startswith("dilation")


def test_several_words_give_what_they_share() -> None:
    text = flat(shown("same", "stride"))
    assert "refuses padding “same” with stride above 1" in text
    assert "put an odd cell of padding at the low end" not in text


def test_bins_and_padding_are_worked_out() -> None:
    text = flat(shown("adaptive_avg_pool", "--input", "7x9", "--output-size", "3"))
    assert "⌊7/3⌋ = 2, ⌈14/3⌉ = 5: cells 2 … 4 (3 cells)" in text
    text = flat(shown("pad", "--input", "4", "--padding", "-1:2", "--mode", "reflect"))
    assert "4 + −1 + 2 = 5" in text and "[1 2 3] 2 1" in text
    assert "20" in shown("gap", "--input", "4x5")


def test_an_operation_and_a_clause_name_their_page() -> None:
    assert "conv.md#conv.stride" in shown("conv.stride")
    assert "adaptive_pool.md" in shown("adaptive_max_pool")
    for note in NOTES:
        file, _, place = note.page.partition("#")
        assert place in anchors((FOLDER / file).read_text("utf-8")), note.page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["gap", "--input", "4", "--kernel", "3"], "global_avg_pool has no kernel"),
        (["adaptive_avg_pool", "--input", "4"], "needs --output-size"),
        (["adaptive_avg_pool", "--input", "4", "--output-size", "0"], "at least 1"),
        (["pad", "--input", "4", "--mode", "mirror"], "expected one of constant"),
        (["pad", "--input", "4", "--stride", "2"], "pad has no stride"),
        (["conv", "--input", "5", "--kernel", "3", "--mode", "reflect"], "conv has no mode"),
    ],
)  # fmt: skip
def test_numbers_that_an_operation_has_not_are_one_line(given: list[str], said: str) -> None:
    result = explain(*given)
    assert result.exit_code == 2 and said in result.stderr and result.stderr.count("\n") == 1


def test_the_size_step_by_step() -> None:
    text = shown(
        "conv", "--input", "5x5", "--kernel", "3x3", "--stride", "2x2", "--padding", "1,1"
    )  # fmt: skip
    assert "→ output 3×3" in text
    assert "⌊(5 + 1 + 1 − 3)/2⌋ + 1 = ⌊4/2⌋ + 1 = 2 + 1 = 3" in text
    assert "    2  4  2  4  2\n" in text


def test_ceil_mode_says_who_does_otherwise() -> None:
    text = flat(shown("max_pool", "--input", "6x6", "--kernel", "3", "--stride", "2", "--ceil"))
    assert "⌈3/2⌉ + 1 = 2 + 1 = 3" in text and "4 < 6, so it is kept" in text
    assert "TensorFlow, Keras, JAX" in text and "output 2×2, instead of 3×3" in text
    dropped = ["--input", "5", "--kernel", "2", "--stride", "2", "--padding", "1", "--ceil"]
    text = flat(shown("max_pool", *dropped))
    assert "4 − 1 = 3" in text and "output 4 instead of 3" in text


def test_same_padding_and_its_sides() -> None:
    given = ["--input", "5", "--kernel", "2", "--stride", "2", "--padding"]
    assert "p_lo = 0, p_hi = 1" in shown("conv", *given, "same_upper")
    assert "p_lo = 1, p_hi = 0" in shown("conv", *given, "same_lower")


def test_divisors_with_and_without_padding() -> None:
    given = ["--input", "9", "--kernel", "7", "--stride", "3", "--padding", "3", "--ceil"]
    text = shown("avg_pool", *given)
    assert "    4  7  6  3\n" in text and "    7  7  7  6\n" in text


def test_transposed_convolutions_are_those_of_the_convolution_they_turn_round() -> None:
    given = layer("conv_transpose", "3x4", "3", stride="2", padding="1", output_padding="1,0")
    assert given.sizes == (3, 4) and given.result == (6, 7)
    assert given.axes[0] == Axis(6, 3, 2, 1, 1) and given.axes[0].out == 3


@pytest.mark.parametrize("size", ["3x4", "3,4", "3×4"])
@pytest.mark.parametrize(("padding", "pads"), [("1,2", (1, 1, 2, 2)), ("0:1,1:2", (0, 1, 1, 2))])
def test_ways_of_writing_numbers(size: str, padding: str, pads: tuple[int, ...]) -> None:
    first, second = layer("conv", size, "2", padding=padding).axes
    assert (first.size, second.size, first.window, second.window) == (3, 4, 2, 2)
    assert (first.low, first.high, second.low, second.high) == pads


@pytest.mark.parametrize("op", WINDOWED)
def test_nothing_is_wider_than_a_terminal(op: str) -> None:
    for sizes, window in (("7", "3"), ("11x12", "3x2"), ("300x9", "4"), ("6x6x6", "2")):
        more = [] if op.startswith("conv") else ["--ceil"]
        given = ["--input", sizes, "--kernel", window, "--stride", "2", "--padding", "1", *more]
        assert max(map(len, shown(op, *given).splitlines())) <= 80
    assert max(map(len, shown("ceil_mode").splitlines())) <= 80


def test_the_rows_of_windows_are_the_index_relation() -> None:
    for n in range(1, 7):
        for k in range(1, 4):
            for s in range(1, 4):
                for low in range(3):
                    if low + n + 1 < k:
                        continue
                    axis = Axis(n, k, s, low, 1, 1, True)
                    rows = list(worked.strip(axis))[1 : 1 + axis.out]
                    assert [row.count("x") for row in rows] == list(axis.real_counts())
                    taps = [row.count("x") + row.count("p") for row in rows]
                    assert taps == list(axis.inside_counts())


def test_remarks_about_a_layer_are_about_something_known() -> None:
    for name in CHOICES:
        point, _, choice = name.partition(" ")
        assert choice in DIALECT_POINTS[point].choices
        assert any(seen.choice == choice for seen in chosen(DIALECT_POINTS[point])), name
    assert set(REMARKS) <= set(LIMITS)


def test_a_point_bears_on_its_own_operations() -> None:
    assert DIALECT_POINTS["max_pool.nan"] in points_for("global_max_pool")
    assert DIALECT_POINTS["max_pool.tie"] not in points_for("conv")


@pytest.mark.parametrize("name", list(DIALECT_POINTS))
def test_every_dialect_point_can_be_explained(name: str) -> None:
    text, point = shown(name), DIALECT_POINTS[name]
    assert name in text and max(map(len, text.splitlines()[:3])) <= 80
    for choice, meaning in point.choices.items():
        assert flat(f"{choice}: {meaning}") in flat(text)
    for seen in chosen(point):
        assert flat(seen.name) in flat(text)


def test_all_dialect_points_on_a_page() -> None:
    text = shown("dialects")
    assert all(name in text for name in DIALECT_POINTS)
    assert max(map(len, text.splitlines())) <= 80
    assert "lp_pool.sign" not in shown("dialects", "conv")
    assert shown("dialect", "conv") == shown("dialects", "conv")


def test_who_chooses_what_as_json() -> None:
    result = CliRunner().invoke(cli, ["list", "dialects", "--json"], prog_name="convspec")
    entries = {entry["name"]: entry for entry in json.loads(result.stdout)}
    assert set(entries) == set(DIALECT_POINTS)
    tie = entries["max_pool.tie"]
    assert tie["default"] == "first" and tie["held"]
    assert {("JAX", "first"), ("tinygrad", "split")} <= {
        (seen["who"], seen["choice"]) for seen in tie["chosen"]
    }
    table = CliRunner().invoke(cli, ["list", "dialects"], prog_name="convspec").stdout
    assert "tinygrad" in table and max(map(len, table.splitlines())) <= 80


def test_limits_say_how_they_are_known() -> None:
    for limit in LIMITS.values():
        assert limit.how in HOW and limit.topics and limit.who and limit.does
        assert set(limit.ops) <= set(OPERATIONS)


def test_points_bear_on_the_operations_they_name() -> None:
    assert "max_pool.tie" in {point.name for point in points_for("max_pool")}
    assert "max_pool.tie" not in {point.name for point in points_for("conv")}

"""The pages: generated parts up to date, examples true, every clause in its place, links sound."""

from __future__ import annotations

import doctest
import re
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from convspec.cli import cli
from convspec.law import all_laws
from convspec.pages import blocks
from convspec.pages.figures import FIGURES
from convspec.pages.layout import FOLDER, HEADINGS, PAGE_OF, PAGES, clauses_of
from convspec.pages.marked import filled, written
from convspec.pages.questions import QUESTIONS
from convspec.pages.reading import anchors, examples, headings, links, quoted, slugged
from convspec.spec.clauses import CLAUSES
from convspec.spec.dialects import DIALECT_POINTS
from convspec.spec.operations import VOCABULARY

NAMES = [file.stem for file in sorted(FOLDER.glob("*.md"))]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


def test_the_generated_parts_are_up_to_date() -> None:
    found = [str(file.relative_to(FOLDER)) for file in blocks.outdated()]
    assert not found, f"out of date: {', '.join(found)}; run: make pages"
    assert not blocks.strays()


def test_generating_twice_gives_the_same() -> None:
    assert {name: figure.svg() for name, figure in FIGURES.items()} == {
        name: figure.svg() for name, figure in FIGURES.items()
    }
    page = PAGES["conv"]
    once = blocks.as_it_should_be(page, page.file.read_text("utf-8"))
    assert blocks.as_it_should_be(page, once) == once


@pytest.mark.parametrize("name", [n for n in NAMES if examples(text_of(n))])
def test_examples_are_true(name: str) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    names: dict[str, object] = {}
    found: list[str] = []
    for example in examples(text_of(name)):
        test = parser.get_doctest(example.code, names, f"{name}.md", f"{name}.md", example.line)
        runner.run(test, out=found.append, clear_globs=False)
        names = test.globs
    assert not runner.failures, "".join(found)


@pytest.mark.parametrize("op", list(VOCABULARY))
def test_an_operation_has_a_page_with_the_five_headings_and_an_example(op: str) -> None:
    text = text_of(PAGE_OF[op].name)
    assert [title for title in headings(text) if title in HEADINGS] == list(HEADINGS)
    shown = "\n".join(example.code for example in examples(text))
    assert re.search(rf"\b{op}\(|\b{op}\b.*import|import.*\b{op}\b", shown)
    for heading in ("Semantics", "Constraints", "Gradients"):
        assert f"<!-- begin generated: clauses {heading} -->" in text


def test_a_clause_has_a_law_or_a_reason_and_not_both() -> None:
    held = {law.slug(op) for law in all_laws().values() for op in law.ops}
    assert held <= set(CLAUSES), "a law without a clause"
    for slug, clause in CLAUSES.items():
        assert (slug in held) != bool(clause.unlawful), slug


def test_every_clause_is_in_one_place() -> None:
    places = [(name, place) for name in NAMES for place in anchors(text_of(name))]
    for slug in CLAUSES:
        found = [name for name, place in places if place == slug]
        assert found == [PAGE_OF[slug.partition(".")[0]].name], slug
    for page in PAGES.values():
        listed = [clause for heading in HEADINGS for clause in clauses_of(page, heading)]
        assert len(listed) == len({c.slug for c in listed})


@pytest.mark.parametrize("name", NAMES)
def test_names_and_anchors_are_what_they_say(name: str) -> None:
    text = text_of(name)
    marked = re.findall(r'<a id="([^"]+)"></a>', text)
    assert len(marked) == len(set(marked))
    for word in quoted(text):
        op, dot, _ = word.partition(".")
        if dot and op in VOCABULARY and re.fullmatch(r"[\w.-]+", word):
            assert word in CLAUSES or word in DIALECT_POINTS, f"{name}.md names {word}"


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    text = text_of(name)
    for file, place in links(text):
        target = FOLDER / file if file else FOLDER / f"{name}.md"
        # In a checkout the tests lie beside spec/, in a wheel beside the pages' package.
        assert target.exists(), f"{name}.md links to {file}"
        if place:
            assert place in anchors(target.read_text("utf-8")), f"{name}.md: {file}#{place}"


def test_every_picture_is_on_a_page_and_has_words() -> None:
    pages = "\n".join(map(text_of, NAMES))
    ids: set[str] = set()
    for name, figure in FIGURES.items():
        assert f"](pictures/{name}.svg)" in pages
        root = ElementTree.fromstring(figure.svg())
        own = {element.get("id", "") for element in root.iter() if element.get("id")}
        assert len(own) == 3 and not own & ids, "ids must not clash where pictures are inlined"
        ids |= own
        assert set((root.get("aria-labelledby") or "").split()) < own
        assert all((root[i].text or "").strip() for i in (0, 1))
        assert float(root.get("width", "")) <= 440, "too wide for a phone"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.command)
def test_a_question_is_answered_by_a_command_and_a_page(question: object) -> None:
    asked = QUESTIONS[QUESTIONS.index(question)]  # type: ignore[arg-type]
    words = ["explain", *shlex.split(asked.command)]
    result = CliRunner().invoke(cli, words, prog_name="convspec")
    assert result.exit_code == 0, result.output
    assert asked.told in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert asked.read in " ".join(text_of(asked.page.partition(".")[0]).split())


def test_commands_on_pages_run(tmp_path: Path) -> None:
    commands = {
        word for name in NAMES for word in quoted(text_of(name))
        if word.startswith("convspec explain ")
    }  # fmt: skip
    assert len(commands) > len(FIGURES)
    for command in sorted(commands):
        words = [str(tmp_path / "x.svg") if w == "FILE" else w for w in shlex.split(command)[1:]]
        result = CliRunner().invoke(cli, words, prog_name="convspec")
        assert result.exit_code == 0, f"{command}: {result.output}"


def test_blocks_are_found_and_must_end() -> None:
    page = "a\n<!-- begin generated: x y -->\nold\n<!-- end generated -->\nb\n"
    full = filled(page, lambda words: "+".join(words))
    assert full == "a\n<!-- begin generated: x y -->\nx+y\n<!-- end generated -->\nb\n"
    assert filled(full, lambda words: "+".join(words)) == full
    assert "old" not in written(page)
    with pytest.raises(ValueError, match="no end"):
        filled(page.replace("<!-- end", "<!-- eend"), lambda _: "")
    with pytest.raises(ValueError, match="no block is called 'nothing'"):
        blocks.block(PAGES["conv"], ["nothing"])
    with pytest.raises(ValueError, match="clauses stand under"):
        blocks.block(PAGES["conv"], ["clauses", "Elsewhere"])


def test_anchors_are_those_of_github() -> None:
    assert slugged("What comes out: sizes, values, types") == "what-comes-out-sizes-values-types"
    assert slugged("Overlap and coverage") == "overlap-and-coverage"


def test_the_command_says_what_is_out_of_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from convspec.pages import __main__ as command

    stale = FOLDER / "conv.md"
    monkeypatch.setattr(command, "outdated", lambda: {stale: stale.read_text("utf-8")})
    result = CliRunner().invoke(command.main, [])
    assert result.exit_code == 1 and "out of date: conv.md" in result.stdout


def test_the_pages_are_shipped() -> None:
    tomllib = pytest.importorskip("tomllib")
    root = Path(__file__).resolve().parents[2]
    setup = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert set(setup["package-data"]["convspec.spec"]) == {"*.md", "pictures/*.svg"}
    assert {"convspec.pages", "convspec.pictures"} <= set(setup["packages"])
    assert sys.modules["convspec.pages"].__name__ in setup["packages"]

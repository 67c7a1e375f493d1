"""Files of known failures: what they say, and what is said of a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from convspec.known.entry import choose
from convspec.known.places import places
from convspec.known.reading import MOST, KnownFileError, read_known
from convspec.known.writing import append

GOOD = {
    "adapter": '"torch*"',
    "versions": '">=2.4,<2.14"',
    "clause": '"conv.*"',
    "verdict": '"crashes"',
    "when": "'dtype == \"float16\" and any(stride > kernel)'",
    "witness": '"conv stride=2 x=1x1x3:float16:ones@0 w=1x1x1:float16:ones@0"',
    "reason": '"it dies"',
    "link": '"https://example.org/1"',
}


def entry(**changes: str | None) -> str:
    given = {**GOOD, **changes}
    return "\n".join(["[[known]]", *(f"{k} = {v}" for k, v in given.items() if v is not None)])


TWICE = entry() + "\n" + entry(reason='"again"')


def mistakes(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnownFileError) as caught:
        read_known([str(path)])
    assert not any("\n" in line for line in caught.value.lines)
    return [line.removeprefix(f"{tmp_path}/") for line in caught.value.lines]


def test_what_an_entry_says(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    many = entry(clause='["conv.definition", "conv.gr*"]', verdict='["deviates", "crashes"]')
    path.write_text(f"# ours\n\n{entry()}\n\n{many}\nsometimes = true\n")
    first, second = read_known([str(path), str(path)])
    assert (first.name, second.name) == (f"{path}:3", f"{path}:13")
    assert first.adapters == ("torch*",) and str(first.versions) == "<2.14,>=2.4"
    assert (first.clauses, first.verdicts) == (("conv.*",), ("crashes",))
    assert str(first.when) == 'dtype == "float16" and any(stride > kernel)'
    assert (first.reason, first.link) == ("it dies", "https://example.org/1")
    assert second.verdicts == ("crashes", "deviates")  # the gravest first
    assert second.covers("conv.groups") and not second.covers("conv.bias")
    assert not first.sometimes and second.sometimes


def test_an_empty_file_knows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_bytes(b"\xef\xbb\xbf# nothing yet\r\n")
    assert read_known([str(path)]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"adapter": "3"}, "2: entry 1: adapter: expected a text or a list of texts, not 3"),
        ({"adapter": '" "'}, "2: entry 1: adapter: it is empty"),
        ({"adapter": "[]"}, "2: entry 1: adapter: the list is empty"),
        ({"adapter": '["a", 1]'}, "2: entry 1: adapter: expected a text or a list of texts, not"),
        ({"versions": '"2.4"'}, "3: entry 1: versions: '2.4' is no range of versions"),
        ({"versions": "2.4"}, "3: entry 1: versions: expected a text in quotes, not 2.4"),
        ({"clause": '"cnv.*"'}, "4: entry 1: clause: no clause matches 'cnv.*'; nearest are "),
        ({"clause": '["conv.*", "conv.grops"]'}, "'conv.grops'; nearest are conv.groups"),
        ({"verdict": '"chrashes"'}, "5: entry 1: verdict: 'chrashes' excuses nothing; did you"),
        ({"verdict": '"conforms"'}, "'conforms' excuses nothing"),
        ({"verdict": None}, "1: entry 1: missing key verdict"),
        ({"when": "'strid[0] > 1'"}, "6: entry 1: when: column 1: unknown name strid; did you"),
        ({"when": '"True"'}, "6: entry 1: when: it says nothing about a case"),
        ({"witness": '"conv x=1x1"'}, "7: entry 1: witness: 'x=1x1': expected x=2x3x5x5"),
        ({"witness": '"cov"'}, "7: entry 1: witness: unknown operation 'cov'"),
        ({"when": "'groups > 1'"}, "7: entry 1: witness: it lies outside the region `groups > 1`"),
        (
            {"clause": '"max_pool.*"'},
            "7: entry 1: witness: no law of max_pool.* is about conv",
        ),
        (
            {"clause": '"conv.rejects-invalid"'},
            "it is a valid case, and conv.rejects-invalid is about invalid ones",
        ),
        (
            {"when": "'any(stride < 1)'", "witness": GOOD["witness"].replace("=2", "=0")},
            "",
        ),
        (
            {
                "when": "'any(stride < 1)'", "witness": GOOD["witness"].replace("=2", "=0"),
                "clause": '"conv.definition"',
            },
            "7: entry 1: witness: it is an invalid case, and conv.definition is about valid ones",
        ),
        ({"clause": '"conv.gradient"'}, "conv.gradient is about gradients: it needs a cotangent g"),
        (
            {"clause": '"conv.flip"', "witness": GOOD["witness"][:-1] + ' g=1x1x2:float16:ones@0"'},
            "conv.flip is not about gradients: leave the cotangent g=… out",
        ),
        ({"reason": '""'}, "8: entry 1: reason: it is empty"),
        ({"reason": None, "verdict": None}, "1: entry 1: missing keys verdict, reason"),
        ({"link": '"issue 3"'}, "9: entry 1: link: not an address: 'issue 3'"),
        ({"sometimes": '"yes"'}, "10: entry 1: sometimes: expected true or false, not 'yes'"),
        ({"clase": '"conv.*"'}, "10: entry 1: clase: unknown key; did you mean clause?"),
    ],
)  # fmt: skip
def test_one_mistake(tmp_path: Path, changes: dict[str, str | None], expected: str) -> None:
    if not expected:  # conv.* has a law about invalid cases, too
        path = tmp_path / "known.toml"
        path.write_text(entry(**changes))
        assert len(read_known([str(path)])) == 1
        return
    (line,) = mistakes(tmp_path, entry(**changes))
    assert line.startswith("known.toml:") and expected in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[known]]\nadapter = torch", "known.toml:2: not TOML: invalid value"),
        ("[[known]]\nadapter = 'torch", "known.toml:2: not TOML: "),
        ("[[known]]\na = 1\na = 2", "known.toml:3: not TOML: cannot overwrite a value"),
        ("[[knwon]]\n", "known.toml:1: unknown key 'knwon'; did you mean known?"),
        (
            "\n[known]\nadapter = 1",
            "known.toml:2: known is no list: an entry begins",
        ),
        ("\n\nknown = 3", "known.toml:3: known is no list"),
        ("known = [3]", "known.toml:1: entry 1: an entry is a table, not 3"),
        ("x = 1\n" + entry(), "known.toml:1: unknown key 'x'; expected known"),
        (entry() + "\n[known.more]\nx = 1", "known.toml:10: entry 1: more: unknown key"),
        (TWICE, "known.toml:10: entry 2: it says the same as entry 1"),
        ("a = " + "[" * 5000, "known.toml:1: not TOML"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, expected: str) -> None:
    assert mistakes(tmp_path, text)[0].startswith(expected)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    wrong = entry(adapter="1", clause='"x.*"', when="'x'", witness='"x"', link='"x"')
    lines = mistakes(tmp_path, f"{entry()}\n\n{wrong}\n")
    assert [line.split(":")[1:4] for line in lines] == [
        ["12", " entry 2", " adapter"], ["14", " entry 2", " clause"], ["16", " entry 2", " when"],
        ["17", " entry 2", " witness"], ["19", " entry 2", " link"],
    ]  # fmt: skip
    many = mistakes(tmp_path, "\n".join([wrong] * 10))
    assert len(many) == MOST + 1 and many[-1] == "known.toml: and 30 more mistakes"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(KnownFileError) as caught:
        read_known([str(tmp_path / "none.toml"), str(tmp_path), str(latin)])
    none, folder, text = caught.value.lines
    assert none == f"{tmp_path / 'none.toml'}: cannot read it: No such file or directory"
    assert folder.startswith(f"{tmp_path}: cannot read it")
    assert text == f"{latin}:2: cannot read it: it is not UTF-8 text"


def test_lines_are_told_whatever_hides_them() -> None:
    text = (
        "# [[known]]\r\n"
        'top = """\n[[known]]\n\\""" # no\n"""\n'
        "[[ known ]]   # [[known]]\n"
        'a = "x # \\" no" # y = 1\n'
        "\"b c\" = 'one\\'\n"
        "list = [\n  '[[known]]', # ]\n  ''']''''',\n]\n"
        "inline = {x = '}', y = [1]}\n"
        "e . f = 1\n"
        '[["known"]]\n\n  c = 1\n'
        "[known.sub]\nd = 2\n"
        "[other]\na = 1\n"
    )
    assert len(tomllib.loads(text)["known"]) == 2
    top, (first, second) = places(text, "known")
    assert top.keys == {"top": 2, "other": 20}
    assert (first.line, first.keys) == (
        6, {"a": 7, "b c": 8, "list": 9, "inline": 13, "e": 14}
    )  # fmt: skip
    assert (second.line, second.keys) == (15, {"c": 17, "sub": 18})


@pytest.mark.parametrize(
    ("adapter", "version", "where"),
    [
        ("torch", "2.13.0+cpu", "active"),
        ("torch:no-mkldnn", "2.4", "active"),
        ("torch", "2.5.0a0+git1234", "active"),
        ("torch", "2.14.0", "others"),
        ("torch", "unknown", "unsure"),
        ("numpy", "2.13.0", "others"),
        ("numpy", "unknown", "others"),
        ("some/where/torch_of_mine.py", "2.13.0", "active"),
    ],
)
def test_who_is_meant(tmp_path: Path, adapter: str, version: str, where: str) -> None:
    path = tmp_path / "known.toml"
    path.write_text(entry())
    choice = choose(read_known([str(path)]), adapter, version)
    sizes = {
        "active": len(choice.regions.entries), "unsure": len(choice.unsure),
        "others": len(choice.others),
    }  # fmt: skip
    assert sizes == {"active": 0, "unsure": 0, "others": 0, where: 1}


@pytest.mark.parametrize("before", [b"# mine\r\nx = 1\r\n", b"# mine\nx = 1", b""])
def test_adding_keeps_what_is_there(tmp_path: Path, before: bytes) -> None:
    real = tmp_path / "real.toml"
    real.write_bytes(before)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    append(link, ["[[known]]\na = 1\n", "[[known]]\na = 2\n"])
    after = real.read_bytes()
    assert link.is_symlink() and after.startswith(before)
    assert (b"\r\n" in after) == (b"\r\n" in before) and b"\n\n[[" in b"\n" + after.replace(
        b"\r", b""
    )
    assert [e["a"] for e in tomllib.loads(after.decode())["known"]] == [1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.toml", "real.toml"]


def test_a_new_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "known.toml"
    append(path, [entry() + "\n"])
    assert path.read_text().startswith("# Known failures.")
    assert len(read_known([str(path)])) == 1

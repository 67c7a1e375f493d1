"""``convspec prove`` as a user meets it: what it prints, writes and exits with."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

HONEST = """
from convspec import reference

name, version = "honest", "1.0"
claims = {"conv": {"ranks": [1], "groups": [1, 1], "dilation": [1, 1], "stride": [1, 2]}}
conv, vjp = reference.conv, reference.vjp
"""

LIAR = (
    HONEST
    + """

def conv(x, w, b=None, **p):
    y = reference.conv(x, w, b, **p)
    return y + 1 if p["stride"][0] > w.shape[2] else y
"""
)


def _prove(folder, *arguments):
    done = run(
        [sys.executable, "-m", "convspec", "prove", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def _file(folder: Path, text: str) -> str:
    (folder / "mine.py").write_text(text)
    return "./mine.py"


def test_a_verified_implementation(tmp_path):
    code, out, err = _prove(tmp_path, _file(tmp_path, HONEST), "--out", "reports")
    # n, k, s, d, pads of tiny, and channels in and out up to three, in one group.
    count = 5 * 3 * 2 * 1 * 9 * 9
    assert code == 0, err
    assert f"verified for all inputs: {count:,} of {count:,} configurations" in out
    assert "conv 1-D: " in out and "in the bound" in out
    assert "assumptions:" in out
    assert "implementation" in out.splitlines()[-1] or "implementation" in out.splitlines()[-2]
    (written,) = (tmp_path / "reports").iterdir()
    document = json.loads(written.read_text())
    assert document["schema"] == "convspec-proof-1"
    assert document["operations"][0]["verified"] == count
    assert not document["failures"]


def test_a_liar_with_its_condition_and_a_case_to_replay(tmp_path):
    code, out, _ = _prove(tmp_path, _file(tmp_path, LIAR))
    assert code == 1
    assert "conv 1-D deviates y if and only if s > k" in out
    (line,) = [line for line in out.splitlines() if "convspec replay" in line]
    case = line.split("'")[1]
    again = run([sys.executable, "-m", "convspec", "replay", "./mine.py", case],
                cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert again.returncode == 1
    # Nothing stays behind where nothing was asked for.
    assert {path.name for path in tmp_path.iterdir()} == {"mine.py"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nobody",), 2, "unknown adapter"),
        (("numpy", "--op", "conc"), 2, "did you mean 'conv'"),
        (("numpy", "--bound", "huge"), 2, "huge"),
        (("./broken.py",), 3, "NameError"),
        (("numpy", "--op", "softmax"), 4, "nothing to prove"),
        (("./mine.py", "--op", "dense"), 4, "nothing of what was asked for is claimed"),
        (("./mine.py", "--dtype", "float64"), 4, "claimed in float64"),
    ],
)
def test_what_cannot_be_proven(tmp_path, arguments, code, said):
    _file(tmp_path, HONEST)
    (tmp_path / "broken.py").write_text("nonsense")
    got, out, err = _prove(tmp_path, *arguments)
    assert got == code
    assert not out
    assert said in err
    assert "Traceback" not in err

"""What adapters share: their operations, the words of their options, calls as text, arrays."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from convspec.adapters.errors import UnknownAdapter, option_word, option_words
from convspec.adapters.forwarding import by_name, forward, named
from convspec.adapters.opening import adapt
from convspec.adapters.wrapping import WIDTH, wrapped

X, W, B = (np.ones(shape, np.float32) for shape in ((1, 1, 3), (1, 1, 2), (1,)))


class Told:
    """Says what it was asked to run."""

    def __init__(self, *operations: str) -> None:
        forward(self, operations, self.run)

    def run(self, op: str, arrays: list[Any], params: dict[str, Any]) -> Any:
        """What came."""
        return op, [array.shape for array in arrays], params


def test_a_call_is_run_with_the_arrays_that_are_there() -> None:
    functions = adapt(Told("conv", "relu")).functions
    assert set(functions) == {"conv", "relu"}
    both, three = [X.shape, W.shape], [X.shape, W.shape, B.shape]
    assert functions["conv"](X, W, groups=1) == ("conv", both, {"groups": 1})
    assert functions["conv"](X, W, None, groups=1) == ("conv", both, {"groups": 1})
    assert functions["conv"](X, W, B, groups=1) == ("conv", three, {"groups": 1})
    assert functions["conv"](X, W, b=B, groups=1) == ("conv", three, {"groups": 1})
    assert functions["conv"](x=X, w=W, b=None) == ("conv", both, {})


def test_an_adapter_can_be_sent_to_another_process() -> None:
    sent: Any = pickle.loads(pickle.dumps(Told("relu")))
    assert sent.relu(X) == ("relu", [X.shape], {})
    assert sent.relu.args[0].__self__ is sent


def test_operations_are_what_claims_name_of_them() -> None:
    assert named({"all": {}, "relu": {}, "compiled": True, "conv": {}}) == ["conv", "relu"]
    assert list(by_name("conv", [X, W])) == ["x", "w"]


def test_options_are_words_that_are_known() -> None:
    assert option_words("one", None) == option_words("one", "", ["a"]) == ()
    assert option_words("one", "b,a", ["a", "b"]) == ("b", "a")
    assert option_word("one", None, ["a"]) == "" and option_word("one", "a", ["a"]) == "a"
    with pytest.raises(UnknownAdapter, match=r"^one has no option 'fast'; it has none$"):
        option_words("one", "fast")
    with pytest.raises(UnknownAdapter, match=r"'fats'; did you mean 'fast'\?; known: fast, slow$"):
        option_words("one", "slow,fats", ["fast", "slow"])
    with pytest.raises(UnknownAdapter, match="no option 'fast,slow'"):
        option_word("one", "fast,slow", ["fast", "slow"])


def test_calls_are_broken_into_lines_where_they_are_too_wide() -> None:
    assert wrapped("y = f", ["a", "b=1"]) == ["y = f(a, b=1)"]
    lines = wrapped("y = f", [f"name_{i}={i}" for i in range(20)])
    assert lines[0] == "y = f(" and lines[-1] == ")" and max(map(len, lines)) <= WIDTH
    arguments = ", ".join(f"name_{i}={i}" for i in range(20))
    assert " ".join(line.strip() for line in lines[1:-1]) == arguments

"""TensorFlow's switch for oneDNN, which is another set of kernels.

If it is not set, TensorFlow looks at the processor: newer ones have oneDNN on, others off. So that
a row is about the same kernels wherever it runs, it is always set. Types of 16 bits still go to
TensorFlow's own kernels where a processor has no instructions for them: they are not claimed there,
for the row without oneDNN is about those kernels.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from typing import Any

from ..errors import AdapterError

SWITCH = "TF_ENABLE_ONEDNN_OPTS"


def switch(on: bool) -> None:
    """Set it. Raises AdapterError if TensorFlow was loaded with another setting."""
    wanted, before = _word(on), os.environ.get(SWITCH)
    if "tensorflow" in sys.modules and before != wanted:
        state = "not set" if before is None else f"set to {before}"
        raise AdapterError(
            f"tensorflow was loaded with {SWITCH} {state}, and cannot change to {wanted}: check"
            f" each setting by a command of its own"
        )
    os.environ[SWITCH] = wanted


def spelt(on: bool) -> str:
    """The line of a program that sets it, before TensorFlow is imported."""
    return f'os.environ["{SWITCH}"] = "{_word(on)}"'


def not_taken() -> tuple[str, ...]:
    """The types that oneDNN does not take on this processor.

    Its convolutions of three axes dilate; those of TensorFlow's own refuse to.
    """
    import tensorflow as tf

    refused = []
    for dtype in ("float16", "bfloat16"):
        one = tf.ones([1] * 5, dtype)
        try:
            tf.nn.conv3d(one, one, [1] * 5, "VALID", dilations=[1, 1, 1, 2, 1])
        except tf.errors.InvalidArgumentError:
            refused.append(dtype)
    return tuple(refused)


def without(claims: Mapping[str, Any], dtypes: Collection[str]) -> dict[str, Any]:
    """The claims without some types."""
    return {
        name: {**said, "dtypes": [d for d in said["dtypes"] if d not in dtypes]}
        if isinstance(said, dict) and "dtypes" in said
        else said
        for name, said in claims.items()
    }


def _word(on: bool) -> str:
    return "1" if on else "0"

"""TensorFlow's switch for oneDNN, which is another set of kernels.

If it is not set, TensorFlow looks at the processor: newer ones have oneDNN on, others off. So that
a row is about the same kernels wherever it runs, it is always set.
"""

from __future__ import annotations

import os
import sys

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


def _word(on: bool) -> str:
    return "1" if on else "0"

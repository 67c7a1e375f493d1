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


def not_taken(flags: Collection[str] | None = None) -> tuple[str, ...]:
    """The types that TensorFlow does not hand to oneDNN on a processor with such flags.

    Those of this one if none are given; where they cannot be read nothing is said to be lacking.
    The rule is that of TensorFlow's ``IsDataTypeSupportedByOneDNNOnThisCPU``. To try it out would
    begin its threads, which processes forked later would wait for.
    """
    flags = _flags() if flags is None else flags
    if not flags:
        return ()
    converts = "avx_ne_convert" in flags
    halves = "avx512bw" in flags and not {"avx512_fp16", "amx_fp16"}.isdisjoint(flags)
    taken = {"float16": halves or converts, "bfloat16": "avx512f" in flags or converts}
    return tuple(dtype for dtype, here in taken.items() if not here)


def _flags() -> Collection[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = (line.partition(":") for line in file)
            return next((said.split() for name, _, said in lines if name.strip() == "flags"), ())
    except OSError:
        return ()


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

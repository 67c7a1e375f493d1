"""TensorFlow on the CPU, eagerly, through ``tf.nn``.

How each operation is called is in `tensorflow_lines`. Shims: windowed operations run channels last
(arrays are transposed before and after); ``tf.pad`` in front of 3-D operations that take no amounts
of padding, ``tf.slice`` behind transposed 3-D convolutions. What TensorFlow has no parameter for
(average pools with amounts of padding, ceil mode, transposed convolutions in groups …) is not
claimed, and raises ValueError where it is asked for all the same.

Options, joined by commas: ``no-onednn`` switches oneDNN off, which is another set of kernels;
``nd`` calls the functions for any number of axes, ``tf.nn.convolution`` and ``tf.nn.pool``, which
dilate by rearranging the input; ``depthwise`` calls ``tf.nn.depthwise_conv2d`` where it can;
``raw`` calls ``tf.raw_ops.Conv``, which has groups and amounts of padding in 3-D, too.
"""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from ..errors import UnknownAdapter, option_words
from .onednn import switch

OPTIONS = ("no-onednn", "nd", "depthwise", "raw")


def make(option: str | None) -> Any:
    """TensorFlow as `option` says.

    Raises UnknownAdapter for other words, AdapterError if TensorFlow was loaded with another
    setting of oneDNN.
    """
    words = option_words("tensorflow", option, OPTIONS)
    paths = [word for word in words if word != "no-onednn"]
    if paths[1:]:
        raise UnknownAdapter(f"tensorflow: choose one of the options {', '.join(paths)}")
    switch("no-onednn" not in words)
    # Its start fills screens with notes on processors and GPUs.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    from .claims import tensorflow as declared
    from .tensorflow_calls import TensorFlow

    path = paths[0] if paths else ""
    found = TensorFlow(path, "no-onednn" not in words, declared(option or ""))
    if not path:
        return found
    # What such an option does not touch would only be tested twice.
    held = ("conv", "max_pool", "avg_pool") if path == "nd" else ("conv",)
    extra = (
        "name",
        "version",
        "claims",
        "spell",
        *(() if path == "raw" else ("vjp", "double_vjp")),
    )
    return SimpleNamespace(**{name: getattr(found, name) for name in (*held, *extra)})

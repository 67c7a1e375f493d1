"""Keras 3 on one of its backends, through ``keras.ops``.

The option names the backend: ``torch``, ``tensorflow``, ``jax`` or ``numpy``; behind a comma may
follow ``channels-first``, which hands arrays over as they are (channels last, Keras's default, if
it is not said), ``depthwise``, which calls ``keras.ops.depthwise_conv`` where it can, or
``symbolic``, which makes each call of a ``KerasTensor`` too, as a functional model does, and
refuses a result that has not the shape foretold. How each operation is called, and by which shims,
is in `keras_lines`. Gradients are the backend's own:
autograd, ``GradientTape``, ``jax.vjp``; NumPy has none.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

from ..errors import AdapterError, UnknownAdapter, option_words
from .onednn import switch

BACKENDS = ("torch", "tensorflow", "jax", "numpy")

_WORDS = ("channels-first", "depthwise", "symbolic")


def make(option: str | None) -> Any:
    """Keras as `option` says; on the backend that KERAS_BACKEND names if it does not say.

    Raises UnknownAdapter for other words, AdapterError if Keras was loaded with another backend, of
    which it has one for the life of a process, or TensorFlow with another setting of oneDNN.
    """
    words = option_words("keras", option, (*BACKENDS, *_WORDS))
    backend = next((word for word in words if word in BACKENDS), "")
    if not backend:
        raise UnknownAdapter(f"keras needs a backend: keras:{', keras:'.join(BACKENDS)}")
    before = os.environ.get("KERAS_BACKEND")
    if "keras" in sys.modules and sys.modules["keras"].backend.backend() != backend:
        found = sys.modules["keras"].backend.backend()
        raise AdapterError(
            f"keras was loaded with the backend {found}, and cannot change to {backend}: check each"
            f" by a command of its own"
        )
    if backend == "tensorflow":
        switch(on=True)
    os.environ["KERAS_BACKEND"] = backend
    # TensorFlow's start fills screens with notes on processors and GPUs.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        from .keras_calls import Keras
    finally:
        if before is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = before
    from .claims import keras as declared
    from .claims import touched

    found = Keras(backend, words, declared(option or ""))
    if only := touched(words):
        held: tuple[str, ...] = (*only, "name", "version", "claims", "spell")
        held += () if backend == "numpy" else ("vjp",)
        return SimpleNamespace(**{name: getattr(found, name) for name in held})
    return found

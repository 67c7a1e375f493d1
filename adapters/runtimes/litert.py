"""LiteRT (TensorFlow Lite), through its Python interpreter: a model made and run for each call.

The models are written here (see :mod:`.litert_models`), with no TensorFlow. Around them lies

* a transposition of arrays to channels last, which is all that LiteRT's operators know;
* a PAD in front of a convolution with amounts of padding: its operators have SAME and VALID. This
  is how converters write such a convolution.

XNNPACK takes what it can, as it does by default; the option ``builtin`` leaves LiteRT's own
optimised kernels to themselves, ``reference`` its reference kernels.
"""

from __future__ import annotations

import base64
import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from ..errors import option_word
from ..forwarding import forward
from ..recent import Recent
from . import claims
from .litert_models import MODELS

Array = npt.NDArray[Any]

KERNELS = {
    "": OpResolverType.BUILTIN,
    "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "reference": OpResolverType.BUILTIN_REF,
}
"""Whose kernels run, by option."""

KEPT = 64
"""Interpreters that are kept, for calls with the same parameters, shapes and weights."""


class LiteRT:
    """LiteRT with one set of kernels. Arrays are NumPy's, (N, C, *spatial), in and out.

    It has a function for each operation that there is a model for.
    """

    name = "litert"
    version = importlib.metadata.version("ai-edge-litert")

    def __init__(self, option: str) -> None:
        """`option`: a key of `KERNELS`."""
        self._kernels = KERNELS[option]
        self.claims = claims.litert(option)
        self._interpreters: Recent[Interpreter] = Recent(KEPT)
        forward(self, MODELS, self._run)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in LiteRT's own words: imports, and lines that set `results`."""
        x, *others = inputs.values()
        text = base64.b64encode(MODELS[op](x, *others, **parameters)).decode()
        pieces = [f'    "{text[i : i + 80]}"' for i in range(0, len(text), 80)]
        imports = [
            "import base64", "from ai_edge_litert.interpreter import Interpreter, OpResolverType",
        ]  # fmt: skip
        given = f"np.ascontiguousarray(np.moveaxis({names['x']}, 1, -1))"
        back = "np.moveaxis(y, -1, 1) if y.ndim > 1 else y"
        return imports, [
            f"# A .tflite file of one operator, {op}; its weights are in it.",
            "model = base64.b64decode(", *pieces, ")",
            "interpreter = Interpreter(", "    model_content=model, num_threads=1,",
            f"    experimental_op_resolver_type={self._kernels},", ")",
            "interpreter.allocate_tensors()",
            'before = interpreter.get_input_details()[0]["index"]',
            'after = interpreter.get_output_details()[0]["index"]',
            f"interpreter.set_tensor(before, {given})",
            "interpreter.invoke()", "y = interpreter.get_tensor(after)", f"results = [{back}]",
        ]  # fmt: skip

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        model, x = MODELS[op](*arrays, **params), arrays[0]
        interpreter = self._interpreters.get(model, lambda: self._loaded(model))
        given, made = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        interpreter.set_tensor(given["index"], np.ascontiguousarray(np.moveaxis(x, 1, -1)))
        interpreter.invoke()
        y: Array = interpreter.get_tensor(made["index"])
        return np.moveaxis(y, -1, 1) if y.ndim > 1 else y

    def _loaded(self, model: bytes) -> Interpreter:
        loaded = Interpreter(
            model_content=model, num_threads=1, experimental_op_resolver_type=self._kernels
        )
        loaded.allocate_tensors()
        return loaded


def make(option: str | None) -> LiteRT:
    """LiteRT with the kernels that `option` names: ``builtin``, ``reference``, or its default.

    Raises UnknownAdapter for another word.
    """
    return LiteRT(option_word("litert", option, [word for word in KERNELS if word]))

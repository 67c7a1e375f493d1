"""ncnn, through its Python module: a network of one layer, made and run for each call.

Parameters are handed on in ncnn's own terms (see :mod:`.ncnn_layers`). Three things lie around it:

* ``ncnn.Mat`` reads the memory of an array from front to back, whatever its strides, and past its
  end where it is broadcast: arrays are made contiguous before;
* calls that make ncnn write outside its memory are refused, by us and with an error, for nothing
  that comes after them in the process could be trusted (see `ncnn_layers.overruns`);
* the weight of a transposed convolution is stored by output channel, so that it is copied.

The option ``unchecked`` leaves the first two out.

ncnn's options that trade accuracy for speed (16-bit storage, Winograd, packed layouts) are off, so
that float32 is float32; the option ``defaults`` leaves them as ncnn has them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import ncnn
import numpy as np
import numpy.typing as npt

from ..errors import option_words
from ..forwarding import forward
from ..recent import Recent
from . import claims
from .ncnn_layers import LAYERS, Net, overruns

Array = npt.NDArray[Any]

OPTIONS = ("defaults", "unchecked")

KEPT = 64
"""Networks that are kept, for calls with the same parameters and weights."""

_OFF = (
    "use_winograd_convolution", "use_sgemm_convolution", "use_packing_layout",
    "use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic",
    "use_bf16_packed", "use_bf16_storage",
    "use_int8_packed", "use_int8_storage", "use_int8_arithmetic", "use_int8_inference",
)  # fmt: skip


class Ncnn:
    """One way to run ncnn. Arrays are NumPy's, float32, (N, C, *spatial), in and out.

    It has a function for each operation that there is a layer for.
    """

    name = "ncnn"
    version = ncnn.__version__

    def __init__(self, defaults: bool, unchecked: bool) -> None:
        """`defaults` leaves ncnn's options on, `unchecked` hands on whatever is asked for."""
        self.defaults = defaults
        self.unchecked = unchecked
        words = [*(["defaults"] if defaults else []), *(["unchecked"] if unchecked else [])]
        self.claims = claims.ncnn(",".join(words))
        self._nets: Recent[Any] = Recent(KEPT)
        forward(self, LAYERS, self._run)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in ncnn's own words: imports, and lines that set `results`."""
        x, *others = inputs.values()
        net = LAYERS[op](x, *others, **parameters)
        w = names.get("w", "")
        if op == "conv_transpose":
            groups, channels = parameters["groups"], inputs["w"].shape[0]
            split = (groups, channels // groups, *inputs["w"].shape[1:])
            w = f"{w}.reshape{split}.swapaxes(1, 2)"
        parts = [] if not w else ["bytes(4)", f"{w}.tobytes()"]  # 4 bytes: it is float32
        parts += [f"{names['b']}.tobytes()"] if "b" in inputs else []
        given = names["x"] if self.unchecked else f"np.ascontiguousarray({names['x']})"
        param = [f'    "{line}\\n"' for line in net.param.splitlines()]
        off = [f"net.opt.{option} = False" for option in (() if self.defaults else _OFF)]
        return ["import tempfile", "import ncnn"], [
            "net = ncnn.Net()", "net.opt.num_threads = 1", *off,
            "assert net.load_param_mem(", *param, ") == 0",
            'with tempfile.NamedTemporaryFile(suffix=".bin") as file:',
            f"    file.write({' + '.join(parts) or 'b' + repr('')})",
            "    file.flush()", "    assert net.load_model(file.name) == 0",
            "extractor = net.create_extractor()",
            f'assert extractor.input("x", ncnn.Mat({given}, batch_index=0).clone()) == 0',
            'code, y = extractor.extract("y")', "assert code == 0",
            "results = [np.array(y.numpy(batch_index=0))]",
        ]  # fmt: skip

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        net = LAYERS[op](*arrays, **params)
        x, *weights = arrays
        if not self.unchecked:
            window = params.get("window") or (weights[0].shape[2:] if weights else ())
            why = overruns(op, x, window, params, packing=self.defaults)
            if why:
                raise RuntimeError(f"not run: ncnn would write outside its memory: {why}")
        if x.dtype != np.float32:
            # Its elements would be read as those of another type.
            raise TypeError(f"ncnn is handed float32 here, not {x.dtype}")
        extractor = self._nets.get(net, lambda: self._loaded(net)).create_extractor()
        given = x if self.unchecked else np.ascontiguousarray(x)
        _done(extractor.input("x", ncnn.Mat(given, batch_index=0).clone()), "input")
        code, y = extractor.extract("y")
        _done(code, "extract")
        # A view of memory that ncnn will use again.
        result: Array = np.array(y.numpy(batch_index=0))
        return result

    def _loaded(self, net: Net) -> Any:
        loaded = ncnn.Net()
        loaded.opt.num_threads = 1
        if not self.defaults:
            for option in _OFF:
                setattr(loaded.opt, option, False)
        _done(loaded.load_param_mem(net.param), "load_param")
        # From a file, for ncnn would go on using memory that it was handed.
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            file.write(net.weights)
            file.flush()
            _done(loaded.load_model(file.name), "load_model")
        return loaded


def _done(code: int, what: str) -> None:
    if code != 0:
        raise RuntimeError(f"ncnn: {what} returned {code}")


def make(option: str | None) -> Ncnn:
    """ncnn as `option` says: ``defaults``, ``unchecked``, joined by commas.

    Raises UnknownAdapter for other words.
    """
    words = option_words("ncnn", option, OPTIONS)
    return Ncnn("defaults" in words, "unchecked" in words)

"""PyTorch, through ``torch.nn.functional``.

Every parameter that torch has is handed to torch. Two shims remain, where it has none:

* asymmetric padding of a convolution is done by ``F.pad`` in front of it;
* the gradient of max pooling is refused, by us and with an error, where a window lies wholly in
  the padding: torch 2.13 gives such a window an index past the end of its plane, and its backward
  pass then writes there, into the next plane or past the end of the tensor.

What torch cannot do (asymmetric pool padding, dilated averages, symmetric padding, negative
strides in memory) is not claimed, and raises ValueError where it is asked for all the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

# The first gradient imports this, and sympy with it: most of a second, which every child process
# that a run forks would spend again.
import torch.fx.experimental.symbolic_shapes

from .errors import AdapterError, unknown_option
from .forwarding import forward
from .torch_arrays import to_array, to_tensor
from .torch_claims import claims_for
from .torch_compiled import COMPILERS, compiled
from .torch_functions import FORWARD, WINDOWED, refuse_blind_window

Array = npt.NDArray[Any]

OPTIONS = ("cpu", "cuda", "mps", "xpu", "no-mkldnn", "channels-last", *COMPILERS)

_CHANNELS_LAST = {4: torch.channels_last, 5: torch.channels_last_3d}


class Torch:
    """One way to run torch: a device, oneDNN or not, a memory format.

    Arrays are NumPy's, (N, C, *spatial), in and out; errors are torch's own. It has a function for
    each operation; `torch_functions` says what that calls.
    """

    name = "torch"
    version = torch.__version__

    def __init__(self, device: str, mkldnn: bool, channels_last: bool, compiler: str = "") -> None:
        """`channels_last` converts x and w of 2-D and 3-D windowed operations before the call.

        `compiler`: one of `COMPILERS`, which every operation goes through; "" for none.
        """
        self.device = torch.device(device)
        self.mkldnn = mkldnn
        self.channels_last = channels_last
        self.claims = claims_for(self.device.type, _fused(self.device.type, mkldnn), mkldnn)
        if compiler:
            # Its backward passes have none of their own.
            self.claims.update(double_vjp=[], compiled=True)
        self._forward = compiled(FORWARD, compiler) if compiler else FORWARD
        forward(self, FORWARD, self._run)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by autograd.

        One per input, but for labels, which have none.
        """
        if op.startswith("max_pool"):
            refuse_blind_window(inputs[0], **params)
        function = self._forward[op]
        windowed = op in WINDOWED
        with self._path():
            given = inputs[:1] if op == "cross_entropy" else inputs
            leaves = [self._leaf(array) for array in given]
            labels = [self._take(array, False) for array in inputs[len(given) :]]
            y = function(*(self._formatted(leaf, windowed) for leaf in leaves), *labels, **params)
            gradients = torch.autograd.grad(y, leaves, self._take(cotangent, False))
        return [to_array(gradient) for gradient in gradients]

    def double_vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array,
        cotangents: Sequence[Array | None], **params: Any,
    ) -> list[Array]:  # fmt: skip
        """The gradients of Σ⟨vjp_i, cotangents_i⟩, by autograd through its own backward pass.

        One per input, then that of the cotangent; a None among `cotangents` leaves its term out.
        """
        if op.startswith("max_pool"):
            refuse_blind_window(inputs[0], **params)
        windowed = op in WINDOWED
        with self._path():
            leaves = [self._leaf(array) for array in inputs]
            y = self._forward[op](*(self._formatted(leaf, windowed) for leaf in leaves), **params)
            g = self._leaf(cotangent)
            first = torch.autograd.grad(y, leaves, g, create_graph=True)
            terms = [(d, u) for d, u in zip(first, cotangents, strict=True) if u is not None]
            if not terms:
                return [np.zeros_like(array) for array in (*inputs, cotangent)]
            second = torch.autograd.grad(
                [d for d, _ in terms], [*leaves, g], [self._take(u, False) for _, u in terms],
                allow_unused=True, materialize_grads=True,
            )  # fmt: skip
        return [to_array(gradient) for gradient in second]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in torch's own words: imports, and lines that set `results`.

        Raises LookupError for what is compiled: those words would show eager torch.
        """
        if self._forward is not FORWARD:
            raise LookupError("torch.compile has no words of its own")
        from .torch_words import spelled  # what only a failure needs

        return spelled(
            which, op, inputs, names, parameters, device=str(self.device), mkldnn=self.mkldnn,
            channels_last=self.channels_last and op in WINDOWED,
        )  # fmt: skip

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Any:
        windowed = op in WINDOWED
        paired = {"return_indices": True} if op == "max_pool_with_indices" else {}
        with self._path():
            tensors = [self._take(array, windowed) for array in arrays]
            y = self._forward[op](*tensors, **paired, **params)
        return tuple(map(to_array, y)) if paired else to_array(y)

    @contextlib.contextmanager
    def _path(self) -> Iterator[None]:
        # torch keeps this switch for the whole process; others in it shall not see it thrown.
        # (Its own context manager throws more switches than this one, and warns of GPUs.)
        before = torch.backends.mkldnn.enabled
        torch.backends.mkldnn.enabled = before and self.mkldnn  # type: ignore[assignment]
        try:
            yield
        finally:
            torch.backends.mkldnn.enabled = before

    def _leaf(self, array: Array) -> torch.Tensor:
        return to_tensor(array).to(self.device).requires_grad_()

    def _take(self, array: Array, windowed: bool) -> torch.Tensor:
        return self._formatted(to_tensor(array).to(self.device), windowed)

    def _formatted(self, tensor: torch.Tensor, windowed: bool) -> torch.Tensor:
        if self.channels_last and windowed and tensor.ndim in _CHANNELS_LAST:
            return tensor.to(memory_format=_CHANNELS_LAST[tensor.ndim])
        return tensor


def make(option: str | None) -> Torch:
    """Torch as `option` says: a device, ``no-mkldnn``, ``channels-last``, ``compile``,
    ``compile-eager``, joined by commas.

    Raises UnknownAdapter for other words, AdapterError for a device that is not there.
    """
    device, mkldnn, channels_last, compiler = "cpu", True, False, ""
    for word in (option or "").split(",") if option else ():
        if word == "no-mkldnn":
            mkldnn = False
        elif word == "channels-last":
            channels_last = True
        elif word in COMPILERS:
            compiler = word
        else:
            device = _device(word)
    # The suite runs one process per core, and its tensors are small: threads of torch's own would
    # only compete. Whoever sets OMP_NUM_THREADS has decided otherwise.
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    return Torch(device, mkldnn, channels_last, compiler)


def _fused(device: str, mkldnn: bool) -> list[str]:
    """The types of 16 bits whose convolutions go to oneDNN: that depends on the processor."""
    if device != "cpu" or not mkldnn:
        return []
    known = {
        "bfloat16": torch.ops.mkldnn._is_mkldnn_bf16_supported,
        "float16": torch.ops.mkldnn._is_mkldnn_fp16_supported,
    }
    return [dtype for dtype, supported in known.items() if supported()]


def _device(word: str) -> str:
    kind, colon, number = word.partition(":")
    if kind not in OPTIONS[:4] or (colon and not number.isdecimal()):
        raise unknown_option("torch", word, OPTIONS)
    if kind == "cpu":
        return "cpu"
    module = getattr(torch, kind, None)
    if module is None or not module.is_available():
        raise AdapterError(
            f"torch {torch.__version__} finds no {kind} device here; install a build of torch for "
            f"it, or use torch:cpu"
        )
    if number and int(number) >= module.device_count():
        raise AdapterError(f"torch finds {module.device_count()} {kind} device(s), none is {word}")
    return word

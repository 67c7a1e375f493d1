"""NumPy arrays as tensors and back, without a copy: the same memory, the same strides."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[Any]

_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def to_tensor(array: Array) -> torch.Tensor:
    """The array as a tensor on the CPU. Raises what torch raises, for negative strides above all.

    torch knows no bfloat16 of NumPy's: such an array is handed over as the integers of its bits.
    """
    if array.dtype == _BFLOAT16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def to_array(tensor: torch.Tensor) -> Array:
    """The tensor, from whatever device, as an array."""
    found = tensor.cpu()
    bits: Array
    if found.dtype == torch.bfloat16:
        bits = found.view(torch.int16).numpy()
        return bits.view(_BFLOAT16)
    bits = found.numpy()
    return bits

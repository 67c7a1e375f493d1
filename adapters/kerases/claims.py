"""What TensorFlow and Keras claim, without either.

TensorFlow 2.21 on the CPU, from its documentation and its registered kernels. Named padding is its
own SAME and VALID. Left out, for want of a parameter: ceil mode; dilation of pools, but in
``tf.nn.pool``, which has neither stride nor SAME with it; amounts of padding in average pools and
in ``max_pool_with_argmax``, which has two axes; transposed convolutions in groups; the modes
replicate and circular of ``tf.pad``; adaptive and Lp pools. ``tf.nn.convolution`` documents no
stride with dilation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import TWICE

from ..claiming import NO_CELLS, NUMBERS, ONE_SAME, REPEATED

_TENSORFLOW = (
    "conv", "conv_transpose", "pad", "max_pool", "max_pool_with_indices", "avg_pool",
    "global_avg_pool", "global_max_pool", "global_sum_pool", "relu", "dense", "softmax",
    "log_softmax", "cross_entropy",
)  # fmt: skip

_UNPADDED = {"padding": [0, 0], "named_padding": ONE_SAME}

_POOL: dict[str, Any] = {"dilation": [1, 1], "ceil_mode": [False]}

_ALIKE: dict[str, str] = {
    **NO_CELLS,
    "conv_transpose.output-padding": "stride",
    "pad.negative": "reject",
    "cross_entropy.empty-batch": "nan",
}
"""The dialect of TensorFlow, and of Keras on every backend."""

_TENSORFLOW_DIALECT: dict[str, str] = {
    **_ALIKE,
    "max_pool.index-place": "channels-last",
    "max_pool.nan": "ignored",
    "max_pool.padding-value": "lowest",
    "max_pool.empty-window": "lowest",
    "global_max_pool.tie": "split",
    "softmax.no-classes": "empty",
}


def tensorflow(option: str) -> dict[str, Any]:
    """The claims of ``tensorflow:OPTION``."""
    words = option.split(",")
    floats = list(FLOATS)
    if "nd" in words:
        pool = {**_UNPADDED, "named_padding": ["valid"], "stride": [1, 1], "ceil_mode": [False]}
        return {
            "all": {"dtypes": floats},
            "dialect": _TENSORFLOW_DIALECT,
            "conv": {"named_padding": ONE_SAME, "stride": [1, 1]},
            "max_pool": {**pool, **NUMBERS},
            "avg_pool": {**pool, "count_include_pad": [False]},
        }
    conv: dict[str, Any] = {"named_padding": ONE_SAME}
    if "depthwise" in words:
        return {"all": {"dtypes": floats}, "conv": conv}
    if "raw" in words:  # it has no gradient
        return {
            "all": {"dtypes": [*floats, "int32"]},
            "conv": {**conv, "ranks": [2, 3], "groups": [1, 1]},
        }
    return {
        "all": {"dtypes": floats},
        "dialect": _TENSORFLOW_DIALECT,
        # The gradient of max_pool_with_argmax has none.
        "double_vjp": [name for name in TWICE if name in _TENSORFLOW and "indices" not in name],
        "conv": conv,
        "conv_transpose": {"groups": [1, 1]},
        "pad": {"modes": ["constant", "reflect", "symmetric"], **NUMBERS},
        "max_pool": {
            **_POOL, "named_padding": ONE_SAME, "padding_limit": "window", **NUMBERS,
        },
        "max_pool_with_indices": {
            **_POOL, **_UNPADDED, "ranks": [2], **NUMBERS, "empty_batch": False,
        },
        "avg_pool": {**_POOL, **_UNPADDED, "count_include_pad": [False]},
        "global_max_pool": NUMBERS,
        "global_sum_pool": NUMBERS,
        "relu": NUMBERS,
        "dense": {"dtypes": [*floats, "int32", "int64"]},
    }  # fmt: skip


_NUMPY_DIALECT = {**_ALIKE, **REPEATED, "pool.too-large-window": "empty"}

_KERAS_DIALECT: dict[str, dict[str, str]] = {
    "torch": {
        **_ALIKE,
        "max_pool.nan-index": "last",
        "global_max_pool.tie": "split",
        "adaptive_avg_pool.empty": "nan",
        "softmax.no-classes": "empty",
    },
    "tensorflow": {
        **{k: v for k, v in _TENSORFLOW_DIALECT.items() if k != "max_pool.index-place"},
    },
    "jax": {**_NUMPY_DIALECT, "global_max_pool.tie": "split", "softmax.no-classes": "empty"},
    "numpy": {**_NUMPY_DIALECT, "adaptive_avg_pool.empty": "nan"},
}

_MODES = {
    "torch": ["circular"],
    "tensorflow": [],
    "jax": ["replicate", "circular"],
    "numpy": ["replicate", "circular"],
}


_SYMBOLIC = {"pool.too-large-window": "reject", "adaptive_avg_pool.empty": "reject"}
"""What is refused where shapes are worked out first, whatever the backend."""

_GENERAL = ("all", "fork", "compiled")


def _of(only: Collection[str], claims: Mapping[str, Any]) -> dict[str, Any]:
    """What is claimed of these operations; of all if there are none."""
    if not only:
        return dict(claims)
    choices = {  # of a choice of all pools, too, whose name is "pool.…"
        name: said
        for name, said in claims["dialect"].items()
        if any(op.endswith(name.partition(".")[0]) for op in only)
    }
    kept = {name: said for name, said in claims.items() if name in (*_GENERAL, *only)}
    return {**kept, "dialect": choices} if choices else kept


def touched(words: Collection[str]) -> tuple[str, ...]:
    """The operations that an option of Keras touches, if not all: others would be tested twice.

    On TensorFlow a pool of maps as they are is one of maps transposed, by Keras itself.
    """
    if "depthwise" in words:
        return ("conv",)
    if "symbolic" in words:  # the operations whose result has a shape to be worked out
        return ("conv", "conv_transpose", "pad", "max_pool", "avg_pool",
                "adaptive_avg_pool", "adaptive_max_pool")  # fmt: skip
    return ("conv", "conv_transpose") if {"tensorflow", "channels-first"} <= set(words) else ()


def keras(option: str) -> dict[str, Any]:
    """The claims of ``keras:BACKEND`` and ``keras:BACKEND,WORD``.

    Keras 3.15: "same" and "valid" alone, no ceil mode, no dilated pools, no transposed groups. Its
    rules of promotion turn float64 into float32 on all backends but TensorFlow; on PyTorch
    convolutions, pools and padding do without these rules. There and on TensorFlow it
    takes no maximum of an empty batch. On TensorFlow only oneDNN convolves maps as they are, which
    has no float64; convolutions in groups or of three axes are compiled by XLA in each call.
    """
    words = option.split(",")
    backend = next((word for word in words if word in _KERAS_DIALECT), "tensorflow")
    floats = [d for d in FLOATS if backend == "tensorflow" or d != "float64"]
    first = backend == "tensorflow" and "channels-first" in words
    doubles = backend == "torch" or (backend == "tensorflow" and not first)
    kept = [d for d in FLOATS if d != "float64" or doubles]
    symbolic = "symbolic" in words
    claims: dict[str, Any] = {
        "all": {"dtypes": floats},
        "dialect": _KERAS_DIALECT[backend] | (_SYMBOLIC if symbolic else {}),
        # A child cannot use what its parent has begun to use.
        "fork": backend in ("torch", "tensorflow"),
        # Convolutions are XLA's on NumPy, too.
        "compiled": backend in ("jax", "numpy") or first,
        "conv": {"named_padding": ONE_SAME, "dtypes": kept},
    }
    if symbolic:  # `keras.ops.conv` of a KerasTensor takes no groups
        claims["conv"]["groups"] = [1, 1]
    adaptive: dict[str, Any] = {"dtypes": kept}
    claims |= {
        "conv_transpose": {"groups": [1, 1], "dtypes": kept},
        "pad": {
            "modes": ["constant", "reflect", "symmetric", *_MODES[backend]],
            "dtypes": [*kept, "int32"],
        },
        "max_pool": {**_POOL, **_UNPADDED, "dtypes": kept},
        "avg_pool": {**_POOL, **_UNPADDED, "dtypes": kept, "count_include_pad": [False]},
        "adaptive_avg_pool": adaptive,
        "adaptive_max_pool": adaptive,
        "global_max_pool": {"empty_batch": backend not in ("torch", "tensorflow")},
    }
    return _of(touched(words), claims)

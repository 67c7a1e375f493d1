"""The adapters that come with us, as data: what each drives, and where that is installed.

Nothing here imports a framework; the claims of an adapter can be read without it, too.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Backend:
    """An adapter of our own.

    `module` has a function ``make(option)``; the library it drives is imported as `library`
    (None where the arithmetic is our own) and comes with the distributions `packages`, the first of
    which has its version. `claims` names a function ``module:function`` that takes an option and
    returns the claims, without the library. `runs` are the options worth a row of the matrix ("" is
    none), each with the environment it runs in: `environments/NAME.txt` lists what that holds.
    `beside` are words of options, each with the module that it needs beside the library, of which
    the package has the same name. `around` names a function ``module:function`` that takes an
    interpreter and returns the variables under which its library finds what it calls.
    """

    module: str
    what: str
    library: str | None = None
    packages: tuple[str, ...] = ()
    claims: str = ""
    runs: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    around: str = ""

    def modules(self, option: str = "") -> tuple[str, ...]:
        """What has to be importable for an option."""
        return (*([self.library] if self.library else []), *self._more(option))

    def _more(self, option: str) -> list[str]:
        return [self.beside[word] for word in option.split(",") if word in self.beside]

    @property
    def install(self) -> str:
        """The command that installs what it needs without an option; "" where nothing is."""
        return self.installing()

    def installing(self, option: str = "") -> str:
        """The command that installs what it needs for an option; "" where nothing is."""
        wanted = [*self.packages, *self._more(option)]
        return f"pip install {' '.join(wanted)}" if wanted else ""

    def declared(self, option: str = "") -> dict[str, Any]:
        """The claims, as declared; empty where the adapter does not declare them apart."""
        return self._called(self.claims, option)

    def surroundings(self, python: str) -> dict[str, str]:
        """The variables that programs with the library need, run by an interpreter.

        Raises AdapterError where what the library calls is not there.
        """
        return self._called(self.around, python)

    @staticmethod
    def _called(name: str, argument: str) -> dict[str, Any]:
        if not name:
            return {}
        module, _, function = name.partition(":")
        found: dict[str, Any] = getattr(
            importlib.import_module(f"{__package__}.{module}"), function
        )(argument)
        return found


def _graph(module: str, what: str, library: str, *packages: str, options: str = "") -> Backend:
    """An adapter that hands the library a graph of one node; `options` are words in a row."""
    return Backend(
        f"graphs.{module}", what, library, packages, f"graphs.claims:{module}",
        dict.fromkeys(("", *options.split()), "inference"),
    )  # fmt: skip


def _runtime(
    module: str, what: str, library: str, *packages: str, rows: tuple[str, ...] = ()
) -> Backend:
    """An adapter of a runtime with a form of its own for models; `rows` are its options."""
    return Backend(
        f"runtimes.{module}", what, library, packages, f"runtimes.claims:{module}",
        dict.fromkeys(("", *rows), "inference"),
    )  # fmt: skip


def _jax(module: str, what: str, *packages: str, options: tuple[str, ...] = ()) -> Backend:
    return Backend(
        f"jaxes.{module}", what, packages[0].replace("dm-", ""), (*packages,),
        f"jaxes.claims:{module}", dict.fromkeys(("", *options), "jax"),
    )  # fmt: skip


def _eager(module: str, what: str, library: str, environment: str, *packages: str) -> Backend:
    return Backend(
        f"eager.{module}", what, library, packages, f"eager.claims:{module}", {"": environment}
    )


def _compiler(module: str, what: str, library: str, *packages: str, around: str = "") -> Backend:
    return Backend(
        f"compilers.{module}", what, library, packages, f"compilers.claims:{module}", {"": module},
        around=around,
    )  # fmt: skip


BACKENDS: dict[str, Backend] = {
    "reference": Backend("reference", "the definition itself, in NumPy"),
    "numpy": Backend(
        "numpy_im2col", "im2col and GEMM in NumPy, written on its own", "numpy",
        runs={"": "torch"},
    ),
    "torch": Backend(
        "torch_adapter",
        "PyTorch; options: cpu, cuda, cuda:1 …, no-mkldnn, channels-last, compile,"
        " compile-eager (joined by commas)",
        "torch", ("torch",), "torch_claims:declared",
        {"": "torch", "no-mkldnn": "torch", "channels-last": "torch", "compile-eager": "torch"},
    ),
    "onnxruntime": _graph(
        "onnxruntime",
        "ONNX Runtime on the CPU; options: unoptimized, dynamic (joined by commas)",
        "onnxruntime", "onnxruntime", "onnx", options="unoptimized dynamic",
    ),
    "onnx-reference": _graph(
        "onnx_reference", "the reference evaluator of ONNX", "onnx", "onnx"
    ),
    "opencv": _graph(
        "opencv", "the DNN module of OpenCV", "cv2", "opencv-python-headless", "onnx"
    ),
    "openvino": _graph(
        "openvino",
        "OpenVINO on the CPU; options: ceil, its older rounding, defaults, left out of calls, or"
        " onnx, models that it reads",
        "openvino", "openvino", "onnx", options="ceil onnx",
    ),
    "tract": _graph("tract", "tract, in Rust", "tract", "tract", "onnx"),
    "ncnn": _runtime(
        "ncnn", "ncnn on the CPU; options: defaults, unchecked", "ncnn", "ncnn", rows=("defaults",)
    ),
    "mnn": _runtime("mnn", "MNN's expressions on the CPU", "MNN", "MNN"),
    "litert": _runtime(
        "litert", "LiteRT with XNNPACK; options: builtin, reference", "ai_edge_litert",
        "ai-edge-litert", "flatbuffers", rows=("builtin",),
    ),
    "jax": _jax("lax", "JAX: jax.lax on the CPU; option: unoptimized", "jax",
                options=("unoptimized",)),
    "flax": _jax("flax", "Flax: flax.linen's layers on JAX; option: nnx", "flax", "jax",
                 options=("nnx",)),
    "equinox": _jax("equinox", "Equinox: equinox.nn's layers on JAX", "equinox", "jax"),
    "haiku": _jax("haiku", "Haiku's layers on JAX; option: channels-first", "dm-haiku", "jax",
                  options=("channels-first",)),
    "tensorflow": Backend(
        "kerases.tensorflow",
        "TensorFlow on the CPU; options: no-onednn, and one of nd, depthwise, raw", "tensorflow",
        ("tensorflow-cpu",), "kerases.claims:tensorflow",
        {"": "tensorflow", "no-onednn": "tensorflow", "nd": "tensorflow"},
    ),
    "keras": Backend(
        "kerases.keras",
        "Keras 3; option, its backend: torch, tensorflow, jax, numpy; behind a comma"
        " channels-first, depthwise or symbolic",
        "keras",
        ("keras",), "kerases.claims:keras",
        {"torch": "torch", "tensorflow": "tensorflow", "tensorflow,channels-first": "tensorflow",
         "jax": "jax", "numpy": "jax", "numpy,symbolic": "jax"},
        # On NumPy its convolutions are JAX's.
        beside={"torch": "torch", "tensorflow": "tensorflow", "jax": "jax", "numpy": "jax"},
    ),
    "paddle": Backend(
        "eager.paddle", "PaddlePaddle on the CPU; option: channels-last", "paddle",
        ("paddlepaddle",), "eager.claims:paddle", {"": "paddle", "channels-last": "paddle"},
    ),
    "scipy": Backend(
        "eager.scipy",
        "SciPy: signal.correlate, ndimage's filters; options: direct, fft, oaconvolve", "scipy",
        ("scipy",), "eager.claims:scipy", {"": "torch", "fft": "torch", "oaconvolve": "torch"},
    ),
    "mlx": _eager("mlx", "MLX on the CPU", "mlx", "inference", "mlx[cpu]"),
    "tinygrad": _compiler(
        "tinygrad", "tinygrad", "tinygrad", "tinygrad", "ziglang",
        around="compilers.clang:surroundings",
    ),
    "tvm": _compiler("tvm", "TVM: Relax, compiled by LLVM", "tvm", "apache-tvm"),
    "iree": _compiler(
        "iree", "IREE on the CPU", "iree.compiler", "iree-base-compiler", "iree-base-runtime"
    ),
    "mutant": Backend("mutants", "a planted fault, mutant:NAME (convspec list mutants)"),
}  # fmt: skip

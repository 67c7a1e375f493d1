"""A model of LiteRT's in the making, packed by the schema that it ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as schema

Array = npt.NDArray[Any]
Ints = Sequence[int]

_TYPES = {
    "float16": schema.TensorType.FLOAT16, "float32": schema.TensorType.FLOAT32,
    "float64": schema.TensorType.FLOAT64, "bfloat16": schema.TensorType.BFLOAT16,
    "int8": schema.TensorType.INT8, "int16": schema.TensorType.INT16,
    "int32": schema.TensorType.INT32, "int64": schema.TensorType.INT64,
}  # fmt: skip


def _type(dtype: Any) -> int:
    if str(dtype) not in _TYPES:
        raise TypeError(f"LiteRT has no type {dtype}")
    return int(_TYPES[str(dtype)])


@dataclass
class Graph:
    """A model in the making: tensors, the contents of constant ones, operators in order."""

    tensors: list[Any] = field(default_factory=list)
    buffers: list[Any] = field(default_factory=lambda: [schema.BufferT()])
    operators: list[Any] = field(default_factory=list)
    codes: list[Any] = field(default_factory=list)

    def variable(self, shape: Ints, dtype: Any) -> int:
        """The number of a tensor that is computed or fed."""
        return self._tensor(shape, dtype, 0)

    def constant(self, array: Array) -> int:
        """The number of a tensor that is part of the model."""
        held = np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
        self.buffers.append(schema.BufferT(data=held))
        return self._tensor(array.shape, array.dtype, len(self.buffers) - 1)

    def _tensor(self, shape: Ints, dtype: Any, buffer: int) -> int:
        name = f"t{len(self.tensors)}"
        tensor = schema.TensorT(shape=list(shape), type=_type(dtype), buffer=buffer, name=name)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def operator(
        self, code: int, inputs: Ints, shape: Ints, dtype: Any, kind: int = 0, options: Any = None,
        version: int = 1,
    ) -> int:  # fmt: skip
        """The number of the tensor that an operator computes; its shape, where known, else ()."""
        output = self.variable(shape, dtype)
        self.codes.append(
            schema.OperatorCodeT(
                deprecatedBuiltinCode=min(code, 127), builtinCode=code, version=version
            )
        )
        self.operators.append(
            schema.OperatorT(
                opcodeIndex=len(self.codes) - 1, inputs=list(inputs), outputs=[output],
                builtinOptionsType=kind, builtinOptions=options,
            )
        )  # fmt: skip
        return output

    def packed(self, x: int, y: int) -> bytes:
        """The model that computes tensor y of tensor x, as LiteRT reads it."""
        subgraph = schema.SubGraphT(
            tensors=self.tensors, inputs=[x], outputs=[y], operators=self.operators, name="main"
        )
        model = schema.ModelT(
            version=3, operatorCodes=self.codes, subgraphs=[subgraph], buffers=self.buffers,
            description="",
        )  # fmt: skip
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

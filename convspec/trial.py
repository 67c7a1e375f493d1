"""One case put to one implementation: what a law has in hand.

A `Trial` holds the arrays as the implementation gets them (dtype and memory layout of the
case) and the same values wide and row-major for the reference. It calls the implementation,
asks the reference, and compares.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec import reference
from convspec.adapters.opening import Adapter
from convspec.bounds import gradient_bounds, result_bound
from convspec.building import REAL_PATTERNS, output_shape
from convspec.comparison import require_equal, require_shape, require_within
from convspec.contents import filled, lay_out, longest_sum, lowest
from convspec.numerics import Precision
from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.groups import MAX_POOLS, MAXIMA, ROUNDED
from convspec.spec.operations import OPERATIONS
from convspec.spec.relation import axes
from convspec.verdicts import NotAnArray, Raised

Array = npt.NDArray[Any]

SHARING = (*MAX_POOLS, "adaptive_max_pool")
"""Operations whose gradient at a tie the dialect says."""

Part = tuple[slice, ...]


def wide(array: Array) -> Array:
    """A row-major copy in float64 (floats) or int64 (integers), where sums of ours are exact."""
    return np.array(array, np.float64 if array.dtype.kind == "f" else np.int64, order="C")


class Trial:
    """One case and one adapter. `inputs`: the arrays by name, as the adapter receives them."""

    def __init__(self, adapter: Adapter, case: Case) -> None:
        self.adapter = adapter
        self.case = case
        self.op = case.op.name
        self.parameters: dict[str, Any] = case.op.arguments()
        plain = filled(case)
        self.exact = {name: wide(array) for name, array in plain.items()}
        self.inputs = {t.name: lay_out(plain[t.name], t.layout) for t in case.tensors}
        self.first = case.op.inputs[0]
        """The name of the operation's first array: x, or logits."""

    # The implementation ------------------------------------------------------------------

    def run(self, **changes: Any) -> Array:
        """The implementation's result; with indices, the values alone.

        `changes` replaces arrays (by name; None leaves one out) or parameters. Raises
        `Raised` if the implementation raises, `NotAnArray` if it returns something else.
        """
        return self.results(**changes)[0]

    def results(self, **changes: Any) -> tuple[Array, ...]:
        """All arrays the implementation returns: one, or values and indices."""
        arrays, parameters = self._arguments(self.inputs, changes)
        returned = self._call(self.adapter.functions[self.op], *arrays, **parameters)
        if self.op == "max_pool_with_indices":
            return _several(returned, 2)
        return (_array(returned, "the result"),)

    def gradients(self, **changes: Any) -> tuple[Array, ...]:
        """The implementation's gradients, one per input array that has one, in call order."""
        arrays, parameters = self._arguments(self.inputs, changes)
        cotangent = changes.get("g", self.inputs.get("g"))
        assert self.adapter.vjp is not None
        returned = self._call(self.adapter.vjp, self.op, tuple(arrays), cotangent, **parameters)
        return _several(returned, len(arrays) - len(self.case.op.constant))

    def other(self, op: str, *arrays: Array | None, **parameters: Any) -> Array:
        """Another operation on arrays of the implementation's own kind: the other side of a law.

        It is the implementation's where it claims all of that, so that its parts are held to
        each other; where it does not, the reference's, in wide numbers. Raises as `run` does.
        """
        given = [array for array in arrays if array is not None]
        claims = self.adapter.claims.ops.get(op)
        if claims is None or not claims.include(OPERATIONS[op](**parameters), given):
            result: Array = getattr(reference, op)(*(wide(array) for array in given), **parameters)
            return result
        return _array(self._call(self.adapter.functions[op], *given, **parameters), "the result")

    def _arguments(
        self, source: Mapping[str, Array], changes: Mapping[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        names = self.case.op.inputs
        arrays = [changes[n] if n in changes else source.get(n) for n in names]
        while arrays and arrays[-1] is None:  # an optional array that is not there
            arrays.pop()
        parameters = {
            **self.parameters,
            **{k: v for k, v in changes.items() if k in self.parameters},
        }
        return arrays, parameters

    def _call(self, function: Any, *arguments: Any, **parameters: Any) -> Any:
        try:
            return function(*arguments, **parameters)
        except (Exception, SystemExit) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = " ".join(str(error).split())[:200]
            raise Raised(
                f"raised {type(error).__name__}: {text}"
                if text
                else f"raised {type(error).__name__}",
                details="".join(traceback.format_exception(error)[-3:]).rstrip(),
                place=(type(error).__name__, where.filename, where.lineno),
            ) from error

    # The reference -----------------------------------------------------------------------

    def expected(self, **changes: Any) -> Array:
        """What the definition says, in float64 or int64 (max pool: in the adapter's dialect)."""
        arrays, parameters = self._arguments(self.exact, changes)
        if self.op not in MAXIMA:
            result: Array = getattr(reference, self.op)(*arrays, **parameters)
            return result
        return self._maximum(arrays[0], parameters)

    def meaningful(self, **changes: Any) -> bool:
        """Whether the definition still gives the case a meaning with these changes."""
        try:
            self.expected(**changes)
        except ValueError:
            return False
        return True

    def _maximum(self, x: Array, parameters: Mapping[str, Any]) -> Array:
        if x.dtype.kind == "f" and self.adapter.claims.dialect["max_pool.nan"] == "ignored":
            x = np.where(np.isnan(x), -np.inf, x)
        # Indices have a law of their own; here the values count.
        op = "max_pool" if self.op == "max_pool_with_indices" else self.op
        y: Array = getattr(reference, op)(x, **parameters)
        kind = np.dtype(self.case.dtype)
        if kind.kind == "i" and y.size:
            y = np.maximum(y, lowest(kind))
        if self.adapter.claims.dialect["max_pool.empty-window"] == "lowest" and kind.kind == "f":
            y = np.where(self.empty_windows(), float(np.finfo(kind).min), y)
        return y

    def empty_windows(self) -> Array:
        """True for each output whose window lies wholly in the padding: (1, 1, *o)."""
        if "window" not in self.parameters:
            return np.zeros((1, 1), bool)
        # A window meets the input if it does so along every axis.
        meets = np.ones((1, 1), bool)
        for axis in axes(
            self.case["x"].shape[2:],
            self.parameters["window"],
            stride=self.parameters["stride"],
            padding=self.parameters["padding"],
            dilation=self.parameters["dilation"],
            ceil=self.parameters["ceil_mode"],
        ):
            meets = meets[..., None] & (np.array(axis.real_counts(), int) > 0)
        return ~meets

    def expected_indices(self) -> Array:
        """Where the first maximum of each window stands in its plane; −1 for none."""
        return reference.max_pool_with_indices(self.exact["x"], **self.parameters)[1]

    def reachable_maxima(self) -> Array:
        """True for each cell of x that is the maximum, or one of equals, of some window."""
        x = self.exact["x"]
        if self.op == "global_max_pool":
            spatial = tuple(range(2, x.ndim))
            return np.asarray(x == x.max(axis=spatial, keepdims=True))
        ones = np.ones(self.output_shape)
        op = "adaptive_max_pool" if self.op == "adaptive_max_pool" else "max_pool"
        return reference.vjp(op, (x,), ones, tie="split", **self.parameters)[0] > 0

    def refusal(self) -> str:
        """Why the definition gives an invalid case no meaning, in its own words."""
        arrays, parameters = self._arguments(self.inputs, {})
        try:
            getattr(reference, self.op)(*arrays, **parameters)
        except (ValueError, TypeError) as error:
            return str(error)
        raise AssertionError(f"the reference accepts {self.case}")

    def expected_gradients(self) -> tuple[Array, ...]:
        """The reference's gradients, ties resolved in the adapter's dialect."""
        arrays, parameters = self._arguments(self.exact, {})
        if self.op in SHARING:
            parameters["tie"] = self.adapter.claims.dialect["max_pool.tie"]
        return reference.vjp(self.op, tuple(arrays), self.exact["g"], **parameters)

    # Agreement ---------------------------------------------------------------------------

    @property
    def real(self) -> bool:
        """Whether the contents are real numbers, so that sums round."""
        return any(t.pattern in REAL_PATTERNS for t in self.case.tensors)

    @property
    def exact_results(self) -> bool:
        """Whether the result is exact in any order of summation, so that bits must agree."""
        return self.op not in ROUNDED and not self.real

    @property
    def claims(self) -> OpClaims:
        """What the adapter claims of the case's operation."""
        return self.adapter.claims.ops[self.op]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape the index relation gives the result."""
        return output_shape(self.case)

    def require(
        self,
        got: Array,
        expected: Array,
        what: str = "y",
        *,
        versus: str = "",
        part: Part = (),
        summed: Mapping[str, Array] | None = None,
    ) -> None:
        """`got` is `expected`: exactly where it can be, else within the rounding of a result.

        `versus` says what gave the expected numbers if it was not the definition, but the
        implementation once more, and then rounded, too. `part` says which part of the result
        these are, `summed` which arrays went into it, if not those of the case.
        """
        if self.exact_results:
            require_equal(got, expected, what, versus)
        else:
            bound = self.bound(**summed) if summed else self._bound[part]
            require_within(got, expected, (2 if versus else 1) * bound, what, versus)

    def require_shape(self, got: Array) -> None:
        """`got` has the shape of the case's result."""
        require_shape(got, self.output_shape, "y")

    @cached_property
    def _bound(self) -> Array:
        return self.bound()

    def bound(self, **changes: Any) -> Array:
        """How far each cell of a correct result may lie from the exact one, through rounding.

        `changes` are arrays and parameters as `expected` takes them, arrays in wide numbers.
        """
        arrays, parameters = self._arguments(self.exact, changes)
        return result_bound(self.op, arrays, parameters, self.precision)

    @property
    def precision(self) -> Precision:
        """The types that results are kept in, and the longest sum."""
        dtype = self.case.dtype
        accumulator = self.adapter.claims.accumulate.get(dtype, dtype)
        return Precision(dtype, accumulator, longest_sum(self.case))

    def require_gradients(self, got: Sequence[Array], expected: Sequence[Array]) -> None:
        """Each gradient is the expected one: exactly where it can be, else within rounding."""
        tie = self.adapter.claims.dialect["max_pool.tie"]
        exact = self.exact_results and not (self.op in SHARING and tie == "split")
        bounds = () if exact else self._gradient_bounds(expected)
        for i, name in enumerate(self.case.op.inputs[: len(expected)]):
            if exact:
                require_equal(got[i], expected[i], f"d{name}")
            else:
                require_within(got[i], expected[i], bounds[i], f"d{name}")

    def _gradient_bounds(self, expected: Sequence[Array]) -> tuple[Array, ...]:
        if self.op in MAXIMA:
            # Shares of at most |g| each, as many as windows can read one cell.
            most = longest_sum(self.case) * np.abs(self.exact["g"]).max(initial=0)
            return tuple(self.precision.sum(np.full(e.shape, most)) for e in expected)
        arrays, parameters = self._arguments(self.exact, {})
        return gradient_bounds(self.op, arrays, self.exact["g"], parameters, self.precision)

    def inner_product_error(self) -> float:
        """How far ⟨f(x), g⟩ and ⟨x, dx⟩ may lie apart through the rounding of f(x) and dx."""
        if self.exact_results:
            return 0.0
        (bound,) = self._gradient_bounds(self.expected_gradients())
        forward = float((self._bound * np.abs(self.exact["g"])).sum())
        return forward + float((bound * np.abs(self.exact["x"])).sum())


def _array(returned: Any, what: str) -> Array:
    if not isinstance(returned, np.ndarray):
        if not any(
            hasattr(returned, a) for a in ("__array__", "__array_interface__", "__dlpack__")
        ):
            raise NotAnArray(f"{what} is a {type(returned).__name__}, expected an array")
        try:
            dlpack = hasattr(returned, "__dlpack__")
            returned = np.from_dlpack(returned) if dlpack else np.asarray(returned)
        except (TypeError, ValueError, RuntimeError, BufferError) as error:
            kind = type(returned).__name__
            raise NotAnArray(f"{what}, a {kind}, cannot be read as an array: {error}") from error
    array: Array = returned
    if array.dtype.kind not in "fiub":
        raise NotAnArray(f"{what} is an array of {array.dtype}, expected numbers")
    return array


def _several(returned: Any, count: int) -> tuple[Array, ...]:
    if not isinstance(returned, (tuple, list)):
        kind = type(returned).__name__
        raise NotAnArray(f"the result is a {kind}, expected a tuple of {count} arrays")
    if len(returned) != count:
        raise NotAnArray(f"the result has {len(returned)} entries, expected {count} arrays")
    return tuple(_array(entry, f"result {i}") for i, entry in enumerate(returned))

"""One case put to one implementation: what a law has in hand.

A `Trial` holds the arrays as the implementation gets them (dtype and memory layout of the
case) and the same values wide and row-major for the reference. It calls the implementation,
asks the reference, and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from convspec import dialect
from convspec.adapters.opening import Adapter
from convspec.answers import call, one_array, several_arrays
from convspec.bounds import gradient_bounds, result_bound
from convspec.building import REAL_PATTERNS, output_shape
from convspec.comparison import require_equal, require_shape, require_within
from convspec.contents import exact_up_to, filled, lay_out, longest_sum
from convspec.dtypes import floating, limits
from convspec.numerics import Precision, scaled_bound
from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.groups import MAXIMA, ROUNDED, SUMMING
from convspec.spec.operations import OPERATIONS
from convspec.transforms import applies, transform_bound
from convspec.verdicts import AcceptedInvalid, Mismatch, NothingToTest, Raised

Array = npt.NDArray[Any]

Part = tuple[slice, ...]


def wide(array: Array) -> Array:
    """A row-major copy in float64 (floats) or int64 (integers), where sums of ours are exact."""
    return np.array(array, np.float64 if floating(array.dtype) else np.int64, order="C")


class Trial:
    """One case and one adapter. `inputs`: the arrays by name, as the adapter receives them.

    `isolated`: the implementation runs in a process of its own, which may die of a call.
    """

    def __init__(self, adapter: Adapter, case: Case, isolated: bool = False) -> None:
        self.adapter = adapter
        self.case = case
        self.isolated = isolated
        self.op = case.op.name
        self.parameters: dict[str, Any] = case.op.arguments()
        plain = filled(case)
        self.exact = {name: wide(array) for name, array in plain.items()}
        self.inputs = {t.name: lay_out(plain[t.name], t.layout) for t in case.tensors}
        self.first = case.op.inputs[0]
        """The name of the operation's first array: x, or logits."""

    def nothing_to_test(self, why: str) -> NoReturn:
        """End the law: the case lacks what it is about. Such cases are counted, and a clause all of
        whose cases are such is vacuous. A law that never calls the implementation need not say so.
        """
        raise NothingToTest(why)

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
        returned = call(self.adapter.functions[self.op], *arrays, **parameters)
        if self.op == "max_pool_with_indices":
            return several_arrays(returned, 2)
        return (self._received(self.op, arrays[0], returned),)

    def gradients(self, **changes: Any) -> tuple[Array, ...]:
        """The implementation's gradients, one per input array that has one, in call order."""
        arrays, parameters = self._arguments(self.inputs, changes)
        cotangent = changes.get("g", self.inputs.get("g"))
        assert self.adapter.vjp is not None and cotangent is not None
        cotangent = dialect.surface(self.op, cotangent, self.case.rank, self.adapter.claims)
        returned = call(self.adapter.vjp, self.op, tuple(arrays), cotangent, **parameters)
        return several_arrays(returned, len(arrays) - len(self.case.op.constant))

    def second_gradients(self, held: Sequence[Array | None]) -> tuple[Array, ...]:
        """The implementation's gradients of Σ⟨gradient, held⟩: one per input, then that of g."""
        arrays, parameters = self._arguments(self.inputs, {})
        double_vjp, claims, rank = self.adapter.double_vjp, self.adapter.claims, self.case.rank
        assert double_vjp is not None
        g = dialect.surface(self.op, self.inputs["g"], rank, claims)
        returned = call(double_vjp, self.op, tuple(arrays), g, tuple(held), **parameters)
        *found, of_g = several_arrays(returned, len(arrays) + 1)
        return (*found, dialect.received(self.op, of_g, rank, claims))

    def other(self, op: str, *arrays: Array | None, **parameters: Any) -> Array:
        """Another operation on arrays of the implementation's own kind: the other side of a law.

        It is the implementation's where it claims all of that, so that its parts are held to
        each other; where it does not, the reference's, in wide numbers. Raises as `run` does.
        """
        given = [array for array in arrays if array is not None]
        claims = self.adapter.claims.ops.get(op)
        if claims is None or not claims.include(OPERATIONS[op](**parameters), given):
            exact = [wide(array) for array in given]
            return dialect.expected(op, exact, parameters, self.adapter.claims, given[0].dtype)
        returned = call(self.adapter.functions[op], *given, **parameters)
        return self._received(op, given[0], returned)

    def _received(self, op: str, x: Array, returned: Any) -> Array:
        """One array, in the form in which laws have it. Raises NotAnArray or WrongShape."""
        result = one_array(returned, "the result")
        return dialect.received(op, result, x.ndim - 2, self.adapter.claims)

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

    # The reference -----------------------------------------------------------------------

    def expected(self, **changes: Any) -> Array:
        """What the definition says in the adapter's dialect, in float64 or int64."""
        return self._defined(**changes) if changes else self._own_result

    @cached_property
    def _own_result(self) -> Array:
        # Whether the case has a meaning is asked before most laws ask what it is.
        return self._defined()

    def _defined(self, **changes: Any) -> Array:
        arrays, parameters = self._arguments(self.exact, changes)
        claims, dtype = self.adapter.claims, self.case.dtype
        return dialect.expected(self.op, arrays, parameters, claims, dtype)

    def meaningful(self, **changes: Any) -> bool:
        """Whether the definition still gives the case a meaning with these changes."""
        try:
            self.expected(**changes)
        except ValueError:
            return False
        return True

    def empty_windows(self) -> Array:
        """True for each output whose window lies wholly in the padding: (1, 1, *o)."""
        if "window" not in self.parameters:
            return np.zeros((1, 1), bool)
        return dialect.empty_windows(self.case, self.adapter.claims)

    def expected_indices(self) -> Array:
        """Where the maximum of each window stands, counted in the dialect; −1 for none."""
        return dialect.indices(self.exact["x"], self.parameters, self.adapter.claims)

    def reachable_maxima(self) -> Array:
        """True for each cell of x that is the maximum, or one of equals, of some window."""
        x = self.exact["x"].astype(np.float64)
        if self.op == "global_max_pool":
            spatial = tuple(range(2, x.ndim))
            return np.asarray(x == x.max(axis=spatial, keepdims=True))
        return dialect.tied_cells(self.op, x, self.parameters, self.adapter.claims)

    def refusal(self) -> str:
        """Why the case has no meaning, in the words of the definition; empty if it has one."""
        arrays, parameters = self._arguments(self.inputs, {})
        try:
            dialect.expected(self.op, arrays, parameters, self.adapter.claims, self.case.dtype)
        except (ValueError, TypeError) as error:
            return str(error)
        if self.op not in self.adapter.claims.departing:
            raise AssertionError(f"the reference accepts {self.case}")
        return ""

    def require_refused(self, why: str) -> None:
        """The implementation refuses the case, too, and with an error. `why`: what it is told."""
        try:
            result = self.run()
        except Raised as error:
            if error.place[0] == "SystemExit":
                raise AcceptedInvalid("left the process instead of raising an error") from error
            return
        except Mismatch:
            result = None
        shape = "" if result is None else f" with an array of shape {result.shape}"
        raise AcceptedInvalid(f"answered{shape}; the spec refuses: {why}", got=result)

    def expected_gradients(self) -> tuple[Array, ...]:
        """The gradients in the adapter's dialect."""
        arrays, parameters = self._arguments(self.exact, {})
        g, claims = self.exact["g"], self.adapter.claims
        return dialect.gradients(self.op, arrays, g, parameters, claims)

    def expected_second_gradients(self, held: Sequence[Array | None]) -> tuple[Array, ...]:
        """The gradients of Σ⟨gradient, held⟩ in the adapter's dialect."""
        return self._second_gradients([None if u is None else wide(u) for u in held], self.exact)

    def totals_of_second_gradients(self, held: Sequence[Array | None]) -> tuple[Array, ...]:
        """What the terms of each cell of these come to if none takes from another.

        For operations that are linear in each array.
        """
        positive = {name: np.abs(array) for name, array in self.exact.items()}
        return self._second_gradients(
            [None if u is None else np.abs(wide(u)) for u in held], positive
        )

    def _second_gradients(
        self, held: Sequence[Array | None], given: Mapping[str, Array]
    ) -> tuple[Array, ...]:
        arrays, parameters = self._arguments(given, {})
        return dialect.second_gradients(
            self.op, arrays, given["g"], held, parameters, self.adapter.claims
        )

    # Agreement ---------------------------------------------------------------------------

    @property
    def real(self) -> bool:
        """Whether the contents are real numbers, so that sums round."""
        return any(t.pattern in REAL_PATTERNS for t in self.case.tensors)

    @property
    def exact_results(self) -> bool:
        """Whether the result is exact in any order of summation, so that bits must agree."""
        return self._exact_sums and self.algorithm is None

    @property
    def _exact_sums(self) -> bool:
        return self.op not in ROUNDED and not self.real

    @property
    def claims(self) -> OpClaims:
        """What the adapter claims of the case's operation."""
        return self.adapter.claims.ops[self.op]

    @property
    def algorithm(self) -> str | None:
        """The transform that the case is claimed to be computed by, None for a sum of products."""
        if not self.claims.algorithm or not applies(self.parameters):
            return None
        return dict(self.claims.algorithm).get(self.case.dtype)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape the index relation gives the result."""
        return dialect.resized(self.case, self.adapter.claims) or output_shape(self.case)

    def require(
        self,
        got: Array,
        expected: Array,
        what: str = "y",
        *,
        versus: str = "",
        part: Part = (),
        summed: Mapping[str, Any] | None = None,
    ) -> None:
        """`got` is `expected`: exactly where it can be, else within the rounding of a result.

        `versus` says what gave the expected numbers if it was not the definition, but the
        implementation once more, and then rounded, too. `part` says which part of the result
        these are, `summed` which arrays (and parameters) went into it, if not those of the
        case.
        """
        if self.exact_results:
            require_equal(got, expected, what, versus)
        else:
            bound = (self.bound(**summed) if summed else self._bound)[part]
            if self.algorithm is not None and got.shape == expected.shape:
                # A transform spreads what is not finite over its tiles.
                got = np.where(np.broadcast_to(np.isinf(bound), got.shape), expected, got)
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
        bound = result_bound(self.op, arrays, parameters, self.precision, self.adapter.claims)
        declared = dict(self.claims.algorithm).get(self.case.dtype)
        if declared is None or not applies(parameters):
            return bound
        return bound + transform_bound(declared, arrays, parameters, self.precision)

    def bound_of(self, op: str) -> Array:
        """The bound of another operation that takes the case's first array alone."""
        arrays = [self.exact[self.first]]
        return result_bound(op, arrays, {}, self.precision, self.adapter.claims)

    @property
    def precision(self) -> Precision:
        """The types that results are kept in, and the longest sum."""
        return self._precision(gradient=False)

    @property
    def gradient_precision(self) -> Precision:
        """The same of gradients."""
        return self._precision(gradient=True)

    def _precision(self, gradient: bool) -> Precision:
        dtype = self.case.dtype
        accumulator = self.claims.accumulator(dtype, gradient)
        return Precision(dtype, accumulator, longest_sum(self.case))

    @property
    def result_dtype(self) -> np.dtype[Any]:
        """The type of the result: that of the inputs but for integer sums claimed to be wider."""
        dtype = self.case.dtype
        return np.dtype(self.claims.returns.get(dtype, dtype) if self.op in SUMMING else dtype)

    def stored(self, exact: Array) -> Array:
        """Exact sums as a result holds them, in wide numbers again.

        Floating ones are rounded once, to nearest and even; integers wrap around where they leave
        the type of the result, or saturate if the adapter says so.
        """
        dtype = self.result_dtype
        if floating(dtype):
            return wide(exact.astype(dtype))
        if self.claims.overflow.get(self.case.dtype) == "saturate":
            least, greatest = limits(dtype).min, limits(dtype).max
            return np.asarray(np.clip(exact, least, greatest))
        return wide(exact.astype(dtype))

    def require_gradients(self, got: Sequence[Array], expected: Sequence[Array]) -> None:
        """Each gradient is the expected one: exactly where it can be, else within rounding."""
        exact = self._exact_sums and not dialect.splits_ties(self.op, self.adapter.claims)
        # Padding can ask for more cells than the sums of a small type hold exactly.
        exact = exact and longest_sum(self.case) <= exact_up_to(self.case.dtype)
        bounds = () if exact else self.gradient_bounds()
        for i, name in enumerate(self.case.op.inputs[: len(expected)]):
            if exact:
                require_equal(got[i], expected[i], f"d{name}")
            else:
                require_within(got[i], expected[i], bounds[i], f"d{name}")

    def gradient_bounds(self) -> tuple[Array, ...]:
        """How far each cell of correct gradients may lie from the exact ones."""
        if self.op in MAXIMA:
            # Shares of at most |g| each, as many as windows can read one cell.
            most = longest_sum(self.case) * np.abs(self.exact["g"]).max(initial=0)
            return (self.gradient_precision.sum(np.full(self.case["x"].shape, most)),)
        arrays, parameters = self._arguments(self.exact, {})
        g, claims = self.exact["g"], self.adapter.claims
        return gradient_bounds(self.op, arrays, g, parameters, self.gradient_precision, claims)

    def inner_product_error(self) -> float:
        """How far ⟨f(x), g⟩ and ⟨x, dx⟩ may lie apart through the rounding of f(x) and dx."""
        if self.exact_results:
            return 0.0
        sides = (self._bound, self.exact["g"]), (self.gradient_bounds()[0], self.exact["x"])
        return sum(float(scaled_bound(bound, by).sum()) for bound, by in sides)

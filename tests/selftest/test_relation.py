"""The index relation against counting, and against the formulas of the literature."""

from itertools import product

import pytest

from convspec.reference import scatter
from convspec.spec.relation import Axis, Padding, axes, resolve_padding, same_padding

SMALL = list(product(range(7), range(1, 5), range(1, 5), range(1, 4), range(4), range(4)))


@pytest.mark.parametrize("ceil", [False, True])
def test_output_size_is_the_number_of_windows_counted_one_by_one(ceil: bool) -> None:
    accepted = rejected = 0
    for n, k, s, d, low, high in SMALL:
        try:
            expected = len(scatter.starts(n, k, s, d, low, high, ceil))
        except ValueError:
            with pytest.raises(ValueError, match="effective window"):
                Axis(n, k, s, low, high, d, ceil)
            rejected += 1
        else:
            axis = Axis(n, k, s, low, high, d, ceil)
            assert axis.out == expected, axis
            accepted += 1
    assert accepted + rejected == len(SMALL) == 5376
    assert rejected == 1320


@pytest.mark.parametrize("ceil", [False, True])
def test_cells_are_the_relation_and_the_rest_follows_from_them(ceil: bool) -> None:
    for n, k, s, d, low, high in SMALL:
        if low + n + high < d * (k - 1) + 1:
            continue
        axis = Axis(n, k, s, low, high, d, ceil)
        coverage = [0] * n
        for o in range(axis.out):
            cells = [o * s - low + d * tap for tap in range(k)]
            assert list(axis.cells(o)) == cells
            real = [cell for cell in cells if 0 <= cell < n]
            assert list(axis.real(o)) == real
            inside = [cell for cell in cells if -low <= cell < n + high]
            assert list(axis.inside(o)) == inside
            assert axis.real_counts()[o] == len(real)
            assert axis.inside_counts()[o] == len(inside) > 0
            for cell in real:
                coverage[cell] += 1
        assert axis.coverage() == tuple(coverage)
        if axis.out:
            assert axis.reach == axis.cells(axis.out - 1)[-1] + low + 1
            assert axis.overhang == max(axis.reach - (low + n + high), 0)
            assert not axis.overhang or ceil


def test_same_padding_gives_the_ceiling_of_n_over_s() -> None:
    for n, k, s, d, lower in product(range(1, 12), range(1, 6), range(1, 6), range(1, 4), (0, 1)):
        low, high = same_padding(n, k, s, d, bool(lower))
        assert (low, high) == scatter.same(n, k, s, d, bool(lower))
        for ceil in (False, True):
            assert Axis(n, k, s, low, high, d, ceil).out == -(-n // s)


@pytest.mark.parametrize(
    ("number", "i", "k", "s", "p", "d", "o"),
    [
        (number, i, k, s, p, d, o)
        for i in range(4, 9)
        for number, k, s, p, d, o in [
            (1, 3, 1, 0, 1, i - 3 + 1),
            (2, 4, 1, 2, 1, i - 4 + 4 + 1),
            (3, 3, 1, 1, 1, i),
            (4, 3, 1, 2, 1, i + 3 - 1),
            (5, 3, 2, 0, 1, (i - 3) // 2 + 1),
            (6, 3, 2, 1, 1, (i + 2 - 3) // 2 + 1),
            (7, 2, 3, 0, 1, (i - 2) // 3 + 1),
            (15, 3, 2, 1, 2, (i + 2 - 3 - 2) // 2 + 1),
        ]
    ],
)
def test_relationships_of_dumoulin_and_visin(
    number: int, i: int, k: int, s: int, p: int, d: int, o: int
) -> None:
    assert Axis(i, k, s, p, p, d).out == o, f"relationship {number}"


def test_a_transposed_convolution_restores_the_sizes_of_relationships_8_to_14() -> None:
    for i, k, s, p in product(range(1, 10), range(1, 5), range(1, 5), range(4)):
        if i + 2 * p < k or p > k - 1:
            continue
        o = Axis(i, k, s, p, p).out
        a = (i + 2 * p - k) % s
        assert s * (o - 1) + a + k - 2 * p == i
        # The equivalent direct convolution: o stretched by s, a cells more on the high side.
        assert Axis(s * (o - 1) + 1, k, 1, k - p - 1, k - p - 1 + a).out == i


@pytest.mark.parametrize(
    ("n", "k", "s", "low", "high", "ceil", "o"),
    [
        (5, 3, 1, 0, 0, False, 3),
        (6, 3, 2, 0, 0, False, 2),  # the stride does not divide
        (6, 3, 2, 0, 0, True, 3),
        (5, 2, 2, 1, 1, True, 3),  # a fourth window would start past input and low padding
        (9, 7, 3, 3, 3, True, 4),
        (4, 2, 3, 0, 1, True, 2),
        (3, 1, 3, 0, 1, True, 1),  # plain rounding up would say 2
    ],
)
def test_worked_sizes(n: int, k: int, s: int, low: int, high: int, ceil: bool, o: int) -> None:
    assert Axis(n, k, s, low, high, ceil=ceil).out == o


def test_padding_by_name_resolves_to_pairs() -> None:
    def pairs(padding: Padding) -> tuple[tuple[int, int], ...]:
        return resolve_padding(padding, (5, 6), (2, 4), (1, 2), (2, 1))

    assert pairs("valid") == ((0, 0), (0, 0))
    assert pairs("same_upper") == ((1, 1), (1, 1))
    assert pairs(((3, 0), (1, 2))) == ((3, 0), (1, 2))
    assert resolve_padding("same_upper", (3,), (2,), (1,), (1,)) == ((0, 1),)
    assert resolve_padding("same_lower", (3,), (2,), (1,), (1,)) == ((1, 0),)
    with pytest.raises(ValueError, match="'same_upper', 'same_lower' or 'valid', not 'same'"):
        pairs("same")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"stride": (1, 0)}, r"stride of spatial axis 1 must be .* at least 1, not 0"),
        ({"stride": (1, True)}, r"stride of spatial axis 1 .* not True"),
        ({"stride": (1, 1.0)}, r"stride of spatial axis 1 must be a whole number .* not 1\.0"),
        ({"dilation": (-1, 1)}, r"dilation of spatial axis 0 .* not -1"),
        ({"window": (3, 0)}, r"window of spatial axis 1 .* not 0"),
        ({"window": (3,)}, r"window must be a tuple with one entry for each of the 2"),
        ({"window": [3, 3]}, r"window must be a tuple .*, not \[3, 3\]"),
        ({"stride": 1}, r"stride must be a tuple .*, not 1"),
        ({"padding": ((0, 0),)}, r"padding must be a tuple with one entry for each of the 2"),
        ({"padding": ((0, 0), (0,))}, r"padding of spatial axis 1 must be a \(low, high\) pair"),
        ({"padding": ((0, 0), 1)}, r"padding of spatial axis 1 must be a \(low, high\) pair"),
        ({"padding": ((0, -1), (0, 0))}, r"spatial axis 0: high padding .* at least 0, not -1"),
        ({"window": (3, 7)}, r"spatial axis 1: the effective window 7 .* padded input 6"),
        ({"dilation": (3, 1)}, r"spatial axis 0: the effective window 7 .* dilation 3\)"),
        ({"ceil": 1}, r"ceil mode must be True or False, not 1"),
    ],
)
def test_bad_parameters_are_named(changed: dict[str, object], message: str) -> None:
    good: dict[str, object] = {
        "window": (3, 3),
        "stride": (1, 1),
        "padding": ((0, 0), (0, 0)),
        "dilation": (1, 1),
    }
    axes((5, 6), **good)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        axes((5, 6), **{**good, **changed})  # type: ignore[arg-type]

"""The memory around the arrays of a call: where it lies, what it shows, and what it kills."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.opening import adapt
from convspec.contents import fill
from convspec.execute import Bench
from convspec.isolation import can_fork
from convspec.law import all_laws
from convspec.settings import kept_settings, seed, settings
from convspec.spec.case import DTYPES, LAYOUTS, Tensor
from convspec.surroundings import (
    LINE,
    MARGIN,
    PAGE,
    SENTINELS,
    Framed,
    at_page_border,
    can_guard,
    fill_free_memory,
    framed,
)

LAWS = all_laws()
SHAPES = ((2, 3, 4, 5), (3, 2), (1, 1, 1), (7,), (), (0, 2, 3))


def some(layout: str, shape: tuple[int, ...] = (2, 3, 4, 5), dtype: str = "float32") -> Any:
    return fill(Tensor("x", shape, dtype, "ints", 5, layout if shape else "contiguous"), 4)


def places(array: Any, sentinel: str) -> list[Framed]:
    return [
        framed(array, sentinel), framed(array, sentinel, 3),
        *(at_page_border(array, sentinel, high, guarded)
          for high in (False, True) for guarded in (False, True)),
    ]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_frame_shows_neither_in_values_nor_in_strides(
    layout: str, shape: tuple[int, ...]
) -> None:
    for dtype in DTYPES:
        array = some(layout, shape, dtype)
        for sentinel in SENTINELS:
            for frame in places(array, sentinel):
                assert frame.array.strides == array.strides
                assert frame.array.dtype == array.dtype
                assert frame.array.flags.writeable and frame.written() is None
                np.testing.assert_array_equal(frame.array, array)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_outside_is_told_and_what_inside_is_not(layout: str) -> None:
    for sentinel in SENTINELS:
        frame = framed(some(layout), sentinel)
        frame.array[...] += 1
        assert frame.written() is None
        lowest = int(np.argmin(frame.outside))
        for cell in np.flatnonzero(frame.outside)[[0, -1]]:
            before = frame.memory[cell]
            frame.memory[cell] = 3
            assert frame.written() == cell - lowest
            frame.memory[cell] = before
        assert frame.outside[: MARGIN // 4].all() and frame.outside[-MARGIN // 4 :].all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_shifts_count_elements_from_a_line_of_the_cache(dtype: str) -> None:
    array = some("contiguous", dtype=dtype)
    for shift in range(17):
        place = framed(array, SENTINELS[0], shift).array.ctypes.data
        assert (place - shift * array.itemsize) % LINE == 0


def test_borders_are_those_of_pages() -> None:
    array = some("contiguous")
    high = at_page_border(array, SENTINELS[0], True, False).array
    low = at_page_border(array, SENTINELS[0], False, False).array
    assert (high.ctypes.data + high.nbytes) % PAGE == 0
    assert low.ctypes.data % PAGE == 0


def test_free_memory_is_what_the_next_array_gets() -> None:
    for byte in (0xFF, 0x5A):
        for size in (4, 48, 512):
            fill_free_memory([size], byte)
            got = np.empty(size, np.uint8)
            assert (got == byte).all()


def over_reading(step: int) -> SimpleNamespace:
    """Sums that read one cell past the end of a contiguous x (or before it), and ignore it."""

    def global_sum_pool(x: Any) -> Any:
        if x.flags.c_contiguous and x.size:
            beyond = x.ctypes.data + (x.nbytes if step > 0 else -x.itemsize)
            ctypes.string_at(beyond, 1)
        return reference.global_sum_pool(x)

    return SimpleNamespace(global_sum_pool=global_sum_pool, name="reads on")


@pytest.mark.skipif(not (can_fork() and can_guard()), reason="no child, or no guard pages")
@pytest.mark.parametrize("step", [1, -1])
def test_a_kernel_that_reads_on_dies_at_the_border_of_a_page(step: int) -> None:
    bench = Bench(adapt(over_reading(step)), LAWS, 20.0)
    try:
        done = bench.run(LAWS["page_border"], "global_sum_pool", 1, count=5, seed=0)
    finally:
        bench.close()
    assert done.verdict == "crashes"
    assert min(failure.cells for failure in done.failures) == 1


def test_in_process_the_same_kernel_is_not_killed() -> None:
    bench = Bench(adapt(over_reading(1)), LAWS, None)
    done = bench.run(LAWS["page_border"], "global_sum_pool", 1, count=5, seed=0)
    assert done.verdict == "conforms"  # what is read and not used does not show


def test_settings_are_read_kept_and_put_back() -> None:
    before = settings()
    assert before == settings()
    with kept_settings():
        seed(3)
        np.seterr(over="raise")
        changed = {name for name, value in settings().items() if value != before[name]}
        assert len(changed) == 3
    assert settings() == before

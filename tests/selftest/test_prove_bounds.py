"""The bounds of a proof: every configuration is there once, counted by formulas of their own."""

from dataclasses import fields
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.opening import adapt
from convspec.proof.bounds import BOUNDS, PROVABLE, Configuration, Fixed, Plan, sections
from convspec.proof.maps import Setting, axis_map, product_of
from convspec.spec.operations import OPERATIONS


def _adapter(op="conv", **claims):
    return adapt(
        SimpleNamespace(
            name="plain", vjp=reference.vjp, claims={op: claims}, **{op: getattr(reference, op)}
        )
    )


def _sections(op, bound, rank, **claims):
    every = sections(op, BOUNDS[bound], _adapter(op, **claims).claims)
    return [section for section in every if section.rank == rank]


def _count(every):
    return sum(section.count for section in every)


NAMED = ["same_upper", "same_lower", "valid"]


def test_the_two_dimensional_bound_of_conv_is_the_stated_one():
    (section,) = _sections("conv", "small", 2)
    n, k, s, d, pads = 5, 3, 3, 2, 3 * 3
    assert section.count == section.bound == (n * k * s * d * pads) ** 2 == 656_100


def test_the_one_dimensional_bound_of_conv_has_all_channels_and_groups():
    per_axis = 8 * 4 * 4 * 3 * 4 * 4
    # groups, channels per group, filters per group, with at most four channels in and out.
    channels = sum(g * max(c, m) <= 4 for g, c, m in product(range(1, 5), repeat=3))
    named = 3 * 8 * 4 * 4 * 3
    assert channels == 22
    assert _count(_sections("conv", "small", 1, named_padding=NAMED)) == per_axis * channels + named
    assert _count(_sections("conv", "small", 1)) == per_axis * channels


def test_pools_have_every_mode_and_divisor():
    axis = list(product(range(1, 6), range(1, 4), range(1, 4), (1, 2), (0, 1, 2), (0, 1, 2)))
    maxima = _sections("max_pool", "tiny", 1)
    assert sum(section.bound for section in maxima if not section.fixed.named) == 2 * len(axis)
    averages = _sections("avg_pool", "tiny", 1)
    modes = {(s.fixed.ceil_mode, s.fixed.count_include_pad) for s in averages}
    assert modes == set(product((False, True), repeat=2))
    counted = [s for s in averages if s.fixed.count_include_pad and not s.fixed.named]
    assert all(section.bound == len(axis) for section in counted)


def test_a_mean_of_no_cell_is_no_configuration():
    for section in _sections("avg_pool", "tiny", 1):
        for setting in section.axis:
            one = axis_map("avg_pool", setting, section.fixed.ceil_mode,
                           section.fixed.count_include_pad, "constant", "float32")  # fmt: skip
            assert one is None or one.divisor.all()


def test_every_configuration_is_there_once():
    (section,) = _sections("conv", "tiny", 2)
    every = {section[i].settings for i in range(section.count)}
    assert len(every) == section.count
    places = section.all_places()
    for i in (0, 1, 95, 96, section.count - 1):
        assert tuple(places[i]) == section.places(i)
        assert section[i].settings == tuple(section.axis[p] for p in places[i])


@pytest.mark.parametrize(
    ("claims", "fits"),
    [
        ({"asymmetric_padding": False}, lambda a: a.low == a.high),
        ({"dilation": [1, 1]}, lambda a: a.dilation == 1),
        ({"window": [2, 2], "stride": [1, 2]}, lambda a: a.window == 2 and a.stride <= 2),
        ({"padding": [0, 0]}, lambda a: a.low == a.high == 0),
    ],
)
def test_what_is_not_claimed_is_left_out_on_every_axis(claims, fits):
    (plain,) = _sections("conv", "tiny", 2)
    (section,) = _sections("conv", "tiny", 2, **claims)
    assert section.axis == tuple(filter(fits, plain.axis))
    assert section.bound == plain.bound


def test_padding_of_pools_is_limited_as_claimed():
    for section in _sections("max_pool", "tiny", 2, padding_limit="half_window"):
        assert all(max(a.low, a.high) <= a.window // 2 for a in section.axis)


def test_ranks_and_groups_that_are_not_claimed():
    assert _count(_sections("conv", "tiny", 2, ranks=[1])) == 0
    assert all(s.fixed.groups == 1 for s in _sections("conv", "tiny", 1, groups=[1, 1]) if s.count)


def test_three_axes_are_covered_and_valid():
    for op in ("conv", "conv_transpose", "max_pool", "avg_pool"):
        for section in _sections(op, "tiny", 3):
            assert section.count == len(set(section.rows)) > 0
            for i in range(section.count):
                it = section[i]
                fixed = it.fixed
                for setting in it.settings:
                    assert axis_map(op, setting, fixed.ceil_mode, fixed.count_include_pad,
                                    fixed.mode, "float32")  # fmt: skip
    (section,) = _sections("conv", "small", 3)
    windows = {tuple(a.window for a in section[i].settings) for i in range(section.count)}
    assert windows == set(product((1, 2, 3), repeat=3))


def test_a_plan_numbers_all_sections():
    plan = Plan(sections("max_pool", BOUNDS["tiny"], _adapter("max_pool").claims))
    assert plan.count == sum(section.count for section in plan.sections)
    seen = [plan.locate(i) for i in (0, plan.sections[0].count - 1, plan.sections[0].count)]
    assert [place for _, place in seen] == [0, plan.sections[0].count - 1, 0]
    assert plan.locate(plan.count - 1)[0] is [s for s in plan.sections if s.count][-1]


@pytest.mark.parametrize("op", PROVABLE)
def test_parameters_are_those_of_the_operation(op):
    it = Configuration(op, (Setting(3), Setting(4)), Fixed())
    assert set(it.parameters) == {field.name for field in fields(OPERATIONS[op])}


@pytest.mark.parametrize("op", ["conv", "conv_transpose"])
def test_the_expected_map_is_what_the_reference_does(op):
    settings = Setting(3, 2, 2, 2, 1, 0), Setting(4, 3, 1, 1, 0, 2)
    it = Configuration(op, settings, Fixed())
    maps = [axis_map(op, setting, False, False, "constant", "float64") for setting in settings]
    taps = product_of(maps)
    x = np.eye(12).reshape(12, 1, 3, 4)
    w = np.eye(6).reshape((6, 1, 2, 3) if op == "conv" else (1, 6, 2, 3))
    y = getattr(reference, op)(x, w, **it.parameters)
    assert np.array_equal(y.reshape(taps.shape), taps)

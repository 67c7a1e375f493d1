"""The published networks: what is derived is what is in print."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from convspec import reference
from convspec.adapters.opening import open_adapter
from convspec.cli import cli
from convspec.spec.architectures import (
    ARCHITECTURES,
    PUBLISHED,
    Published,
    multiply_accumulates,
    parameters,
    shrinking,
    trace,
)
from convspec.spec.counts import conv_parameters, conv_work


def shapes(name: str) -> dict[str, tuple[int, ...]]:
    return {row.step.name: row.shape for row in trace(ARCHITECTURES[name])}


def test_lenet_5_is_that_of_the_paper() -> None:
    rows = trace(ARCHITECTURES["lenet-5"])
    assert [row.shape for row in rows] == [
        (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84,),
    ]  # fmt: skip
    assert [row.parameters for row in rows] == [156, 12, 1_516, 32, 48_120, 10_164]
    # "Connections" count each bias where it is used, and in S2 and S4 every cell that is summed.
    connections = [row.work + int(np.prod(row.shape)) for row in rows]
    assert connections == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164]
    assert sum(connections) + 10 * 84 == 340_908


def test_alexnet_is_that_of_the_paper() -> None:
    found = shapes("alexnet")
    assert found["conv1"] == (96, 55, 55) and found["pool5"] == (256, 6, 6)
    # The paper's counts of neurons, but for the first, which it gives as 253,440.
    neurons = [int(np.prod(found[f"conv{i}"])) for i in range(1, 6)]
    assert neurons == [290_400, 186_624, 64_896, 64_896, 43_264]
    assert parameters(trace(ARCHITECTURES["alexnet"])) == 60_965_224
    smaller = trace(ARCHITECTURES["alexnet"])[0]
    assert (224 - smaller.step.window) % smaller.step.stride != 0


def test_vgg_16_is_that_of_the_paper() -> None:
    rows = trace(ARCHITECTURES["vgg-16"])
    assert [row.shape for row in rows if row.step.kind == "max_pool"] == [
        (64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7),
    ]  # fmt: skip
    assert sum(row.step.kind in ("conv", "dense") for row in rows) == 16
    assert parameters(rows) == 138_357_544
    assert multiply_accumulates(rows) == 15_470_264_320


def test_resnet_50_is_that_of_the_paper() -> None:
    rows = trace(ARCHITECTURES["resnet-50"])
    found = shapes("resnet-50")
    assert [found[n] for n in ("conv1", "conv2_3", "conv3_4", "conv4_6", "conv5_3", "pool")] == [
        (64, 112, 112), (256, 56, 56), (512, 28, 28), (1024, 14, 14), (2048, 7, 7), (2048,),
    ]  # fmt: skip
    # Fifty layers with weights on the way, and a convolution on four of the shortcuts.
    weighted = [row.step for row in rows if row.step.kind in ("conv", "dense")]
    assert len(weighted) == 54 and sum(step.name.endswith("s") for step in weighted) == 4
    assert parameters(rows) == 25_557_032
    assert multiply_accumulates(rows) == 3_857_973_248
    # What is added has the shape of what it is added to.
    assert all(found[row.step.also] == row.shape for row in rows if row.step.kind == "add")


@pytest.mark.parametrize("number", PUBLISHED, ids=lambda p: f"{p.architecture}-{p.what}")
def test_the_numbers_in_print_are_those_derived(number: Published) -> None:
    rows = trace(ARCHITECTURES[number.architecture])
    exact = parameters(rows) if number.what == "parameters" else multiply_accumulates(rows)
    unit = 10 ** (len(str(number.value)) - number.digits)
    assert abs(exact - number.value) <= unit


@pytest.mark.parametrize("name", ["reference", "numpy", "torch"])
def test_lenet_5_runs_through_an_adapter_with_these_shapes(name: str) -> None:
    if name == "torch":
        pytest.importorskip("torch")
    functions = open_adapter(name).functions
    network = ARCHITECTURES["lenet-5"]
    x = np.zeros((1, *network.image), np.float32)
    for row in trace(network):
        step = row.step
        once = {"stride": (step.stride,) * 2, "padding": ((0, 0),) * 2, "dilation": (1, 1)}
        if step.kind == "conv":
            w = np.zeros((step.channels, x.shape[1], step.window, step.window), np.float32)
            x = functions["conv"](x, w, **once, groups=1)
        elif step.kind == "subsample":
            x = functions["avg_pool"](
                x, window=(step.window,) * 2, ceil_mode=False, count_include_pad=True, **once
            )
        else:
            x = x.reshape(1, -1)
            x = functions["dense"](x, np.zeros((step.channels, x.shape[1]), np.float32))
        assert x.shape == (1, *row.shape)


def test_unpadded_layers_shrink_until_none_fits() -> None:
    assert shrinking(7, 3) == (7, 5, 3, 1)
    assert shrinking(8, 3) == (8, 6, 4, 2)
    for size in range(1, 12):
        for window in range(2, 6):
            sizes = shrinking(size, window)
            assert len(sizes) - 1 == max((size - 1) // (window - 1), 0)
            x, w = np.ones((1, 1, sizes[-1])), np.ones((1, 1, window))
            with pytest.raises(ValueError, match="must not exceed"):
                reference.conv(x, w, stride=(1,), padding=((0, 0),), dilation=(1,), groups=1)
    with pytest.raises(ValueError):
        shrinking(5, 1)


def test_a_step_costs_what_the_counts_say() -> None:
    for network in ARCHITECTURES.values():
        given = network.image
        for row in trace(network):
            step, read = row.step, given
            if step.kind == "conv" and not step.source and not step.pairs:
                shape = read[0], step.channels, (step.window,) * 2
                groups = {"groups": step.groups}
                affine = 2 * step.channels * step.norm
                assert row.parameters == affine + conv_parameters(*shape, bias=step.bias, **groups)
                assert row.work == conv_work(*shape, row.shape[1:], **groups)
            given = row.shape


@pytest.mark.parametrize("words", [["lenet-5"], ["VGG", "16"], ["alexnet"], ["resnet50"]])
def test_explain_shows_them_in_80_columns(words: list[str]) -> None:
    result = CliRunner().invoke(cli, ["explain", *words], prog_name="convspec")
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    network = ARCHITECTURES[{"VGG": "vgg-16", "resnet50": "resnet-50"}.get(words[0], words[0])]
    rows = trace(network)
    assert f"{parameters(rows):,}" in result.stdout
    for row in rows:
        assert row.step.name in result.stdout and "×".join(map(str, row.shape)) in result.stdout

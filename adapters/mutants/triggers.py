"""When each planted fault shows, as a predicate over cases, where a conjunction says it.

The spelling is that of `convspec.predicates`. What is told here is where the *result* is wrong for
some contents, which can be less than where the faulty code is run: without a second tap, dilation
changes nothing. Faults that are wrong everywhere, that depend on the numbers in the
arrays as well, or where no conjunction of parameters says, are left out.
"""

from __future__ import annotations

_TILED = "stride[-1] == kernel[-1] and dilation[-1] == 1"
_WIDE = "stride[-1] == 1 and dilation[-1] == 1 and low[-1] > span[-1] - 1"
_UNPADDED = "low[-1] + high[-1] == 0"
_SAME = 'padding in ("same_upper", "same_lower")'


def _each(names: str, of: str, when: str) -> dict[str, str]:
    return {f"{name}-{of}": when for name in names.split()}


TRIGGERS: dict[str, str] = {
    # Between calls
    **_each(
        "conv max-pool pad relu dense log-softmax cross-entropy",
        "writes-to-input",
        'dtype == "float32"',
    ),
    **_each("conv max-pool pad", "remembers-by-shape", "batch == 1"),
    **_each("conv global-avg-pool lp-pool", "workspace-not-cleared", "batch == 1"),
    **_each("max-pool avg-pool pad", "tuned-after-first-call", "outputs[-1] >= 6"),
    **_each("conv max-pool-with-indices pad", "empty-batch-refused", "rank == 3 and batch == 0"),
    **_each(
        "max-pool avg-pool global-sum-pool lp-pool dense softmax relu",
        "empty-batch-of-one",
        "channels == 1 and batch == 0",
    ),
    **_each(
        "conv avg-pool pad lp-pool log-softmax cross-entropy",
        "returns-double",
        'dtype == "float32" and batch >= 2',
    ),
    **_each("max-pool global-sum-pool", "returns-long", 'dtype == "int32"'),
    **_each("global-avg-pool global-max-pool", "half-comes-back-single", 'dtype == "float16"'),
    **_each("max-pool pad", "ignores-sign-of-strides", 'x_layout == "reversed" and size[-1] >= 2'),
    **_each(
        "conv global-sum-pool", "repeated-entries-lost", 'x_layout == "broadcast" and batch >= 2'
    ),
    "cross-entropy-labels-taken-for-contiguous": 'labels_layout == "sliced" and batch >= 2',
    # Validation
    **_each("conv avg-pool", "stride-0-accepted", "any(stride == 0)"),
    **_each("max-pool max-pool-with-indices", "dilation-0-accepted", "any(dilation == 0)"),
    "avg-pool-window-0-accepted": "any(kernel == 0)",
    # Convolution: windows
    "conv-pads-swapped": "low[-1] != high[-1]",
    "conv-even-kernel-centred": "low[-1] == high[-1] and low[-1] >= 1 and kernel[-1] % 2 == 0",
    "conv-low-pads-reversed": (
        "low[0] != low[-1] and low[0] <= low[-1] + high[-1] and low[-1] <= low[0] + high[0]"
    ),
    "conv-stride-of-first-axis": "any(stride > stride[0] and outputs >= 2)",
    "conv-strides-reversed-if-dilated": "all(dilation >= 2) and stride[0] != stride[-1]",
    "conv-dilation-of-first-axis": "any(dilation > dilation[0] and kernel >= 2)",
    "conv-dilation-lost-if-strided": "any(dilation >= 2 and stride >= 2 and kernel >= 2)",
    "conv-dilated-and-strided-refused": "any(dilation >= 3) and any(stride >= 3)",
    "conv-pointwise-unstrided": "all(kernel == 1) and any(stride >= 2 and outputs >= 2)",
    "conv-pointwise-unpadded": "all(kernel == 1) and any(low + high >= 1)",
    "conv-odd-column-of-three-taps": (
        "kernel[-1] == 3 and dilation[-1] == 1 and outputs[-1] % 2 != 0 and tail[-1] >= high[-1]"
    ),
    "conv-stride-beyond-kernel": "any(stride > kernel and outputs >= 2)",
    "conv-columns-past-16": "outputs[-1] >= 17 and outputs[-1] % 16 != 0",
    "conv-size-rounded-up-if-dilated": "dilation[-1] >= 2 and tail[-1] >= 1",
    "conv-padding-only-unwritten": "blind[-1] >= 1",
    "conv-plane-index-in-8-bits": "plane >= 257",
    "conv-square-kernel-transposed": "kernel[-1] == kernel[-2] and kernel[-1] >= 2",
    "conv-same-odd-cell-if-strided": (
        'padding == "same_upper" and any(stride >= 2) and any(low != high)'
    ),
    # Convolution: channels, batch, special kernels
    "conv-groups-rotated": "groups >= 3",
    "conv-flipped-if-grouped": "groups >= 2 and kernel[-1] >= 2",
    "conv-bias-of-first-group": "bias and groups >= 2",
    "conv-depthwise-maps-interleaved": (
        "channels == groups and groups >= 2 and filters // groups >= 2"
    ),
    "conv-depthwise-refused": "groups == channels and groups >= 2",
    "conv-depthwise-flipped": "groups == channels and groups >= 2 and taps >= 2",
    "conv-odd-channel-dropped": "channels // groups >= 3 and channels // groups % 2 != 0",
    "conv-ninth-channel-reads-eighth": "channels // groups >= 9",
    "conv-channels-past-16-dropped": "channels // groups >= 17 and channels // groups % 16 != 0",
    "conv-filter-tail-of-4": "filters >= 5 and filters % 4 != 0",
    "conv-tap-past-64-lost": "channels // groups * taps >= 65",
    "conv-third-entry-is-first": "batch >= 3",
    "conv-bias-missing-past-third-entry": "bias and batch >= 4",
    "conv-bias-twice-if-batched-and-grouped": "bias and batch >= 2 and groups >= 2",
    "conv-relu-left-on-if-pointwise": "all(kernel == 1)",
    "conv-pointwise-bias-if-strided": "bias and all(kernel == 1) and any(stride >= 2)",
    "conv-pointwise-pixels-past-8": (
        "all(kernel == 1) and all(stride == 1) and all(low + high == 0) and plane >= 9"
        " and plane % 8 != 0"
    ),
    "conv-single-row-undilated": (
        "taps == kernel[-1] and kernel[-1] >= 2 and dilation[-1] >= 2 and rank >= 2"
    ),
    "conv-depthwise-odd-channel": "groups == channels and channels >= 3 and channels % 2 != 0",
    "conv-patches-flipped": (
        "all(stride == kernel) and all(dilation == 1) and all(low + high == 0) and taps >= 2"
    ),
    "conv-batch-past-4": "batch % 4 == 1 and batch >= 5",
    "conv-batch-of-eight-in-tf32": 'batch >= 8 and dtype == "float32"',
    # Convolution: sizes
    "conv-last-place-missed": (
        f"stride[-1] == 1 and dilation[-1] == 1 and {_UNPADDED} and kernel[-1] % 2 == 0"
        " and outputs[-1] >= 2"
    ),
    "conv-half-padding-by-threes": (
        "stride[-1] == 1 and kernel[-1] >= 4 and low[-1] == kernel[-1] // 2"
        " and high[-1] == kernel[-1] // 2"
    ),
    "conv-full-padding-cut": (
        "stride[-1] == 1 and dilation[-1] == 1 and kernel[-1] >= 3"
        " and low[-1] == kernel[-1] - 1 and high[-1] == kernel[-1] - 1"
    ),
    "conv-size-rounded-up": f"tail[-1] >= 2 and {_UNPADDED}",
    "conv-extent-of-dilated-times-kernel": (
        "dilation[-1] >= 2 and stride[-1] == 1 and outputs[-1] >= dilation[-1]"
    ),
    "conv-same-rounds-down": f"{_SAME} and size[-1] % stride[-1] != 0 and outputs[-1] >= 2",
    # Convolution: space
    "conv-second-of-two-columns": "kernel[-1] >= 4 and outputs[-1] >= 2",
    "conv-last-column-if-unpadded": f"stride[-1] >= 2 and {_UNPADDED} and outputs[-1] >= 3",
    # Convolution: rounding
    "conv-tf32-inputs": 'dtype == "float32"',
    "conv-partial-sums-in-half": "channels // groups >= 4",
    "conv-double-in-single": 'dtype == "float64" and taps >= 2',
    # Convolution: gradients
    "conv-dx-tail-garbage": "tail[-1] > high[-1]",
    "conv-dx-last-column-lost": "tail[-1] >= 1",
    "conv-dw-undilated": "dilation[-1] >= 2 and kernel[-1] >= 2",
    "conv-dw-groups-rotated": "groups >= 3",
    "conv-db-averaged": "bias and batch >= 2",
    "conv-dx-border-twice": "low[-1] >= 2",
    "conv-dx-pads-swapped": "all(dilation == 1) and low[-1] != high[-1]",
    "conv-dx-kernel-flipped-if-strided": "any(stride >= 2) and kernel[-1] >= 2",
    "conv-dw-of-first-two-entries": "batch >= 3",
    "conv-dx-pointwise-unstrided": (
        "kernel[-1] == 1 and low[-1] == 0 and stride[-1] >= 2 and outputs[-1] >= 2"
    ),
    "conv-dx-reads-on-past-wide-padding": (
        f"{_WIDE} and low[-1] - span[-1] + 1 >= span[-1] - 1 - high[-1]"
        " and high[-1] < span[-1] - 1 and filters * kernel[-1] >= 8 * groups"
    ),
    "conv-dw-odd-channel-lost": "channels // groups >= 3 and channels // groups % 2 != 0",
    "conv-dx-overwritten-by-neighbour": f"stride[-1] == 1 and {_UNPADDED} and kernel[-1] >= 3",
    "conv-dx-of-full-padding": "low[-1] == span[-1] - 1 and low[-1] >= 1",
    "conv-second-without-cross-term": "bias",
    "conv-second-stride-for-dilation": (
        "stride[-1] >= 2 and dilation[-1] >= 2 and kernel[-1] >= 2"
    ),
    "conv-second-groups-rotated": "groups >= 2",
    # Transposed convolution
    "conv-transpose-reads-on-past-wide-padding": (
        f"{_WIDE} and low[-1] - span[-1] + 1 >= span[-1] - 1 - high[-1] + output_padding[-1]"
        " and high[-1] - output_padding[-1] < span[-1] - 1 and channels * kernel[-1] >= 8 * groups"
    ),
    "conv-transpose-pads-swapped": "low[-1] != high[-1]",
    "conv-transpose-output-padding-low": (
        "output_padding[-1] >= 1 and output_padding[-1] <= low[-1]"
    ),
    "conv-transpose-dilated-kernel-flipped": "dilation[-1] >= 2 and kernel[-1] >= 2",
    "conv-transpose-flipped-if-dilated": "dilation[-1] >= 2 and kernel[-1] >= 2",
    "conv-transpose-groups-rotated": "groups >= 3",
    "conv-transpose-size-without-tail": "stride[-1] > kernel[-1] and outputs[-1] >= 2",
    "conv-transpose-dw-without-last-entry": "batch >= 3",
    "conv-transpose-dx-pads-swapped": "low[-1] != high[-1]",
    "conv-transpose-multiplier-first": (
        "channels == groups and groups >= 2 and filters // groups >= 2"
    ),
    "conv-transpose-unit-stride-not-full": (f"stride[-1] == 1 and {_UNPADDED} and kernel[-1] >= 3"),
    "conv-transpose-crop-of-two-is-three": (
        "stride[-1] == 1 and high[-1] >= 2 and outputs[-1] >= 2"
    ),
    "conv-transpose-half-padding-grows": (
        "stride[-1] == 1 and kernel[-1] % 2 != 0 and kernel[-1] >= 3"
        " and low[-1] == kernel[-1] // 2 and high[-1] == kernel[-1] // 2"
    ),
    "conv-transpose-full-padding-keeps-size": (
        "stride[-1] == 1 and kernel[-1] % 2 == 0"
        " and low[-1] == kernel[-1] - 1 and high[-1] == kernel[-1] - 1"
    ),
    "conv-transpose-stretched-to-stride": (
        f"stride[-1] > kernel[-1] and {_UNPADDED} and output_padding[-1] == 0"
    ),
    "conv-transpose-cropped-once": "stride[-1] >= 3 and high[-1] >= 1",
    "conv-transpose-output-padding-of-one": (
        "output_padding[-1] >= 2 and outputs[-1] >= output_padding[-1]"
    ),
    "conv-transpose-dilated-without-output-padding": (
        "output_padding[-1] >= stride[-1] and outputs[-1] > output_padding[-1]"
    ),
    "conv-transpose-second-pads-swapped": "low[-1] != high[-1]",
    # Max pooling
    "max-pool-padding-is-zero": "high[-1] > tail[-1] and not ceil_mode",
    "max-pool-starts-at-lowest": "kernel[-1] == 1",
    "max-pool-nan-past-first-tap": "taps >= 2",
    "max-pool-ceil-aligned-high": "overhang[-1] >= 1",
    "max-pool-tail-read": "tail[-1] > high[-1]",
    "max-pool-returns-a-view": "all(kernel == 1) and all(low + high == 0)",
    "max-pool-disjoint-pads-swapped": (
        "stride[-1] == kernel[-1] and not ceil_mode and low[-1] != high[-1]"
    ),
    "max-pool-dilation-lost-if-strided": (
        "not ceil_mode and stride[-1] >= 2 and dilation[-1] >= 2 and kernel[-1] >= 2"
    ),
    "max-pool-window-reversed": "not ceil_mode and kernel[0] != kernel[-1]",
    "max-pool-same-lower-is-upper": (
        'padding == "same_lower" and kernel[-1] % 2 == 0 and any(low != high)'
    ),
    "max-pool-odd-channel-with-its-neighbour": "channels >= 3 and channels % 2 != 0",
    "max-pool-register-not-cleared": "batch >= 2",
    "max-pool-of-one-cell-from-the-end": (
        f"taps == 1 and {_UNPADDED} and not ceil_mode and tail[-1] >= 1"
    ),
    "max-pool-last-of-four-passed-over": f"{_TILED} and kernel[-1] >= 4",
    "max-pool-running-maximum-kept": "stride[-1] == 1 and kernel[-1] >= 5 and outputs[-1] >= 2",
    "max-pool-last-starts-at-zero": "stride[-1] >= 2",
    "max-pool-rounded-to-threes": "stride[-1] >= 3",
    "max-pool-first-cell-not-read": "low[-1] >= 1 and kernel[-1] >= 3 and size[-1] >= 2",
    "max-pool-second-greatest": (
        "taps >= 5 and all(low + high == 0) and not ceil_mode and kernel[-1] >= 2"
    ),
    "max-pool-last-tap-weighs-less": f"{_TILED} and kernel[-1] >= 3",
    "max-pool-first-of-three-passed-over": f"{_TILED} and kernel[-1] >= 3",
    "max-pool-valid-keeps-rest": (
        'padding == "valid" and not ceil_mode and any(tail >= 1) and size[-1] > kernel[-1]'
    ),
    "max-pool-flat-volume-undilated": (
        "rank == 3 and size[0] == 1 and any(dilation >= 2 and kernel >= 2)"
    ),
    "max-pool-last-window-takes-rest": (
        f"{_UNPADDED} and dilation[-1] == 1 and outputs[-1] >= 2 and tail[-1] >= 1"
    ),
    "max-pool-last-tie-if-dilated": "any(dilation >= 2)",
    "max-pool-dx-beside-if-padded": "low[-1] != high[-1] and size[-1] >= 2",
    "max-pool-second-of-other-maxima": "stride[-1] < kernel[-1]",
    "max-pool-with-indices-nan-lost-if-dilated": "any(dilation >= 2)",
    "max-pool-with-indices-in-padded-plane": "stride[-1] >= 2 and low[-1] >= 1",
    "max-pool-with-indices-of-whole-tensor": "rank == 1 and batch >= 2",
    "max-pool-with-indices-in-8-bits": "plane >= 257",
    "max-pool-with-indices-undilated": "dilation[-1] >= 2 and kernel[-1] >= 2",
    "max-pool-with-indices-ceil-strides-reversed": "ceil_mode and stride[0] != stride[-1]",
    "max-pool-with-indices-dx-of-first-entry": "batch >= 3",
    # Average and Lp pooling
    "avg-pool-overhang-counted": "count_include_pad and any(overhang >= 1)",
    "avg-pool-divided-by-extent": (
        "dilation[-1] >= 2 and kernel[-1] >= 2 and size[-1] >= span[-1]"
    ),
    "avg-pool-same-never-counts": f"{_SAME} and count_include_pad and any(low + high >= 1)",
    "avg-pool-ceil-centred": "overhang[-1] >= 2",
    "avg-pool-ceil-ignored-if-asymmetric": "any(low != high) and any(overhang >= 1)",
    "avg-pool-border-repeated": "count_include_pad and high[-1] > tail[-1]",
    "avg-pool-channel-tail-of-4": "channels >= 5 and channels % 4 != 0",
    "avg-pool-sum-not-cleared": "taps >= 5 and batch >= 2",
    "avg-pool-long-window-not-divided": "kernel[-1] >= 5 and size[-1] >= span[-1]",
    "avg-pool-odd-groups-in-pairs": f"{_TILED} and kernel[-1] >= 3 and kernel[-1] % 2 != 0",
    "avg-pool-channels-in-blocks-of-8": "channels >= 9 and channels % 8 != 0",
    "avg-pool-divided-by-stride": "stride[-1] > kernel[-1]",
    "avg-pool-every-second-starts-at-16": f"{_TILED} and kernel[-1] >= 4 and outputs[-1] >= 2",
    "avg-pool-third-taken-for-first": f"{_TILED} and kernel[-1] >= 3",
    "avg-pool-stride-in-two-bits": "any(stride >= 4 and padded > span)",
    "avg-pool-low-padding-twice": "not ceil_mode and high[-1] > low[-1]",
    "avg-pool-dx-without-first-output": "stride[-1] < kernel[-1] and outputs[-1] >= 2",
    "avg-pool-dx-without-ceil-window": "overhang[-1] >= 1",
    "avg-pool-dx-overwritten": (
        "dilation[-1] == 1 and stride[-1] < kernel[-1] and outputs[-1] >= 2"
    ),
    "lp-pool-of-1-sums-signed": "p == 1 and taps >= 1",
    "lp-pool-odd-powers-signed": "p >= 3 and p % 2 != 0",
    "lp-pool-root-missing": "p >= 3 and taps >= 2",
    "lp-pool-always-euclidean": "p >= 3 and taps >= 2",
    "lp-pool-overhang-scaled": "overhang[-1] >= 1",
    "lp-pool-root-in-half": "taps >= 5",
    "lp-pool-gradient-of-zeros-nan": "p == 1",
    "lp-pool-gradient-signless": "p % 2 != 0",
    "lp-pool-gradient-exponent": "p >= 3 and taps >= 2",
    # Adaptive and global pooling
    **dict.fromkeys(
        ("adaptive-avg-pool-ends-rounded-down", "adaptive-max-pool-starts-rounded-up"),
        "any(size % output_size != 0 and output_size % size != 0)",
    ),
    "adaptive-avg-pool-equal-bins": "any(size % output_size != 0 and size > output_size)",
    "adaptive-avg-pool-one-bin-as-square": "all(output_size == 1) and size[-2] < size[-1]",
    "adaptive-avg-pool-two-cells-at-least": (
        "rank == 1 and size[-1] >= 2 and output_size[-1] >= size[-1]"
    ),
    "adaptive-avg-pool-gradient-disjoint": "rank == 1 and size[-1] % output_size[-1] != 0",
    "adaptive-max-pool-last-cell-of-bins-unread": (
        "size[-1] % output_size[-1] == 0 and size[-1] // output_size[-1] >= 3"
    ),
    "adaptive-max-pool-starts-at-zero": "all(output_size == 1)",
    "adaptive-max-pool-channel-carried-on": "channels >= 3",
    "adaptive-max-pool-gradient-to-all-ties": "all(output_size == 1) and any(size >= 2)",
    "global-avg-pool-divided-as-square": "size[-2] < size[-1]",
    "global-avg-pool-depth-not-divided": "rank == 3 and size[0] >= 2",
    "global-avg-pool-odd-channel-lost": "channels >= 3 and channels % 2 != 0",
    "global-avg-pool-channels-in-blocks-of-4": "channels >= 5 and channels % 4 != 0",
    "global-avg-pool-mean-of-row-sums": "size[-1] >= 5",
    "global-avg-pool-count-in-a-byte": "plane >= 65",
    "global-avg-pool-square-planes-halved": "size[-1] == size[-2] and size[-1] >= 5",
    "global-avg-pool-column-mean-only": "plane == size[-1] and size[-1] >= 3",
    "global-avg-pool-third-channel-first": "channels == 3",
    "global-avg-pool-last-channel-of-many": "channels >= 5",
    "global-avg-pool-inputs-in-bfloat16": "plane >= 33",
    "global-max-pool-starts-at-zero": "plane >= 5",
    "global-max-pool-nan-past-first-cell": "size[-1] >= 5",
    "global-max-pool-starts-at-lowest": "size[-1] == 1",
    "global-max-pool-register-not-cleared": "batch >= 2",
    "global-max-pool-over-first-half": "size[-1] >= 6 and size[-1] % 2 == 0",
    "global-max-pool-every-tie-gets-all": "size[-1] >= 5",
    "global-sum-pool-tail-of-8": "size[-1] >= 9 and size[-1] % 8 != 0",
    "global-sum-pool-tail-of-4": "size[-1] >= 5 and size[-1] < 8",
    "global-sum-pool-plane-index-in-8-bits": "plane >= 257",
    "global-sum-pool-channel-tail-of-4": "channels >= 5 and channels % 4 != 0",
    "global-sum-pool-rows-in-half": "size[-1] >= 4",
    "global-sum-pool-dx-of-first-entry": "batch >= 2 and channels % 2 != 0",
    # Padding
    "pad-sides-swapped-if-replicate": (
        'mode == "replicate" and low[-1] != high[-1] and low[-1] >= 0 and high[-1] >= 0'
        " and size[-1] >= 2"
    ),
    "pad-reflect-repeats-high-edge": 'mode == "reflect" and high[-1] >= 1',
    "pad-symmetric-skips-low-edge": ('mode == "symmetric" and low[-1] >= 1 and outputs[-1] >= 3'),
    "pad-circular-late-at-high-end": (
        'mode == "circular" and high[-1] >= 1 and low[-1] >= 0 and size[-1] >= 2'
    ),
    "pad-crops-other-side": "low[-1] < 0 and high[-1] <= 0",
    "pad-replicate-without-corners": 'mode == "replicate" and low[-1] >= 1 and low[-2] >= 1',
    "pad-odd-channel-keeps-border": (
        'mode != "constant" and high[-1] >= 1 and channels >= 3 and channels % 2 != 0'
    ),
    "pad-border-of-second-entry-on": 'mode != "constant" and high[-1] >= 1 and batch >= 2',
    "pad-reflect-shifted-at-low-end": 'mode == "reflect" and low[-1] >= 2',
    "pad-corner-zero": ('mode == "constant" and high[-1] >= 1 and high[-2] >= 1 and value != 0'),
    "pad-reflect-repeats-the-edge": 'mode == "reflect" and low[-1] == 1',
    "pad-replicate-second-cell": ('mode == "replicate" and high[-1] >= 3 and size[-1] >= 2'),
    "pad-circular-one-late": 'mode == "circular" and low[-1] >= 2',
    "pad-reflects-high-end-with-edge": 'mode == "reflect" and high[-1] >= 1 and low[-1] >= 0',
    "pad-dx-reflect-not-added": 'mode == "reflect" and low[-1] >= 1',
    "pad-dx-replicate-edge-once": 'mode == "replicate" and high[-1] >= 2',
    # The classifier's head
    "relu-tail-added-twice": "channels >= 5 and channels % 4 != 0",
    "relu-gradient-by-sign-of-cotangent": "rank == 0",
    "relu-second-masked-by-cotangent": "plane >= 10",
    "dense-square-weight-transposed": "channels == filters and channels >= 2",
    "dense-bias-of-first-image": "bias and batch >= 3",
    "dense-input-tail-of-8": "channels >= 9 and channels % 8 != 0",
    "dense-output-tail-of-4": "filters >= 5 and filters % 4 != 0",
    "dense-gradient-weight-averaged": "batch >= 3",
    "dense-gradient-bias-last-image": "bias and batch == 3",
    "dense-second-without-last-entry": "batch >= 3",
    "softmax-over-the-batch": "batch == channels and batch >= 2",
    "softmax-odd-tail-exchanged": "channels >= 5 and channels % 2 != 0",
    "softmax-exponentials-in-half": "channels >= 5",
    "softmax-gradient-diagonal": "channels >= 5",
    "log-softmax-of-at-least-an-eighth": "channels == 3",
    "log-softmax-to-the-base-2": 'dtype == "float64" and channels >= 2',
    "log-softmax-gradient-of-one": "channels == 3",
    "cross-entropy-summed": "batch >= 3 and channels >= 2",
    "cross-entropy-of-softmax": "channels == 3",
    "cross-entropy-gradient-not-divided": "batch >= 3 and channels >= 2",
    "cross-entropy-gradient-label-once": "channels >= 5",
}
"""Fault → where its results are wrong."""

"""What implementations were found to get wrong: no choices and no limits, but faults.

Each was seen when the suite was run, is wrong by the definition, and has the smallest case that
shows it. `convspec replay ADAPTER CASE` shows whether it still does.
"""

from __future__ import annotations

from convspec.spec.groups import MAX_POOLS

from .point import Finding

_AMX = " (on a CPU with AVX-512 FP16 or AMX)"

FINDINGS: dict[str, Finding] = {
    finding.name: finding
    for finding in (
        Finding(
            "onednn-float16", ("conv",), ("padding", "dilation", "crash"), "PyTorch 2.13.0, oneDNN",
            "dies of SIGSEGV in a float16 convolution in which a whole column of outputs lies in"
            " the padding" + _AMX, "torch",
            "conv stride=2 padding=1:1 dilation=2 x=1x1x1:float16:zeros@0 w=1x1x1:float16:zeros@0",
            cpu=True,
        ),
        Finding(
            "onednn-channels-last", ("conv",), ("layout", "groups", "crash"),
            "PyTorch 2.13.0, oneDNN",
            "dies of SIGSEGV in the same place in float32 with bias, two groups and channels-last"
            " weights" + _AMX, "torch",
            "conv stride=1,2 padding=0:0,1:1 dilation=1,2 groups=2 x=1x4x2x1:float32:zeros@0"
            " w=2x2x2x1:float32:zeros@0:channels_last b=2:float32:zeros@0",
            cpu=True,
        ),
        Finding(
            "onednn-float16-transposed", ("conv_transpose",), ("gradient", "crash"),
            "PyTorch 2.13.0, oneDNN",
            "dies of SIGSEGV in the gradient of a float16 transposed convolution" + _AMX, "torch",
            "conv_transpose stride=2 padding=1:1 dilation=2 x=1x1x2:float16:zeros@0"
            " w=1x1x1:float16:zeros@0 g=1x1x1:float16:impulse@0",
            cpu=True,
        ),
        Finding(
            "onednn-bfloat16-strided", ("conv",), ("stride", "bfloat16", "dtype"),
            "PyTorch 2.13.0, oneDNN",
            "leaves cells of a bfloat16 convolution unwritten where the last axis has one output, a"
            " stride and several taps: they hold what was in memory (on a CPU with AMX; right with"
            " ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16)",
            "torch", "conv stride=1,1,2 x=12x1x2x3x2:bfloat16:eye@0 w=2x1x1x1x2:bfloat16:eye@0",
            cpu=True,
        ),
        Finding(
            "onednn-bfloat16-padded-weight-gradient", ("conv",), ("gradient", "bfloat16", "dtype"),
            "PyTorch 2.13.0, oneDNN",
            "leaves cells of the gradient of a bfloat16 weight unwritten where the last axis is"
            " strided, padded and no longer than the kernel: 34 of 2,400 random calls gave what"
            " was in memory (on a CPU with AMX)",
            "torch",
            "conv stride=4,3 padding=0:0,2:2 x=4x2x3x2:bfloat16:ints@35 w=4x2x3x3:bfloat16:ramp@48"
            " g=4x4x1x2:bfloat16:ints@5",
            cpu=True,
        ),
        Finding(
            "onednn-bfloat16-weight-gradient", ("conv",), ("gradient", "bfloat16", "dtype"),
            "PyTorch 2.13.0, oneDNN",
            "gives 0 for the gradient of a bfloat16 weight of one tap per group, where input and"
            " padding make more than one row of a channels-last image (on a CPU with AVX-512)",
            "torch",
            "conv padding=1:0,0:0 dilation=2,1 groups=2 x=1x2x1x31:bfloat16:ints@0:channels_last"
            " w=2x1x1x1:bfloat16:ints@0 g=1x2x2x31:bfloat16:ints@0",
            cpu=True,
        ),
        Finding(
            "avg-pool-3d", ("avg_pool",), ("padding", "window"), "PyTorch 2.13.0 avg_pool3d",
            "refuses a window larger than the input where padding makes it fit; avg_pool1d and"
            " avg_pool2d do not", "torch",
            "avg_pool window=1,2,1 padding=0:0,1:1,0:0 x=1x1x1x1x1:float32:zeros@0",
        ),
        Finding(
            "max-pool-blind-window", MAX_POOLS, ("gradient", "padding", "empty-window"),
            "PyTorch 2.13.0",
            "writes the gradient outside its memory where both taps of a window lie in the padding;"
            " the adapter refuses to run it", "torch",
            "max_pool window=2 padding=1:1 dilation=2 x=1x1x1:float32:ones@0"
            " g=1x1x1:float32:impulse@0",
        ),
        Finding(
            "int8-indices", ("max_pool_with_indices",), ("indices", "layout"), "PyTorch 2.13.0",
            "refuses int8 planes of more than 127 cells in channels-last memory: the indices are"
            " kept in the type of the values", "torch",
            "max_pool_with_indices window=1,1,1 x=1x2x1x1x128:int8:zeros@0:channels_last",
        ),
        Finding(
            "lp-negative-power", ("lp_pool",), ("p", "rejects-invalid"), "PyTorch 2.13.0",
            "answers a power below 1, which is no norm", "torch",
            "lp_pool p=-1 window=1 x=1x1x1:float32:zeros@0",
        ),
        Finding(
            "adaptive-avg-pool-3d-empty", ("adaptive_avg_pool",), ("empty",),
            "PyTorch 2.13.0",
            "refuses an input without cells, unless every output size is 1: then it gives NaN",
            "torch",
            "adaptive_avg_pool output_size=1,1,2 x=1x1x1x1x0:float32:zeros@0",
        ),
        Finding(
            "reflect-reads-cropped", ("pad",), ("reflect", "crop", "negative"), "PyTorch 2.13.0",
            "reflects cells that a negative amount at the other end has cropped off, while its"
            " circular mode crops first", "torch",
            "pad padding=-1:1 mode=reflect x=1x1x2:float32:ones@0",
        ),
    )
}  # fmt: skip

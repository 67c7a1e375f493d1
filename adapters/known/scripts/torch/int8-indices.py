# torch 2.13.0, max_pool_with_indices.definition
# Written by hand: the same call in both memory layouts, with indices and without.
# max_pool_with_indices window=2,2 stride=2,2 x=1x2x12x12:int8:ones@0:channels_last

import torch
import torch.nn.functional as F

contiguous = torch.ones(1, 2, 12, 12, dtype=torch.int8)
channels_last = contiguous.to(memory_format=torch.channels_last)
failed = False
for indices in (False, True):
    expected = F.max_pool2d(contiguous, 2, return_indices=indices)
    try:
        got = F.max_pool2d(channels_last, 2, return_indices=indices)
    except RuntimeError as error:
        shape = tuple((expected[0] if indices else expected).shape)
        print("expected:", f"what contiguous memory gives, of shape {shape}", sep="\n")
        print("got:", f"RuntimeError: {error}", sep="\n")
        failed = True
raise SystemExit(1 if failed else 0)

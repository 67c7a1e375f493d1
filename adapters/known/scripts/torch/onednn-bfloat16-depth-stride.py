# torch 2.13.0+cpu, conv.definition
# Written by hand: it also writes outside its memory, of which later calls may die.
# conv stride=4,1,1 x=1x5x93x3x10:bfloat16:ints@0 w=1x5x1x1x3:bfloat16:ints@1

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
x = torch.arange(5 * 93 * 3 * 10).remainder(7).sub(3).reshape(1, 5, 93, 3, 10)
w = torch.arange(5 * 3).remainder(5).sub(2).reshape(1, 5, 1, 1, 3)
expected = F.conv3d(x.double(), w.double(), stride=(4, 1, 1)).bfloat16()
print("expected: a result, or an error", flush=True)
for call in range(300):
    memory = [torch.full((size,), float("nan")) for size in range(100, 60000, 9000 + call)]
    del memory
    got = F.conv3d(x.bfloat16(), w.bfloat16(), stride=(4, 1, 1))
    if not torch.equal(got, expected):
        wrong = (got != expected).nonzero()[0].tolist()
        print("got:", got[tuple(wrong)].item(), "for", expected[tuple(wrong)].item(), "at", wrong)
        raise SystemExit(1)
print("got: the result, in every call")

# paddle 3.3.1, log_softmax.large
# y of 2500·x[0, 1] is -64, expected -2500 (1 of 2 cells differ beyond every rounding)
# log_softmax x=1x2:float32:impulse@0
# Written by hand: with three logits, of which the clamp makes two alike.

import numpy as np
import paddle

x = np.array([[100, 0, 20]], "float32")
expected = np.array([[0, -100, -80]], "float32")
got = paddle.nn.functional.log_softmax(paddle.to_tensor(x)).numpy()
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.allclose(got, expected) else 1)

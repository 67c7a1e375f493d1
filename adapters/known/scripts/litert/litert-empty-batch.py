# litert 2.3.0, max_pool.empty-batch
# Written by hand: the batch is changed as LiteRT documents it, and changed back.
# max_pool window=1,2 x=0x1x1x2:float32:ones@0

import base64

import numpy as np
from ai_edge_litert.interpreter import Interpreter

# A .tflite file of one operator, MAX_POOL_2D of 2×2 cells with stride 1 and no padding.
model = base64.b64decode(
    "CAAAAFRGTDPG////FAAAACAAAAAkAAAAKAEAAAMAAAABAAAACAAAAAQABAAEAAAAAAAAAAAAAAABAAAA"
    "FAAAAAAADgAYABQAEAAMAAgABAAOAAAAFAAAABwAAAB8AAAAgAAAAIQAAAAEAAAAbWFpbgAAAAABAAAA"
    "FAAAAAAADgAWAAAAEAAMAAsABAAOAAAAIAAAAAAAAAUwAAAANAAAAAAADgAYABcAEAAMAAgABAAOAAAA"
    "AgAAAAIAAAABAAAAAQAAAAAAAAEBAAAAAQAAAAEAAAAAAAAAAQAAAAEAAAABAAAAAAAAAAIAAAAsAAAA"
    "BAAAAOj///8IAAAADAAAAAIAAAB0MQAAAAAAAAwADAAIAAAAAAAEAAwAAAAIAAAADAAAAAIAAAB0MAAA"
    "BAAAAAEAAAAEAAAABAAAAAEAAAABAAAAEAAAAAwADAALAAAAAAAEAAwAAAARAAAAAAAAEQ=="
)
interpreter = Interpreter(model_content=model, num_threads=1)
before = interpreter.get_input_details()[0]["index"]
after = interpreter.get_output_details()[0]["index"]
expected, got = {}, {}
for batch in (1, 0, 2):
    expected[batch] = (batch, 3, 3, 1)
    interpreter.resize_tensor_input(before, [batch, 4, 4, 1])
    try:
        interpreter.allocate_tensors()
        interpreter.set_tensor(before, np.ones((batch, 4, 4, 1), "float32"))
        interpreter.invoke()
        got[batch] = interpreter.get_tensor(after).shape
    except RuntimeError as error:  # what was in memory makes too large a shape
        got[batch] = f"RuntimeError: {error}"
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if got == expected else 1)

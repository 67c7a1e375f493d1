# litert 2.3.0, avg_pool.definition
# y[0, 0, 1, 0] is 0, expected 0.2 (1 of 3 cells differ beyond every rounding)
# avg_pool window=7,1 stride=2,1 padding=same_upper x=1x1x5x1:float32:impulse@0

import base64

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

x = np.array([[[[1],
                [0],
                [0],
                [0],
                [0]]]], "float32")
expected = np.array([[[[0.25],
                       [0.2],
                       [0]]]], "float64")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[2.3841867896616507e-07],
                    [1.9073494317293207e-07],
                    [2.2420775429197073e-44]]]], "float64")
# A .tflite file of one operator, avg_pool; its weights are in it.
model = base64.b64decode(
    "CAAAAFRGTDPG////FAAAACAAAAAkAAAAJAEAAAMAAAABAAAACAAAAAQABAAEAAAAAAAAAAAAAAABAAAA"
    "FAAAAAAADgAYABQAEAAMAAgABAAOAAAAFAAAABwAAAB4AAAAfAAAAIAAAAAEAAAAbWFpbgAAAAABAAAA"
    "FAAAAAAADgAWAAAAEAAMAAsABAAOAAAAIAAAAAAAAAUsAAAAMAAAAAAADgAUAAAAEAAMAAgABAAOAAAA"
    "BwAAAAEAAAACAAAAAQAAAAEAAAABAAAAAQAAAAAAAAABAAAAAQAAAAEAAAAAAAAAAgAAACwAAAAEAAAA"
    "6P///wgAAAAMAAAAAgAAAHQxAAAAAAAADAAMAAgAAAAAAAQADAAAAAgAAAAMAAAAAgAAAHQwAAAEAAAA"
    "AQAAAAUAAAABAAAAAQAAAAEAAAAQAAAADAAMAAsAAAAAAAQADAAAAAEAAAAAAAAB"
)
interpreter = Interpreter(
    model_content=model, num_threads=1,
    experimental_op_resolver_type=OpResolverType.BUILTIN,
)
interpreter.allocate_tensors()
before = interpreter.get_input_details()[0]["index"]
after = interpreter.get_output_details()[0]["index"]
interpreter.set_tensor(before, np.ascontiguousarray(np.moveaxis(x, 1, -1)))
interpreter.invoke()
y = interpreter.get_tensor(after)
results = [np.moveaxis(y, -1, 1) if y.ndim > 1 else y]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
if got.shape == expected.shape:
    got = got.astype("float64")
    raise SystemExit(0 if ((got == expected) | (np.abs(got - expected) <= bound)).all() else 1)
raise SystemExit(1)

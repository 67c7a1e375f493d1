# litert 2.3.0, conv.special-values
# y[0, 0, 0, 0] is 3.40282347e+38, expected inf (1 of 1 cells differ)
# conv x=1x1x1x1:float32:zeros@1 w=1x1x1x1:float32:zeros@0

import base64

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

x = np.array([[[[np.inf]]]], "float32")
w = np.array([[[[1]]]], "float32")
expected = np.array([[[[np.inf]]]], "float32")
# how far rounding can take a correct result, cell by cell
bound = np.array([[[[0]]]], "float64")
# A .tflite file of one operator, conv; its weights are in it.
model = base64.b64decode(
    "CAAAAFRGTDOW////FAAAAFAAAABUAAAAtAEAAAMAAAADAAAAOAAAACAAAAAEAAAA7v///wQAAAAEAAAA"
    "AACAPwAABgAIAAQABgAAAAQAAAAEAAAAAAAAAAQABAAEAAAAAAAAAAAAAAABAAAAFAAAAAAADgAYABQA"
    "EAAMAAgABAAOAAAAFAAAABwAAAB4AAAAfAAAAIAAAAAEAAAAbWFpbgAAAAABAAAAFAAAAAAADgAWAAAA"
    "EAAMAAsABAAOAAAAHAAAAAAAAAEkAAAAKAAAAAAACgAQAA8ACAAEAAoAAAABAAAAAQAAAAAAAAEBAAAA"
    "AwAAAAMAAAAAAAAAAgAAAAEAAAABAAAAAwAAAAEAAAAAAAAABAAAAIwAAABcAAAAIAAAAAQAAACQ////"
    "CAAAAAwAAAACAAAAdDMAAAAAAADU////DAAAAAIAAAAMAAAAAgAAAHQyAAAEAAAAAQAAAAEAAAABAAAA"
    "AQAAAAwAEAAMAAAACAAEAAwAAAAMAAAAAQAAAAwAAAACAAAAdDEAAAEAAAABAAAADAAMAAgAAAAAAAQA"
    "DAAAAAgAAAAMAAAAAgAAAHQwAAAEAAAAAQAAAAEAAAABAAAAAQAAAAEAAAAQAAAADAAQAA8AAAAIAAQA"
    "DAAAAAMAAAACAAAAAAAAAw=="
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

# litert 2.3.0, log_softmax.rejects-invalid
# the process died of SIGSEGV
# log_softmax x=1x0:float32:zeros@0

import base64

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

x = np.zeros((1, 0), "float32")
print("expected: a result, or an error", flush=True)
# A .tflite file of one operator, log_softmax; its weights are in it.
model = base64.b64decode(
    "CAAAAFRGTDPK////FAAAABwAAAAgAAAA/AAAAAMAAAABAAAABAAAAIz///8AAAAAAAAAAAEAAAAUAAAA"
    "AAAOABgAFAAQAAwACAAEAA4AAAAUAAAAHAAAAFwAAABgAAAAZAAAAAQAAABtYWluAAAAAAEAAAAUAAAA"
    "AAAOABQAAAAQAAwACwAEAA4AAAAUAAAAAAAAJBAAAAAUAAAABAAEAAQAAAABAAAAAQAAAAEAAAAAAAAA"
    "AQAAAAEAAAABAAAAAAAAAAIAAAAsAAAABAAAAOj///8IAAAADAAAAAIAAAB0MQAAAAAAAAwADAAIAAAA"
    "AAAEAAwAAAAIAAAADAAAAAIAAAB0MAAAAgAAAAEAAAAAAAAAAQAAABAAAAAMAAwACwAAAAAABAAMAAAA"
    "MgAAAAAAADI="
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
print("got: a result")

# tensorflow 2.21.0, conv.definition
# y[0, 0, 9, 11, 3] is 28, expected 128 (16 of 1547 cells differ)
# conv stride=4,2,1 x=1x32x68x26x9:bfloat16:ramp@0 w=1x32x2x1x3:bfloat16:ramp@0

import base64
import zlib

import ml_dtypes  # NumPy's bfloat16
import os

import numpy as np
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import tensorflow as tf

x = np.frombuffer(zlib.decompress(base64.b85decode(
    "c-rm6F#!Mo2m_!sv)Y<j%?bv9gKpBPZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nw"
    "r$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+q"
    "P}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQH"
    "hO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$("
    "CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}n"
    "wr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+"
    "qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQ"
    "HhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$"
    "(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}"
    "nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO"
    "+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZ"
    "QHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr"
    "$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP"
    "}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHh"
    "O+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(C"
    "ZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nw"
    "r$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+q"
    "P}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQH"
    "hO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$("
    "CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}n"
    "wr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+"
    "qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHhO+qP}nwr$(CZQHi(#|LOBA7}"
)), "bfloat16").reshape((1, 32, 68, 26, 9)).copy()
w = np.array([[[[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]],


               [[[-1, 0, 1]],

                [[-1, 0, 1]]]]], "bfloat16")
expected = np.frombuffer(zlib.decompress(base64.b85decode(
    "c-rm9F%19!2m`Qr!x-97#)Av`G-;}*Cuhve%*@Q}-4<6G1-S"
)), "bfloat16").reshape((1, 1, 17, 13, 7)).copy()
x = tf.constant(np.moveaxis(x, 1, -1))
w = tf.constant(np.transpose(w, (*range(2, w.ndim), 1, 0)))
y = tf.nn.conv3d(
    input=x, filters=w, strides=[1, 4, 2, 1, 1], padding='VALID', dilations=[1, 1, 1, 1, 1]
)
results = [np.moveaxis(y.numpy(), -1, 1)]
got = np.asarray(results[0])
print("expected:", expected, "got:", got, sep="\n")
raise SystemExit(0 if np.array_equal(got, expected, equal_nan=True) else 1)

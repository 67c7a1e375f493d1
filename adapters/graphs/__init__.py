"""Engines that run graphs: each call becomes a model of one node, in ONNX."""

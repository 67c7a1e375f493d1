"""TensorFlow, and Keras on each of its backends."""

"""JAX, and the libraries of layers on it."""

"""Libraries whose functions are called on arrays as they are."""

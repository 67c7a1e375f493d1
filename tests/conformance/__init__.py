"""The laws, as pytest tests: run them with ``pytest --pyargs convspec.conformance --adapter NAME``."""

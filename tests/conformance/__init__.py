"""The laws, as pytest tests: ``pytest --pyargs convspec.conformance --adapter NAME``."""

"""Random runs that take as long as they are given, and keep what they find."""

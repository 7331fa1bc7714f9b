"""Measures: every figure that the README gives, by one command."""

"""Requests as real clients sent them, byte for byte, and the tests that replay them."""

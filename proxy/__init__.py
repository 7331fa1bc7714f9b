"""ANSWERS: the free/busy server."""

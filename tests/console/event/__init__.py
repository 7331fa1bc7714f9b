"""Tests of a move as one event."""

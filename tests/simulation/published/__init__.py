"""Tests of the simulated server of published files."""

"""Tests of the simulated Exchange Online."""

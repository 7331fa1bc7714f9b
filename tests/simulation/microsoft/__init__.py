"""Tests of simulation.microsoft."""

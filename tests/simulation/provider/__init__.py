"""Tests of simulation/provider."""

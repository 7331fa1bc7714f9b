"""Tests of simulation.oidc."""

"""Tests of proxy.fronts."""

"""Tests of proxy/layers."""

"""Tests of console/gal."""

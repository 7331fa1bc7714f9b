"""Tests of galsync.plans."""

"""Tests of galsync.engine.engine."""

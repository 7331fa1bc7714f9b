"""Tests of galsync."""

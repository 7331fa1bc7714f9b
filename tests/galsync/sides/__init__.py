"""Tests of galsync.sides."""

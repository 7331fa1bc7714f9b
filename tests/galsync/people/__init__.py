"""Tests of galsync.people."""

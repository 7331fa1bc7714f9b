"""Tests of galsync/wiring."""

"""Tests of galsync/settings."""

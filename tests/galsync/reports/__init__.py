"""Tests of galsync.reports."""

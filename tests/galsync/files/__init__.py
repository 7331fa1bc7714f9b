"""Tests of address books as files."""

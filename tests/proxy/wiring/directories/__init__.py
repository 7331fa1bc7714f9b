"""Tests of the asking ends of directories."""

"""Tests of what a capture keeps, of what it never keeps, and of replaying it."""

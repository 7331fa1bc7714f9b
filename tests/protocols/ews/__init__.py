"""Tests of Exchange Web Services."""

"""Tests of the Google codecs."""

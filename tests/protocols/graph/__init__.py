"""Tests of the Graph codecs."""

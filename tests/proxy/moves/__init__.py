"""Tests of proxy/moves: lists of those who move, read, watched, and followed."""

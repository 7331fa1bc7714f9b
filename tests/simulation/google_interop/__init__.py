"""Tests of simulation/google_interop."""

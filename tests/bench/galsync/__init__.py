"""Tests of the benchmarks of GAL sync."""

"""The benchmarks of calendar sync in their short forms."""

"""Tests of service/runs: what the runs of all syncs have in common."""

"""Tests of service/jobs: when jobs are due, and who runs them."""

"""Tests of calsync/spokes/."""

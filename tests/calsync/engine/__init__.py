"""The tests of calsync.engine."""

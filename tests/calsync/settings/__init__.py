"""Tests of calsync/settings: what an administrator writes of hubs."""

"""Tests of calsync/wiring: hubs of the settings, opened."""

"""Tests of calsync/ledger: what hubs remember."""

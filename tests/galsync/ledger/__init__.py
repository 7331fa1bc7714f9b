"""Tests of galsync.ledger.ledger."""

"""Tests of service/state/migrations/versions/gal_pair_steps.py."""

from service.state.migrations.versions import gal_pair_steps, gal_tables


def test_it_follows_the_first() -> None:
    assert gal_pair_steps.down_revision == gal_tables.revision

"""Tests of galsync/rules.py: where nothing is said, no field is touched and nobody disappears at once."""

from datetime import timedelta

from galsync.rules import Rules


def test_the_defaults_are_the_careful_ones() -> None:
    rules = Rules(sync="fabrikam")
    assert rules.fields == {}
    assert rules.grace > timedelta(0)
    assert rules.resolutions == {}

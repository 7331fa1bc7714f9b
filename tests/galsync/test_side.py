"""Tests of galsync/side.py: what a reading is where nothing else is said."""

from galsync.side import Reading


def test_a_reading_is_whole_and_cannot_tell_changes_unless_it_says_so() -> None:
    reading = Reading(people=())
    assert reading.whole
    assert reading.token is None

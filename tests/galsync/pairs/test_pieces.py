"""Tests of galsync/pairs/pieces.py."""

from galsync.pairs.pieces import Absent, Back, Part


def test_the_order_of_the_parts() -> None:
    assert [part.value for part in Part] == ["contacts", "groups", "accounts", "sharing", "routes"]


def test_words() -> None:
    assert Absent("HTTP 404").words == "HTTP 404"
    assert Back("x").words == ""

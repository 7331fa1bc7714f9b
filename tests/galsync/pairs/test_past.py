"""Tests of galsync/pairs/past.py."""

from galsync.pairs.accounts import Account
from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Part
from galsync.pairs.record import Row, State
from tests.galsync.pairs.world import NOW


def row(part: Part, state: State, did: str, key: str = "k") -> Row:
    """One that began with nothing."""
    return Row(number=1, part=part, key=key, state=state, was="", did=did, begun_at=NOW)


def test_what_was_seen_to_be_given() -> None:
    def gave(state: State, sku: str, stamp: str = "s") -> Row:
        return row(Part.ACCOUNTS, state, Account(stamp=stamp, enabled=False, skus=(sku,)).text)

    past = Past((gave(State.DONE, "a"), gave(State.LEFT, "b"), gave(State.FAILED, "c"), gave(State.BEGUN, "d")))
    assert past.given("s") == {"a", "b"}
    assert past.given("t") == frozenset()
    assert not past.shared


def test_what_was_done_to_a_piece() -> None:
    past = Past((row(Part.SHARING, State.BEGUN, "x"), row(Part.SHARING, State.DONE, "y", key="other")))
    assert past.of("k") == (("", "x"),)
    assert past.shared
    assert NOTHING_YET.of("k") == ()

"""Messages are remembered as long as they would be accepted, and where memory is full none is forgotten for another."""

from datetime import timedelta

from proxy.auth.replays import Replays
from tests.protocols.ews.wssecurity.world import NOW

MINUTE = timedelta(minutes=1)


def test_messages_are_remembered_as_long_as_they_would_be_accepted() -> None:
    replays = Replays()
    replays.note(b"b", NOW + 3 * MINUTE)
    replays.note(b"a", NOW + MINUTE)
    assert replays.saw(b"a", now=NOW + MINUTE - timedelta(microseconds=1))
    assert not replays.saw(b"a", now=NOW + MINUTE)
    assert replays.saw(b"b", now=NOW + MINUTE)
    assert not replays.saw(b"c", now=NOW)


def test_a_full_memory_says_when_there_is_room() -> None:
    replays = Replays(2)
    for mark, minutes in ((b"a", 5), (b"b", 2)):
        assert replays.full(now=NOW) == 0
        replays.note(mark, NOW + minutes * MINUTE)
    assert replays.full(now=NOW) == 120
    assert replays.saw(b"a", now=NOW)
    assert replays.full(now=NOW + 2 * MINUTE) == 0

"""Messages are remembered as long as they would be accepted, and where memory is full none is forgotten for another."""

from datetime import timedelta

from proxy.auth.replays import OwnMemories, Replays
from tests.protocols.ews.wssecurity.world import NOW

MINUTE = timedelta(minutes=1)


def test_messages_are_remembered_as_long_as_they_would_be_accepted() -> None:
    replays = Replays(skew=MINUTE)
    a, b = NOW, NOW + 2 * MINUTE
    assert replays.note(b"b", b)
    assert replays.note(b"a", a)
    assert replays.saw(b"a", a, now=NOW + MINUTE - timedelta(microseconds=1))
    assert not replays.saw(b"a", a, now=NOW + MINUTE)
    assert replays.saw(b"b", b, now=NOW + MINUTE)
    assert not replays.saw(b"c", b, now=NOW)


def test_a_message_is_noted_once() -> None:
    replays = Replays()
    assert [replays.note(b"a", NOW) for _ in range(2)] == [True, False]


def test_a_full_memory_says_when_there_is_room() -> None:
    replays = Replays(2)
    for mark, minutes in ((b"a", 5), (b"b", 2)):
        assert replays.full(now=NOW) == 0
        replays.note(mark, NOW + minutes * MINUTE)
    assert replays.full(now=NOW) == 120
    assert replays.saw(b"a", NOW + 5 * MINUTE, now=NOW)
    assert replays.full(now=NOW + 2 * MINUTE) == 0


def test_each_caller_has_a_memory_of_its_own() -> None:
    memories = OwnMemories(since=NOW, skew=MINUTE, size=1)
    one, other = memories.of("one"), memories.of("other")
    one.note(b"a", NOW)
    assert (one.full(now=NOW), other.full(now=NOW)) == (60, 0)
    assert memories.doubts() == []

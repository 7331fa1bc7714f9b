"""Days and instants as people write them; nothing without an offset but whole days."""

import pytest

from proxy.moves.instants import instant, written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-20", 1_795_132_800),
        ("2026-11-20T00:00:00Z", 1_795_132_800),
        ("2026-11-20 01:00+01:00", 1_795_132_800),
        ("2026-11-20T00:00:00.9Z", 1_795_132_800),
        ("1970-01-01", 0),
        ("9999-12-31", 253_402_214_400),
    ],
)
def test_instants(text: str, seconds: int) -> None:
    assert instant(text) == seconds
    assert instant(written(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20.11.2026", "no day and no instant"),
        ("2026-13-01", "no day and no instant"),
        ("2026-11-2", "no day and no instant"),
        ("tomorrow", "no day and no instant"),
        ("2026-11-20T18:00", "has no offset"),
        ("1969-12-31", "before 1970"),
        ("9999-12-31T23:00-05:00", "after the year 9999"),
        ("2026-11-20T18:00+01", "has half an offset"),
    ],
)
def test_what_is_none_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        instant(text)

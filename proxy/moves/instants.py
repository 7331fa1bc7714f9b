"""Instants of moves as people write them: a day, which begins at midnight UTC, or an instant with its offset."""

import re
from datetime import UTC, date, datetime
from typing import Final

_EXAMPLE: Final = "2026-11-20, or 2026-11-20T18:00+01:00"
_CUT: Final = re.compile(r".*[0-9][+-][0-9]{2}")  # as a file may end that is written still
_LAST: Final = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


def instant(text: str) -> int:
    """Seconds since 1970. Raises ValueError in words: what it is not, and how it is written."""
    try:
        if len(text) <= 10:
            when = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        else:
            when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text[:100]}" is no day and no instant: write {_EXAMPLE}') from None
    if when.tzinfo is None:
        raise ValueError(f'"{text[:100]}" has no offset: add Z for UTC, or one such as +01:00')
    if len(text) > 10 and _CUT.fullmatch(text):
        raise ValueError(f'"{text[:100]}" has half an offset: write it whole, such as +01:00')
    seconds = int(when.timestamp())
    if seconds > _LAST:
        raise ValueError(f'"{text[:100]}" is after the year 9999 in UTC: write {_EXAMPLE}')
    if seconds < 0:
        raise ValueError(f'"{text[:100]}" is before 1970: write {_EXAMPLE}')
    return seconds


def written(seconds: int) -> str:
    """The instant as :func:`instant` reads it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

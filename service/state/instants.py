"""Instants as whole microseconds since 1970, in UTC: SQLite drops zones, and no database rounds a whole number."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_number(instant: datetime) -> int:
    """Microseconds since 1970, exactly. ValueError where ``instant`` has no zone."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant}")
    return (instant - _EPOCH) // _MICROSECOND


def from_number(number: int) -> datetime:
    """The instant, in UTC, that :func:`to_number` gave the number of."""
    return _EPOCH + number * _MICROSECOND

"""When a certificate is renewed, and how long a renewal that failed waits for the next try; pure."""

from datetime import datetime, timedelta
from typing import Final

_PART: Final = 2 / 3  # of the life: a month of ninety days is left for authorities that are down
_SPREAD: Final = 1 / 30  # of the life, so that many servers installed on one day do not all come on one day
_FIRST, _LONGEST = timedelta(minutes=5), timedelta(hours=6)


def due(begins: datetime, ends: datetime, *, jitter: float) -> datetime:
    """The instant to renew at: two thirds of the life, and up to a thirtieth more. ``jitter`` is from 0 to 1."""
    return begins + (ends - begins) * (_PART + _SPREAD * jitter)


def pause(failures: int, *, jitter: float) -> timedelta:
    """How long to wait after so many failures in a row: five minutes, then twice as long each time, up to six hours.

    Up to a quarter more by ``jitter``. Four tries in the first hour are less than the five failed validations that
    Let's Encrypt allows a name.
    """
    length = min(_FIRST * (1 << min(max(failures - 1, 0), 16)), _LONGEST)
    return length * (1 + jitter / 4)

"""The instants of security headers and tokens: UTC, read strictly, and compared with clocks that may be off."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from protocols.ews.wssecurity.refusal import SecurityRefused

_WRITTEN: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


def instant(text: str | None) -> datetime:
    """An xs:dateTime in UTC ("Z"), cut to microseconds. Raises SecurityRefused."""
    match = _WRITTEN.fullmatch((text or "").strip())
    if match is None:
        raise SecurityRefused("no-instant")
    try:
        return datetime.fromisoformat(match[1]).replace(microsecond=int(f"{match[2] or 0:0<6}"[:6]), tzinfo=UTC)
    except ValueError:
        raise SecurityRefused("no-instant") from None


def check_span(begins: datetime, ends: datetime, *, now: datetime, skew: timedelta, what: str) -> None:
    """Raises SecurityRefused where ``now`` is not in [begins, ends), both moved by ``skew``; ``what`` goes into it."""
    if ends <= begins:
        raise SecurityRefused(f"{what}-ends-before-it-begins")
    if now + skew < begins:
        raise SecurityRefused(f"{what}-not-valid-yet")
    if now - skew >= ends:
        raise SecurityRefused(f"{what}-expired")

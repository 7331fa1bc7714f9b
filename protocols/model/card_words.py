"""Makes one contact of whatever a system says of it: the form of a Card that is the same from every system."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Final

from protocols.model import texts
from protocols.model.card import Address
from protocols.model.texts import LONGEST, categories, cut, line

__all__ = [
    "LONGEST", "NO_YEAR", "categories", "cut", "day", "emails", "instant", "line", "lines", "moment", "said",
]  # fmt: skip

NO_YEAR: Final = 1604
"""The year of a birthday whose year nobody said; it has a 29th of February (Card)."""
_NOON: Final = timedelta(hours=12)


def lines(value: object) -> str:
    """``value`` as lines ended by \\n, none of them with spaces around the whole; "" for what is no text."""
    return texts.lines(value).strip()


def emails(values: Iterable[object]) -> tuple[tuple[str, ...], bool]:
    """The mail addresses among ``values`` in their order, each once whatever its letter case; and whether there is
    something else among them, as Outlook has it of people of its own organisation ("/o=ExchangeLabs/…")."""
    found: dict[str, str] = {}
    others = False
    for value in values:
        told = line(value)
        if "@" in told and not told.startswith("/"):
            found.setdefault(told.lower(), told)
        elif told:
            others = True
    return tuple(found.values()), others


def said(address: Address) -> bool:
    """Whether there is anything in it."""
    return any(getattr(address, each.name) for each in fields(address))


def day(value: object) -> date | None:
    """The day that a server of Microsoft's means by an instant: the nearest midnight of UTC, since programs write the
    midnight of whatever zone they are in, or 11:59 UTC, which is on that day in most. None for what is no instant."""
    if not isinstance(value, str) or not value:
        return None
    try:
        told = datetime.fromisoformat(value)
        told = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
        return (told + _NOON).date() if 1 < told.year < 4500 else None  # Outlook has 4501-01-01 for "none"
    except (ValueError, OverflowError):
        return None


def instant(birthday: date) -> str:
    """``birthday`` as :func:`day` reads it, from everywhere between UTC-11 and UTC+12."""
    return f"{birthday.isoformat()}T11:59:00Z"


def moment(value: object) -> datetime | None:
    """An instant as servers tell it, aware UTC; None for what is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        told = datetime.fromisoformat(value)
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

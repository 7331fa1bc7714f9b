"""Names an item that is left aside, for whoever asks why, without telling more of it than its spoke gives."""

from typing import Final

from calsync.contents import title
from calsync.items import Content, Fields
from calsync.plans.details import BUSY, masked
from calsync.plans.giving import filtered, is_private, treated
from calsync.rules import Detail, Gives, Kind, Treat
from protocols.model.card import Card
from protocols.model.event import Days, Event

PRIVATE: Final = "a private item"
UNTOLD: Final = "an item that is not given"


def named(content: Content, fields: Fields, gives: Gives | None) -> str:
    """What people call it, as far as a spoke with these rules gives its title; else what sort of item it is, and of an
    event when it begins: no rule is kept if what it holds back stands in the ledger. ``fields`` are those of
    ``content``."""
    if gives is None:
        return _only_when(UNTOLD, content)
    if is_private(content) and gives.private is not Treat.COPY:
        return _only_when(PRIVATE, content)
    if filtered(content, fields, gives):
        return _only_when(UNTOLD, content)
    if gives.detail is not Detail.BUSY and treated(content, gives)[0] is not Treat.BUSY:
        return title(fields)
    return title(masked(fields, BUSY, Kind.CONTACTS)) if isinstance(content, Card) else _only_when(UNTOLD, content)


def _only_when(sort: str, content: Content) -> str:
    if not isinstance(content, Event):
        return sort
    when = content.when
    begins = when.first.isoformat() if isinstance(when, Days) else f"{when.start:%Y-%m-%d %H:%M} UTC"
    return f"{sort}, {begins}"

"""Reads and writes contacts of EWS as Cards, a batch at a time, in a mailbox or among the public folders."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.calendar_items import elements
from protocols.ews.calendar_reading import Unreadable
from protocols.ews.card_fields import CardContact, card_contact
from protocols.ews.card_paths import SHAPE
from protocols.ews.contacts import MOST
from protocols.ews.mailbox_access import MailboxAccess

T = TypeVar("T")
R = TypeVar("R")
Told: TypeAlias = CardContact | Unreadable | None
_MALFORMED: Final = "ErrorSchemaValidation"


async def some(access: MailboxAccess, keys: Sequence[str], *, as_of: datetime) -> dict[str, Told]:
    """The contacts under ``keys``, None for what is not there any more. Raises PeerError."""
    found = await elements(access, keys, SHAPE, as_of=as_of, most=MOST)
    return {key: card_contact(told) if isinstance(told, etree._Element) else told for key, told in found.items()}


async def in_pieces(
    call: Callable[[Sequence[T]], Awaitable[Sequence[R]]], parts: Sequence[T]
) -> list[R | PeerError]:  # fmt: skip
    """What ``call`` says of each of ``parts``; its own error for each where it fails as a whole. What Exchange calls
    malformed is not done at all: by halves it is found out which of them it is."""
    if not parts:
        return []
    try:
        return list(await call(parts))
    except PeerError as error:
        if _MALFORMED not in error.detail or len(parts) == 1:
            return [error] * len(parts)
    middle = len(parts) // 2
    return [*await in_pieces(call, parts[:middle]), *await in_pieces(call, parts[middle:])]

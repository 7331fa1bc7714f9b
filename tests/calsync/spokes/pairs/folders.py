"""The folders of contacts that a pair is made of: each a simulated system with somebody who works in it, by name."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Final

from protocols.model.card import Address, Card, Phone, Place
from tests.calsync.spokes import test_exchange_contacts, test_google_contacts, test_graph_contacts
from tests.calsync.spokes.pairs.sides import Side
from tests.contracts.spoke_cards import CARDS


@asynccontextmanager
async def google() -> AsyncIterator[Side[Card]]:
    """The contacts of a Google user."""
    async with test_google_contacts.staged(called="google") as (stage, *_):
        yield Side(stage=stage)


@asynccontextmanager
async def graph() -> AsyncIterator[Side[Card]]:
    """A folder in Microsoft 365."""
    async with test_graph_contacts.staged(called="m365") as (stage, *_):
        yield Side(stage=stage)


@asynccontextmanager
async def ews() -> AsyncIterator[Side[Card]]:
    """A folder in a mailbox of an Exchange server."""
    async with test_exchange_contacts.staged(called="exchange") as (stage, *_):
        yield Side(stage=stage)


@asynccontextmanager
async def public() -> AsyncIterator[Side[Card]]:
    """A public folder of an Exchange server."""
    async with test_exchange_contacts.public() as (stage, *_):
        yield Side(stage=stage)


FOLDERS: Final[Mapping[str, Callable[[], AbstractAsyncContextManager[Side[Card]]]]] = {
    "google": google,
    "graph": graph,
    "ews": ews,
    "public": public,
}
PAIRS: Final = [(one, other) for one in FOLDERS for other in FOLDERS if one != other]
"""Where somebody is entered, and where the copy is made."""

_ANN: Final = Card(display_name="Ann", given_name="Ann")
_NASTY: Final[dict[str, Card]] = {
    "every telephone": replace(_ANN, phones={each: f"+49 30 {number}" for number, each in enumerate(Phone, 1)}),
    "every place": replace(
        _ANN, places={each: Address(street=f"{each.value} 1\nc/o B", city="Köln", country="DE") for each in Place}
    ),
    "private": replace(_ANN, private=True),
    "no name": Card(emails=("nobody@b.example",)),
    "emoji": replace(_ANN, nickname="\U0001f469\u200d\U0001f467", notes="\U0001f1e9\U0001f1ea\n\n  two spaces before"),
    "long notes": replace(_ANN, notes="\n".join(["Lang " * 63 + "x"] * 20)),
    "letter case of mail": replace(_ANN, emails=("Ann.Upper@B.example",)),
    "markup": replace(_ANN, company="<b>A & B</b>", notes="<p>&amp;</p>\\n ; ,"),
}
TABLE: Final[dict[str, Card]] = {
    name: replace(card, display_name=f"{name}: {card.display_name}".strip(": ")) if card.display_name else card
    for name, card in (CARDS | _NASTY).items()
}

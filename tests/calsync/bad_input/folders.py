"""The folders of contacts that bad input comes from, each with a gate before its spoke, as the calendars have it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from calsync.rules import Kind
from protocols.model.card import Card
from tests.calsync.bad_input.corners import Corner, Cornered
from tests.calsync.bad_input.gate import Gate, Patch, in_ews, in_json, in_people
from tests.calsync.spokes import test_exchange_contacts, test_google_contacts, test_graph_contacts
from tests.calsync.spokes.contacts_world import Lossy
from tests.contracts.spoke_world import Stage


@asynccontextmanager
async def google() -> AsyncIterator[Corner]:
    """The contacts of a Google user."""
    async with test_google_contacts.staged(called="google") as (stage, _, _, way):
        yield corner(stage, way, in_people)


@asynccontextmanager
async def graph() -> AsyncIterator[Corner]:
    """The contacts of a mailbox in Microsoft 365."""
    async with test_graph_contacts.staged(called="m365") as (stage, _, _, way):
        yield corner(stage, way, in_json)


@asynccontextmanager
async def ews() -> AsyncIterator[Corner]:
    """The contacts of a mailbox on an Exchange server."""
    async with test_exchange_contacts.staged(called="fabrikam") as (stage, _, _, way):
        yield corner(stage, way, in_ews)


@asynccontextmanager
async def public() -> AsyncIterator[Corner]:
    """A public folder of contacts on an Exchange server."""
    async with test_exchange_contacts.public() as (stage, _, _, way):
        yield corner(stage, way, in_ews)


def corner(stage: Stage[Card], way: Lossy, spoil: Callable[[bytes, Mapping[str, Patch]], bytes]) -> Corner:
    """A gate between the spoke of ``stage`` and its ``way``."""
    gate = Gate(way._send, spoil)
    way._send = gate
    return Corner(
        spoke=stage.spoke, user=stage.user, gate=gate, kind=Kind.CONTACTS, pass_=way.pass_, expire=stage.expire
    )


FOLDERS: Final[dict[str, Cornered]] = {
    "google contacts": google,
    "graph contacts": graph,
    "ews contacts": ews,
    "public contacts": public,
}

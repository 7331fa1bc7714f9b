"""Whose mailboxes get a list of contacts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from galsync.sides.mailbox_contacts_places import Everybody, Group, Listed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person
from simulation.address_book import AddressBook
from simulation.faults import Trouble
from tests.contracts.source import somebody
from tests.galsync.sides.mailbox_world import NOW, Mailboxes, mailboxes

GUEST: Final = somebody("guest", Kind.CONTACT)
MAIL_USER: Final = somebody("elsewhere", primary=Mailbox.parse("elsewhere@else.example"))
SHARED: Final = somebody("shared", disabled=True)
NAMELESS: Final = somebody("nameless", primary=None)
TEAM: Final = somebody("team", Kind.GROUP, members=("bob@b.example", "inner@b.example", "guest@b.example"))
INNER: Final = somebody("inner", Kind.GROUP, members=("room@b.example", "ann@b.example"))
PEOPLE: Final = (
    somebody("bob"),
    somebody("ann"),
    somebody("carl"),
    somebody("room", Kind.ROOM),
    *(GUEST, MAIL_USER, SHARED, NAMELESS, TEAM, INNER),
)


@asynccontextmanager
async def world() -> AsyncIterator[Mailboxes]:
    async with mailboxes(book=AddressBook(PEOPLE)) as found:
        found.server.people.page = 3  # type: ignore[union-attr]
        yield found


def everybody(found: Mailboxes, **more: object) -> Everybody:
    fields: dict[str, object] = {"domains": frozenset({"b.example"}), **more}
    return Everybody(send=found.send, api_url=found.server.url, clock=lambda: NOW, **fields)  # type: ignore[arg-type]


async def test_everybody_is_whoever_has_a_mailbox_of_their_own() -> None:
    async with world() as found:
        told = await everybody(found)()
    assert list(told.items()) == [(f"{name}@b.example", f"anchor-{name}") for name in ("ann", "bob", "carl")]


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        ({"rooms": True}, {"room@b.example"}),
        ({"blocked": True}, {"shared@b.example"}),
        ({"domains": frozenset()}, {"elsewhere@else.example"}),
        ({"tells_rooms": False, "blocked": True}, {"shared@b.example", "room@b.example"}),
    ],
)
async def test_others_are_there_where_they_are_asked_for(asked: dict[str, object], more: set[str]) -> None:
    async with world() as found:
        told = await everybody(found, **asked)()
    assert set(told) == {"ann@b.example", "bob@b.example", "carl@b.example"} | more


async def test_nobody_is_asked_for_rooms_where_they_are_not_told() -> None:
    async with world() as found:
        found.server.faults.trouble = Trouble.DENIED
        found.server.faults.only = lambda call: "/places/" in call.path
        assert "bob@b.example" in await everybody(found, tells_rooms=False)()
        with pytest.raises(PeerError):
            await everybody(found)()


async def test_a_filter_judges_who_is_left() -> None:
    def takes(person: Person) -> bool:
        return str(person.primary).startswith("b")

    async with world() as found:
        assert list(await everybody(found, takes=takes)()) == ["bob@b.example"]


async def test_a_group_with_the_groups_in_it_and_nobody_who_has_no_mailbox() -> None:
    async with world() as found:
        told = await Group(everybody=everybody(found), group=Mailbox.parse("team@b.example"))()
        assert list(told) == ["ann@b.example", "bob@b.example"]
        with pytest.raises(PeerError) as raised:
            await Group(everybody=everybody(found), group=Mailbox.parse("no.group@b.example"))()
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX
    assert "no.group@b.example" in str(raised.value)


async def test_half_a_list_is_an_error() -> None:
    async with world() as found:
        found.server.faults.trouble = Trouble.LOST_PAGE
        with pytest.raises(PeerError):
            await everybody(found)()


async def test_who_is_written_down_is_taken_as_it_is() -> None:
    boxes = [Mailbox.parse(each) for each in ("B@b.example", "a@b.example", "b@b.example")]
    assert list(await Listed(boxes)()) == ["b@b.example", "a@b.example"]

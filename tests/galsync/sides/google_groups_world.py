"""A simulated Workspace whose groups are written, and what the tests of them have in common."""

from dataclasses import replace
from typing import Final

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Target, Written
from galsync.sides.google_groups_target import GoogleGroupsTarget
from galsync.sides.google_groups_writing import GroupWriter
from galsync.sides.google_own_groups import OwnGroups
from galsync.sides.shared_contacts_target import SharedContactsTarget
from protocols.google import groups, people
from protocols.google.shared_contacts import SCOPE
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from tests.contracts.target import create
from tests.galsync.sides.google_world import ADMIN, Workspace

DOMAIN: Final = "northwind.example"
JACK: Final = Person(
    anchor="u-jack", kind=Kind.USER, primary=Mailbox.parse(f"jack@{DOMAIN}"), aliases=(f"jack.alias@{DOMAIN}",)
)


def target_of(world: Workspace, sync: str = "fabrikam") -> GoogleGroupsTarget:
    """The target of that sync, with the rights that it asks for and no others."""
    scopes = (groups.GROUPS_SCOPE, groups.MEMBERS_SCOPE)
    own = OwnGroups(
        world.send_as(ADMIN, people.USERS_SCOPE, *scopes), sync=sync, pace=world.pace, api_url=world.server.url
    )
    contacts = SharedContactsTarget(
        "google",
        sync=sync,
        domain=DOMAIN,
        send=world.send_as(ADMIN, SCOPE),
        own=own,
        pace=world.pace,
        api_url=world.server.url,
    )
    writer = GroupWriter(world.send_as(ADMIN, *scopes), sync=sync, pace=world.pace, api_url=world.server.url)
    return GoogleGroupsTarget(contacts, writer, domains=frozenset({DOMAIN}))


def put(world: Workspace, address: str, name: str, description: str = "", *members: str) -> None:
    """Somebody else makes a group."""
    assert world.server.book is not None
    texts = {Field.DISPLAY_NAME: name, **({Field.NOTES: description} if description else {})}
    address_of = Mailbox.parse(address)
    world.server.book.put(Person(anchor=f"g-{name}", kind=Kind.GROUP, primary=address_of, texts=texts, members=members))


def change(world: Workspace, address: str, *more: str, **texts: str) -> None:
    """Somebody else adds members to a group, or writes its texts."""
    stands = group_in(world, address)
    assert world.server.book is not None
    told = {**stands.texts, **{Field(key): text for key, text in texts.items()}}
    world.server.book.put(replace(stands, members=(*stands.members, *more), texts=told))


def group_in(world: Workspace, address: str) -> Person:
    """The group as it stands there."""
    assert world.server.book is not None
    found = world.server.book.find(address)
    assert found is not None
    return found


def group(name: str, *members: str, **texts: str) -> Entry:
    """A group of the domain; members by whole address, or by the name of somebody of b.example."""
    told = {Field.DISPLAY_NAME: name.title(), **{Field(key): text for key, text in texts.items()}}
    names = tuple(each if "@" in each else f"{each}@b.example" for each in members)
    address = Mailbox.parse(f"{name}@{DOMAIN}")
    return Entry(anchor=f"ad:{name}", form=Form.GROUP, address=address, texts=told, members=names)


async def held_groups(target: Target) -> list[Held]:
    """All groups that stand there."""
    return [held async for held in target.held("") if held.form is Form.GROUP]


async def one_written(target: Target, entry: Entry) -> Held:
    """The group, made and read back."""
    assert isinstance((await target.write("", [create(entry)]))[0], Written)
    [held] = [each for each in await held_groups(target) if each.stamp == Stamp("fabrikam", entry.anchor)]
    return held

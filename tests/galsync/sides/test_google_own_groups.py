"""Groups of a Google domain as they are read: with members where they are ours, and by a source not at all."""

from dataclasses import replace

import pytest

from galsync.entries import Stamp
from galsync.sides.google_source import GoogleSource, Wishes
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from simulation.address_book import AddressBook
from tests.galsync.sides.google_groups_world import DOMAIN, JACK, group, held_groups, one_written, put, target_of
from tests.galsync.sides.google_world import workspace


async def test_members_are_read_of_our_groups_alone_and_looking_tells_them_too() -> None:
    async with workspace(AddressBook([JACK])) as world:
        target = target_of(world)
        ours = await one_written(target, group("all", "ann"))
        put(world, f"theirs@{DOMAIN}", "Theirs", "", "x@b.example")
        put(world, f"other@{DOMAIN}", "Other", "busyline:other/ad:x", "x@b.example")
        del world.requests[:]
        held = {each.addresses: each for each in await held_groups(target)}
        assert len([one for one in world.requests if "/members" in one.url]) == 1
        theirs, other = held[frozenset({f"theirs@{DOMAIN}"})], held[frozenset({f"other@{DOMAIN}"})]
        assert (theirs.members, theirs.stamp, bool(theirs.readonly)) == ((), None, True)
        assert (other.members, other.stamp) == ((), Stamp("other", "ad:x"))
        found = await target.look("", [ours.key], [f"theirs@{DOMAIN}", f"jack.alias@{DOMAIN}"])
    assert {each.key: each for each in found} == {
        ours.key: ours,
        theirs.key: theirs,
        "directory:u-jack": next(each for each in found if each.address == JACK.primary),
    }
    assert replace(ours, members=()) != ours


@pytest.mark.parametrize(
    "description", ["busyline:s/a", "Notes\nbusyline:s/a", "busyline:s/a\r\nwords below", "Notes\r\n busyline:s/a \r\n"]
)
async def test_a_source_never_tells_a_group_that_was_copied_here(description: str) -> None:
    async with workspace() as world:
        put(world, f"sales@{DOMAIN}", "Sales", description)
        put(world, f"own@{DOMAIN}", "Own", "tells of busyline:s/a in a sentence")
        source = GoogleSource("google", world.send_as(), Wishes(rooms=False), pace=world.pace, api_url=world.server.url)
        reading = await source.read()
    assert [one.primary.address for one in reading.people if one.primary] == [f"own@{DOMAIN}"]
    assert reading.left == {Left.OURS: 1}


async def test_a_member_page_that_is_lost_is_an_error() -> None:
    async with workspace() as world:
        target = target_of(world)
        await one_written(target, group("all", "ann", "bob"))
        world.server.largest_page = 1
        world.server.lost_pages = True
        with pytest.raises(PeerError) as error:
            await held_groups(target)
    assert error.value.reason is Reason.INCOMPLETE

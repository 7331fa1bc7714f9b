"""What every directory tells, whichever system keeps it."""

from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from proxy.hops import HEADER, hop_of
from simulation.directory import everybody_in
from tests.proxy.wiring.directories.served import HOP, directory


async def assert_a_group_is_flattened(kind: str, group: Mailbox, person: Mailbox, tmp_path: Path) -> None:
    """Circles included; a ``person`` is no group, and one member too many is told."""
    async with directory(kind, tmp_path) as (asked, _):
        found = await asked.members(group)
        assert found is not None
        assert sorted(one.address for one in found) == sorted(everybody_in(group.address))
        assert await asked.members(person) is None
        with pytest.raises(PeerError) as caught:
            await asked.members(group, most=2)
    assert caught.value.reason is Reason.GROUP_TOO_LARGE


async def assert_one_list_of_rooms(kind: str, name: str, rooms: set[str], person: Mailbox, tmp_path: Path) -> None:
    """The only room list is called ``name`` and holds ``rooms``; a ``person`` is no list."""
    async with directory(kind, tmp_path) as (asked, server):
        (one,) = await asked.room_lists()
        assert one.name == name
        assert {room.address.address for room in await asked.rooms(one.address)} == rooms
        assert await asked.rooms(person) == ()
        assert server.calls[-1].headers[HEADER.lower()] == HOP


async def assert_hops_are_told(kind: str, group: Mailbox, tmp_path: Path) -> None:
    """Ours where groups are asked about, which all share; those of the asker before it where rooms are."""
    other = hop_of("https://other.example")
    async with directory(kind, tmp_path) as (asked, server):
        await asked.members(group)
        assert server.calls[-1].headers[HEADER.lower()] == HOP
        (one,) = await asked.room_lists(hops=(other,))
        assert server.calls[-1].headers[HEADER.lower()] == f"{other}, {HOP}"
        await asked.rooms(one.address, hops=(other,))
        assert server.calls[-1].headers[HEADER.lower()] == f"{other}, {HOP}"

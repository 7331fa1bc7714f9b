"""Tests of proxy/wiring/directories/google.py."""

from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from simulation.directory import everybody_in
from tests.proxy.wiring.directories.served import directory

GROUP, PERSON = (
    Mailbox.parse(address) for address in ("sydney-team@northwind.example", "jack.thompson@northwind.example")
)


async def test_groups_in_circles_are_flattened(tmp_path: Path) -> None:
    async with directory("google", tmp_path) as (asked, _):
        found = await asked.members(GROUP)
        assert found is not None
        assert sorted(one.address for one in found) == sorted(everybody_in(GROUP.address))
        assert await asked.members(PERSON) is None
        with pytest.raises(PeerError) as caught:
            await asked.members(GROUP, most=2)
    assert caught.value.reason is Reason.GROUP_TOO_LARGE


async def test_room_lists_and_their_rooms(tmp_path: Path) -> None:
    async with directory("google", tmp_path) as (asked, _):
        (one,) = await asked.room_lists()
        assert one.name == "Sydney & Kolkata"
        assert {room.address.address for room in await asked.rooms(one.address)} == {
            "c_aurora@resource.calendar.google.com",
            "c_ganges@resource.calendar.google.com",
        }
        assert await asked.rooms(PERSON) == ()


async def test_lists_and_rooms_are_read_together_and_a_failure_is_not_kept(tmp_path: Path) -> None:
    async with directory("google", tmp_path) as (asked, server):
        server.directory_down = True
        with pytest.raises(PeerError):
            await asked.room_lists()
        server.directory_down = False
        (one,) = await asked.room_lists()
        calls = len(server.calls)
        await asked.rooms(one.address)
        assert len(server.calls) == calls

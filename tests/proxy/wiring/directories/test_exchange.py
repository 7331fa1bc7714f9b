"""Tests of proxy/wiring/directories/exchange.py."""

from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from simulation.directory import everybody_in
from tests.proxy.wiring.directories.served import directory

GROUP, PERSON = (Mailbox.parse(address) for address in ("merger-team@fabrikam.example", "frieda.lang@fabrikam.example"))


async def test_groups_in_circles_are_flattened(tmp_path: Path) -> None:
    async with directory("ews", tmp_path) as (asked, _):
        found = await asked.members(GROUP)
        assert found is not None
        assert sorted(one.address for one in found) == sorted(everybody_in(GROUP.address))
        assert await asked.members(PERSON) is None
        with pytest.raises(PeerError) as caught:
            await asked.members(GROUP, most=2)
    assert caught.value.reason is Reason.GROUP_TOO_LARGE


async def test_room_lists_and_their_rooms(tmp_path: Path) -> None:
    async with directory("ews", tmp_path) as (asked, _):
        (one,) = await asked.room_lists()
        assert one.name == "New York"
        assert {room.address.address for room in await asked.rooms(one.address)} == {
            "room.hudson@fabrikam.example",
            "room.bronx@fabrikam.example",
        }
        assert await asked.rooms(PERSON) == ()

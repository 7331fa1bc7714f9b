"""Tests of proxy/wiring/directories/graph.py."""

from pathlib import Path

from protocols.model.mailbox import Mailbox
from tests.proxy.wiring.directories.told import (
    assert_a_group_is_flattened,
    assert_hops_are_told,
    assert_one_list_of_rooms,
)

GROUP, PERSON = (
    Mailbox.parse(address) for address in ("berlin-team@contoso.example", "anna.schneider@contoso.example")
)


async def test_groups_in_circles_are_flattened(tmp_path: Path) -> None:
    await assert_a_group_is_flattened("graph", GROUP, PERSON, tmp_path)


async def test_room_lists_and_their_rooms(tmp_path: Path) -> None:
    rooms = {"room.elbe@contoso.example", "room.spree@contoso.example"}
    await assert_one_list_of_rooms("graph", "Berlin", rooms, PERSON, tmp_path)


async def test_hops_are_told(tmp_path: Path) -> None:
    await assert_hops_are_told("graph", GROUP, tmp_path)

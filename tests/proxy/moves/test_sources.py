"""A group that is not there is an error, never an empty list."""

from collections.abc import Sequence

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from protocols.model.rooms import Room, RoomList
from proxy.moves.sources import AttributeSource, GroupSource, SourceError

ANN, GROUP = Mailbox.parse("ann@contoso.example"), Mailbox.parse("moved@contoso.example")


class One:
    """A directory with one group."""

    async def members(self, group: Mailbox, *, most: int | None = None) -> tuple[Mailbox, ...] | None:
        """Of the one."""
        return (ANN,) if group == GROUP else None

    async def room_lists(self, *, hops: Sequence[str] = ()) -> tuple[RoomList, ...]:
        """None."""
        return ()

    async def rooms(self, room_list: Mailbox, *, hops: Sequence[str] = ()) -> tuple[Room, ...]:
        """None."""
        return ()


async def test_members_have_moved() -> None:
    assert await GroupSource(One(), GROUP).movers() == [Mover(ANN)]
    with pytest.raises(SourceError, match="has no group"):
        await GroupSource(One(), ANN).movers()


async def test_an_attribute_is_asked_for() -> None:
    async def ask() -> list[Mover]:
        return [Mover(ANN, "2026-11-20")]

    assert await AttributeSource(ask).movers() == [Mover(ANN, "2026-11-20")]

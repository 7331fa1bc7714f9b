"""Tests of proxy/directories/shelf.py."""

from datetime import timedelta

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.directories.shelf import RoomShelf
from tests.contracts.virtual import now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes


def test_lists_and_rooms_are_kept_and_failures_counted() -> None:
    async def told() -> None:
        b = ScriptedDirectory(lists={"hq@b.example": ("elbe@b.example",)})
        shelf = RoomShelf({"b": (b, timedelta(minutes=10))}, clock=now)
        assert shelf.names == ("b",)
        for _ in range(3):
            (one,) = await shelf.lists("b")  # type: ignore[misc]
            (room,) = await shelf.rooms("b", one.address)  # type: ignore[misc]
        assert (one.address.address, room.address.address) == ("hq@b.example", "elbe@b.example")
        assert b.asked == ["lists", "hq@b.example"]
        b.failure = PeerError(Reason.UNREACHABLE)
        assert isinstance(await shelf.rooms("b", boxes("other@b.example")[0]), PeerError)
        assert shelf.failures("b") == 1
        await shelf.close()

    run(told())


def test_no_rooms_are_an_answer() -> None:
    async def told() -> None:
        b = ScriptedDirectory()
        shelf = RoomShelf({"b": (b, timedelta(minutes=10))}, clock=now)
        assert [await shelf.lists("b") for _ in range(2)] == [(), ()]
        assert b.asked == ["lists"]

    run(told())

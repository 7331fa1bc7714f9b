"""Tests of galsync/sides/staff_folder.py: who is taken of a folder, under which name, and who is not."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest

from galsync.sides.staff_folder import StaffFolder
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field


@dataclass(frozen=True)
class Told:
    key: str
    stamp: str = ""
    address: Mailbox | None = None
    addresses: tuple[str, ...] = ()
    texts: dict[Field, str] = field(default_factory=dict)
    unreadable: str = ""


@dataclass(frozen=True)
class Below:
    key: str
    name: str


ANN = Mailbox.parse("ann@b.example")


async def _pages(*pages: Iterable[Told]) -> AsyncIterator[Iterable[Told]]:
    for page in pages:
        yield page


async def test_who_is_taken_and_who_is_not() -> None:
    theirs, ours = "busyline:theirs/ad:7", "busyline:ours/ad:8"
    first = [Told("k1", address=ANN, addresses=("ann@b.example", "a@b.example")), Told("k2", stamp=theirs, address=ANN)]
    second = [Told("k3", stamp=ours, address=ANN), Told("k4", unreadable="no address"), Told("k5", stamp="busyline:?")]
    reading = await StaffFolder("", frozenset({"theirs"})).reading(_pages(first, second))
    assert [(who.anchor, who.aliases) for who in reading.people] == [("k1", ("a@b.example",)), ("theirs/ad:7", ())]
    assert reading.left == {Left.OURS: 2, Left.BAD_ADDRESS: 1}
    assert reading.named == (("ann@b.example", Left.OURS), ("no address", Left.BAD_ADDRESS), ("k5", Left.OURS))


def test_the_folder_is_found_by_its_name_whatever_the_capitals() -> None:
    assert StaffFolder("Staff").among([Below("1", "Other"), Below("2", "STAFF")]) == "2"
    with pytest.raises(PeerError, match="no folder of contacts called Staff") as error:
        StaffFolder("Staff").among([])
    assert error.value.reason is Reason.NO_SUCH_MAILBOX

"""Tests of proxy/directories/book.py."""

from datetime import timedelta

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.directories.book import PLAIN, Expanding, GroupBook, Membership
from routing.ways import Leg
from tests.contracts.virtual import now, run
from tests.proxy.directories.scripted import ScriptedDirectory, boxes

TEAM, ANN = (Leg("b", mailbox) for mailbox in boxes("team@b.example", "ann@b.example"))


def _book(directory: ScriptedDirectory) -> GroupBook:
    b = Expanding(
        directory=directory, concerns=lambda mailbox: mailbox.domain == "b.example", keep=timedelta(minutes=10)
    )
    return GroupBook({"b": b}, clock=now)


def test_a_group_a_person_and_a_failure() -> None:
    async def told() -> None:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)})
        book = _book(directory)
        assert book.look(TEAM) is None
        assert await book.ask(TEAM) == book.look(TEAM) == Membership(boxes("ann@b.example"), "b")
        assert await book.ask(ANN) is book.look(ANN) is PLAIN
        directory.failure = PeerError(Reason.UNAUTHORIZED)
        other = Leg("b", *boxes("other@b.example"))
        assert await book.ask(other) == book.look(other) == Membership(source="b", reason=Reason.UNAUTHORIZED)
        assert book.failures("b") == 1
        await book.close()

    run(told())


def test_whom_a_directory_is_asked_about() -> None:
    book = _book(ScriptedDirectory())
    (asked,) = boxes("team@alias.example")
    assert book.concerns(TEAM, asked)  # by the address that the connector knows
    assert not book.concerns(Leg("b", asked), asked)
    assert not book.concerns(Leg("c", *boxes("team@b.example")), asked)

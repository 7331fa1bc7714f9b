"""Tests of proxy/directories/book.py."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.directories.book import PLAIN, Expanding, GroupBook, Membership
from proxy.directory import NoGroupsError
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


@pytest.mark.parametrize(("group", "stands"), [(True, timedelta(days=1)), (False, timedelta(hours=1))])
def test_that_an_address_is_no_group_is_kept_no_longer_and_stands_less_long(group: bool, stands: timedelta) -> None:
    async def told() -> None:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)} if group else {})
        book = _book(directory)
        known = await book.ask(TEAM)
        await asyncio.sleep(10 * 60)
        assert book.look(TEAM) is None  # it is asked again
        directory.failure = PeerError(Reason.UNREACHABLE)
        await asyncio.sleep(stands.total_seconds() - 10 * 60 - 1)
        assert await book.ask(TEAM) == book.look(TEAM) == known
        await asyncio.sleep(15)
        assert (await book.ask(TEAM)).reason is Reason.UNREACHABLE
        await book.close()

    run(told())


def test_a_mailbox_that_became_a_group_is_one_after_ten_minutes() -> None:
    async def told() -> None:
        directory = ScriptedDirectory()
        book = _book(directory)
        assert await book.ask(TEAM) is PLAIN
        directory.groups["team@b.example"] = ("ann@b.example",)
        await asyncio.sleep(10 * 60)
        assert book.look(TEAM) is None
        assert (await book.ask(TEAM)).members == boxes("ann@b.example")

    run(told())


_IGNORANT = NoGroupsError(Reason.PEER_FAILED, "fault ErrorInvalidOperation")


def test_who_knows_no_groups_is_told_of_once_and_not_asked_again_for_an_hour() -> None:
    async def told() -> None:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)}, failure=_IGNORANT)
        book = _book(directory)
        with capture_logs() as logs:
            assert await book.ask(TEAM) is PLAIN
            assert book.look(TEAM) is book.look(ANN) is PLAIN
            await asyncio.sleep(3599)
            assert book.look(ANN) is PLAIN
            assert not book.expands("b")
            await asyncio.sleep(1)
            assert book.expands("b")
            assert await book.ask(ANN) is PLAIN
        assert [(line["event"], line["connector"]) for line in logs] == [("directory_expands_no_groups", "b")]
        assert "[connectors.b.directory]" in logs[0]["note"]
        assert book.failures("b") == 0
        await asyncio.sleep(3600)
        directory.failure = None  # it was replaced
        assert (await book.ask(TEAM)).members == boxes("ann@b.example")
        assert book.expands("b")

    run(told())


@pytest.mark.parametrize("other", ["ann", "team"])
def test_who_once_knew_of_groups_is_not_believed_to_know_none(other: str) -> None:
    async def told() -> None:
        directory = ScriptedDirectory({"team@b.example": ("ann@b.example",)})
        book = _book(directory)
        await book.ask(Leg("b", *boxes(f"{other}@b.example")))
        directory.failure = _IGNORANT
        assert (await book.ask(Leg("b", *boxes("other@b.example")))).reason is Reason.PEER_FAILED
        assert book.expands("b")

    run(told())

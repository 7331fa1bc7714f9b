"""Tests of proxy/layers/coalesce.py."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Detail, Question, Reason
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector
from proxy.layers.cache import AnswerStore, Cache
from proxy.layers.coalesce import Coalesce
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, block, boxes, reasons, window
from tests.contracts.virtual import elapsed, now, run

QUESTION = Question(window=window(0, 24))


class TestCoalesce(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Coalesce(peer)


def test_a_thousand_who_ask_the_same_ask_once() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]}, takes=1)

    async def asked() -> list[list[Answer]]:
        cache = Cache(Coalesce(peer), name="b", store=AnswerStore(), clock=now)
        return await asyncio.gather(*(cache.lookup(boxes("ann", "bob"), QUESTION) for _ in range(1000)))

    answers = run(asked())
    assert len(answers) == 1000
    assert all(answer == answers[0] for answer in answers)
    assert len(peer.calls) == 1


def test_a_mailbox_asked_twice_is_asked_once() -> None:
    peer = Scripted()
    run(Coalesce(peer).lookup(boxes("ann", "bob", "ann"), QUESTION))
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "bob@b.example"]]


def test_those_who_join_get_their_own_spelling() -> None:
    async def asked() -> list[str]:
        coalesce = Coalesce(Scripted(takes=1))
        spellings = ["Ann@b.example", "ann@B.example", "ANN@b.example"]
        found = await asyncio.gather(*(coalesce.lookup([Mailbox.parse(text)], QUESTION) for text in spellings))
        return [answer.mailbox.asked for [answer] in found if answer.mailbox]

    assert run(asked()) == ["Ann@b.example", "ann@B.example", "ANN@b.example"]


def test_only_the_new_ones_of_an_overlapping_question_are_asked() -> None:
    peer = Scripted(takes=2)

    async def asked() -> float:
        coalesce = Coalesce(peer)
        first = asyncio.create_task(coalesce.lookup(boxes("ann", "bob"), QUESTION))
        await asyncio.sleep(1)
        assert reasons(await coalesce.lookup(boxes("carl", "bob"), QUESTION)) == [None, None]
        await first
        return elapsed()

    assert run(asked()) == 3
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "bob@b.example"], ["carl@b.example"]]


@pytest.mark.parametrize("other", [replace(QUESTION, detail=Detail.DETAILS), replace(QUESTION, window=window(0, 25))])
def test_other_questions_do_not_join(other: Question) -> None:
    peer = Scripted(takes=1)

    async def asked() -> None:
        coalesce = Coalesce(peer)
        await asyncio.gather(*(coalesce.lookup(boxes("ann"), question) for question in (QUESTION, other)))

    run(asked())
    assert len(peer.calls) == 2


def test_a_landed_flight_is_not_joined() -> None:
    peer = Scripted()

    async def asked() -> None:
        coalesce = Coalesce(peer)
        await coalesce.lookup(boxes("ann"), QUESTION)
        await coalesce.lookup(boxes("ann"), QUESTION)

    run(asked())
    assert len(peer.calls) == 2


def test_who_leaves_takes_nobody_along() -> None:
    peer = Scripted(takes=2)

    async def asked() -> list[Answer]:
        coalesce = Coalesce(peer)
        leaving = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION))
        staying = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        return await staying

    assert reasons(run(asked())) == [None]
    assert len(peer.calls) == 1


def test_a_flight_goes_on_when_all_have_left() -> None:
    peer = Scripted(takes=2)

    async def asked() -> list[Answer]:
        coalesce = Coalesce(peer)
        leaving = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        leaving.cancel()
        await asyncio.sleep(0.5)
        return await coalesce.lookup(boxes("ann"), QUESTION)

    assert reasons(run(asked())) == [None]
    assert len(peer.calls) == 1


def test_a_flight_has_a_deadline_of_its_own() -> None:
    peer = Scripted(takes=100)

    async def asked() -> tuple[list[Answer], float]:
        return await Coalesce(peer, deadline=timedelta(seconds=30)).lookup(boxes("ann"), QUESTION), elapsed()

    answers, seconds = run(asked())
    assert (reasons(answers), seconds) == ([Reason.TIMEOUT], 30)
    assert peer.under_way == 0


def test_closing_ends_the_flights_and_answers_those_who_wait() -> None:
    peer = Scripted(takes=100)

    async def asked() -> tuple[list[Answer], float]:
        coalesce = Coalesce(peer)
        waiting = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)
        await coalesce.close()
        return await waiting, elapsed()

    answers, seconds = run(asked())
    assert (reasons(answers), seconds) == ([Reason.TIMEOUT], 1)
    assert peer.under_way == 0


def test_a_connector_that_raises_is_answered_and_nothing_is_lost() -> None:
    async def asked() -> list[list[Answer]]:
        coalesce = Coalesce(Scripted(failure=ZeroDivisionError()), name="b")
        return await asyncio.gather(*(coalesce.lookup(boxes("ann"), QUESTION) for _ in range(3)))

    with capture_logs() as logs:
        assert [reasons(answers) for answers in run(asked())] == [[Reason.PEER_FAILED]] * 3
    assert len(logs) == 1


@pytest.mark.parametrize(("after", "calls"), [(1.9, 1), (2.0, 2)])
def test_nobody_boards_a_flight_that_is_as_old_as_an_answer_may_be(after: float, calls: int) -> None:
    """What it brings may have been read when it began: nobody is shown free what was taken a life ago."""
    peer = Scripted(takes=5)

    async def asked() -> list[list[Answer]]:
        coalesce = Coalesce(peer, ttl=timedelta(seconds=2), timer=elapsed)
        first = asyncio.create_task(coalesce.lookup(boxes("ann", "bob"), QUESTION))
        await asyncio.sleep(after)
        second = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION))
        await asyncio.sleep(1)  # whoever comes now goes with the younger
        third = asyncio.create_task(coalesce.lookup(boxes("ann"), QUESTION)) if calls > 1 else second
        await first
        assert not second.done() or calls == 1
        await asyncio.gather(second, third)
        await coalesce.lookup(boxes("carl"), QUESTION)  # all have landed, and nothing is left of them
        return [await first, await second, await third]

    assert [reasons(answers) for answers in run(asked())] == [[None, None], [None], [None]]
    assert [mailboxes for mailboxes, _ in peer.calls] == [
        ["ann@b.example", "bob@b.example"],
        *[["ann@b.example"]] * (calls - 1),
        ["carl@b.example"],
    ]

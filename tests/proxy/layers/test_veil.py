"""Tests of proxy/layers/veil.py."""

from dataclasses import replace
from datetime import timedelta

import pytest

from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector
from proxy.layers.veil import Veil
from routing.policy import Policy
from routing.table import Route, RouteTable
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, block, boxes, reasons, window
from tests.contracts.virtual import elapsed, run

TABLE = RouteTable([Route(match="b.example", via="b"), Route(match="home.example", via="home")])
OPEN = Policy(may_ask=("*",), sees=Detail.DETAILS)
BUSY = Question(window=window(0, 24))
DETAILS = replace(BUSY, detail=Detail.DETAILS)


def _ask(peer: Connector, policy: Policy, question: Question, *names: str) -> list[Answer]:
    mailboxes = [Mailbox.parse(name if "@" in name else f"{name}@b.example") for name in names]
    return run(Veil(peer, policy=policy, table=TABLE).lookup(mailboxes, question))


class TestVeil(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Veil(peer, policy=OPEN, table=TABLE)


class TestVeilOverTheIndiscreet(ConnectorContract):
    """What the inner connector tells unasked is taken away again."""

    def around(self, peer: Scripted) -> Connector:
        peer.indiscreet = True
        return Veil(peer, policy=OPEN, table=TABLE)


class TestVeilShowingDoubtAsBusy(ConnectorContract):
    test_doubt_stays_doubt = None  # type: ignore[assignment]

    def around(self, peer: Scripted) -> Connector:
        return Veil(peer, policy=replace(OPEN, unknown_as="busy"), table=TABLE)


def test_what_may_not_be_asked_is_answered_without_asking() -> None:
    peer = Scripted()
    policy = Policy(may_ask=("b.example", "home.example", "nowhere.example"), never_via=frozenset({"home"}))
    names = ("ann@home.example", "ann@nowhere.example", "ann@secret.example")
    assert reasons(_ask(peer, policy, BUSY, *names)) == [Reason.LOOP, Reason.NO_ROUTE, Reason.FORBIDDEN]
    assert peer.calls == []
    assert reasons(_ask(peer, policy, BUSY, names[0], "ann", names[2], "bob")) == [
        Reason.LOOP,
        None,
        Reason.FORBIDDEN,
        None,
    ]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "bob@b.example"]]


def test_the_level_granted_is_the_level_asked() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]})
    [answer] = _ask(peer, replace(OPEN, sees=Detail.BUSY), DETAILS, "ann")
    assert available(answer).detail is Detail.BUSY
    assert peer.calls[0][1] == BUSY


def test_rooms_and_persons_are_asked_at_their_own_levels_at_the_same_time() -> None:
    peer = Scripted({name: [block(1, 1)] for name in ("ann@b.example", "room1@b.example")}, takes=3)
    policy = replace(OPEN, rooms=("room*",))

    async def asked() -> list[Answer]:
        answers = await Veil(peer, policy=policy, table=TABLE).lookup(boxes("room1", "ann", "room1"), DETAILS)
        assert elapsed() == 3
        return answers

    levels = [(available(answer).detail, available(answer).intervals.has_details) for answer in run(asked())]
    assert levels == [(Detail.BUSY, False), (Detail.DETAILS, True), (Detail.BUSY, False)]


def test_details_told_unasked_are_taken_away() -> None:
    told = Scripted({"ann@b.example": [block(1, 1, subject="merger")]}, indiscreet=True)
    silent = Scripted({"ann@b.example": [block(1, 1, subject=None)]})
    policy = replace(OPEN, sees=Detail.BUSY)
    assert available(_ask(told, policy, DETAILS, "ann")[0]) == available(_ask(silent, policy, BUSY, "ann")[0])


def test_private_events_are_bare() -> None:
    with pytest.raises(ValueError, match="private"):
        EventDetails(subject="doctor", private=True)
    private = BusyInterval(window(1, 1), BusyStatus.BUSY, EventDetails(private=True, recurring=True))
    [answer] = _ask(Scripted({"ann@b.example": [private]}), OPEN, DETAILS, "ann")
    [details] = [interval.details for interval in available(answer).intervals]
    assert details == EventDetails(private=True, recurring=True)


def test_doubt_is_an_error() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]}, doubts={"ann@b.example": [window(5, 2)]})
    assert reasons(_ask(peer, OPEN, BUSY, "ann", "bob")) == [Reason.INCOMPLETE, None]


def test_doubt_is_busy_for_those_who_want_it_so() -> None:
    doubts = [window(-5, 6), window(5, 2), window(23, 9)]
    peer = Scripted({"ann@b.example": [block(4, 2, BusyStatus.TENTATIVE)]}, doubts={"ann@b.example": doubts})
    [answer] = _ask(peer, replace(OPEN, unknown_as="busy"), BUSY, "ann")
    assert available(answer).unknown == ()
    assert [(interval.window, interval.status) for interval in available(answer).intervals] == [
        (window(0, 1), BusyStatus.BUSY),
        (window(4, 2), BusyStatus.TENTATIVE),
        (window(5, 2), BusyStatus.BUSY),
        (window(23, 1), BusyStatus.BUSY),
    ]


def test_a_mailbox_nothing_is_known_of_is_an_error_for_everybody() -> None:
    peer = Scripted(refusals={"ann@b.example": Unavailable(mailbox=None, reason=Reason.TIMEOUT)})
    assert reasons(_ask(peer, replace(OPEN, unknown_as="busy"), BUSY, "ann")) == [Reason.TIMEOUT]


def test_what_the_peer_says_of_waiting_is_kept() -> None:
    throttled = Unavailable(mailbox=None, reason=Reason.THROTTLED, retry_after=timedelta(seconds=9))
    [answer] = _ask(Scripted(refusals={"ann@b.example": throttled}), OPEN, BUSY, "ann")
    assert isinstance(answer, Unavailable)
    assert answer.retry_after == timedelta(seconds=9)

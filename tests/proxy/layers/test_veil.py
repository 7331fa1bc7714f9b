"""Tests of proxy/layers/veil.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from protocols.ews.manner import EXCHANGE
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.response import encode
from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.mailbox import Mailbox
from proxy.combining import combined
from proxy.connector import Connector, Prompt
from proxy.fragments import Fragments
from proxy.layers.veil import Veil
from routing.policy import Policy
from routing.rules import About, Rule, Rules
from routing.table import Combine, Route, RouteTable
from routing.ways import Leg, Way
from tests.contracts.connector import ConnectorContract
from tests.contracts.prompt import PromptContract, Warm
from tests.contracts.scripted import Scripted, available, block, boxes, reasons, window
from tests.contracts.virtual import START, elapsed, run

TABLE = RouteTable([Route(match="b.example", via=("b",)), Route(match="home.example", via=("home",))])
OPEN = Policy(may_ask=("*",), sees=Detail.DETAILS)
BUSY = Question(window=window(0, 24))
DETAILS = replace(BUSY, detail=Detail.DETAILS)


def _ask(peer: Connector, policy: Policy, question: Question, *names: str) -> list[Answer]:
    mailboxes = [Mailbox.parse(name if "@" in name else f"{name}@b.example") for name in names]
    return run(Veil(peer, policy=policy, table=TABLE).lookup(mailboxes, question))


class TestVeil(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Veil(peer, policy=OPEN, table=TABLE)


class TestVeilAtOnce(PromptContract):
    def prompt(self, peer: Warm) -> Prompt:
        return Veil(peer, policy=OPEN, table=TABLE)


class TestVeilAtOnceOverTheIndiscreet(PromptContract):
    def prompt(self, peer: Warm) -> Prompt:
        peer.indiscreet = True
        return Veil(peer, policy=replace(OPEN, unknown_as="busy", sees=Detail.BUSY), table=TABLE)

    test_doubt_is_doubt_at_once_too = None  # type: ignore[assignment]


class TestVeilOverTheIndiscreet(ConnectorContract):
    """What the inner connector tells unasked is taken away again."""

    def around(self, peer: Scripted) -> Connector:
        peer.indiscreet = True
        return Veil(peer, policy=OPEN, table=TABLE)


class TestVeilShowingDoubtAsBusy(ConnectorContract):
    test_doubt_stays_doubt = None  # type: ignore[assignment]

    def around(self, peer: Scripted) -> Connector:
        return Veil(peer, policy=replace(OPEN, unknown_as="busy"), table=TABLE)


class TestVeilTellingDoubtAsDoubt(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        return Veil(peer, policy=replace(OPEN, unknown_as="unknown"), table=TABLE)


def test_what_may_not_be_asked_is_answered_without_asking() -> None:
    peer = Scripted()
    policy = Policy(may_ask=("b.example", "nowhere.example"))
    names = ("ann@nowhere.example", "ann@secret.example")
    assert reasons(_ask(peer, policy, BUSY, *names)) == [Reason.NO_ROUTE, Reason.FORBIDDEN]
    assert peer.calls == []
    assert reasons(_ask(peer, policy, BUSY, names[0], "ann", names[1], "bob")) == [
        Reason.NO_ROUTE,
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
    doubtful, known = _ask(peer, OPEN, BUSY, "ann", "bob")
    assert reasons([doubtful, known]) == [Reason.INCOMPLETE, None]
    assert isinstance(doubtful, Unavailable)
    assert doubtful.detail == f"known until {START + timedelta(hours=5):%d %b %H:%M} UTC"
    from_the_start = Scripted(doubts={"ann@b.example": [window(-5, 6)]})
    [unknown] = _ask(from_the_start, OPEN, BUSY, "ann")
    assert isinstance(unknown, Unavailable)
    assert unknown.detail == "a part of the window is unknown"


class _Joined:
    """Two calendars as one, of which one could not be asked."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        known = await Scripted().lookup(mailboxes, question)
        failed = [Unavailable(mailbox=each, reason=Reason.UNREACHABLE, source="shifts") for each in mailboxes]
        way = Way((Leg("fabrikam", mailboxes[0]), Leg("shifts", mailboxes[0])), Combine.UNION)
        return [combined(way, each, question.window) for each in zip(known, failed, strict=True)]


@pytest.mark.parametrize("rules", [None, Rules([Rule(number=1, about=(About("*", "*"),), horizon_ahead=400)], "x")])
@pytest.mark.parametrize("unknown_as", ["error", "busy", "unknown"])
def test_every_caller_is_told_which_of_several_failed(
    unknown_as: Literal["error", "busy", "unknown"], rules: Rules | None
) -> None:
    policy = replace(OPEN, unknown_as=unknown_as, rules=rules)
    [answer] = _ask(_Joined(), policy, BUSY, "ann")
    assert answer.source
    assert [(part.source, part.reason) for part in answer.parts][1] == ("shifts", Reason.UNREACHABLE)


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


def test_doubt_stays_where_it_is_for_those_who_can_say_so() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1)]}, doubts={"ann@b.example": [window(5, 2)]})
    [answer] = _ask(peer, replace(OPEN, unknown_as="unknown"), BUSY, "ann")
    assert available(answer).unknown == (window(5, 2),)
    assert [interval.window for interval in available(answer).intervals] == [window(1, 1)]


def test_a_mailbox_nothing_is_known_of_is_an_error_for_everybody() -> None:
    peer = Scripted(refusals={"ann@b.example": Unavailable(mailbox=None, reason=Reason.TIMEOUT)})
    assert reasons(_ask(peer, replace(OPEN, unknown_as="busy"), BUSY, "ann")) == [Reason.TIMEOUT]


def test_what_the_peer_says_of_waiting_is_kept() -> None:
    throttled = Unavailable(mailbox=None, reason=Reason.THROTTLED, retry_after=timedelta(seconds=9))
    [answer] = _ask(Scripted(refusals={"ann@b.example": throttled}), OPEN, BUSY, "ann")
    assert isinstance(answer, Unavailable)
    assert answer.retry_after == timedelta(seconds=9)


def _ruled(**values: Any) -> Policy:
    """A policy with one rule about everybody."""
    rule = Rule(number=1, about=(About("*", "*"),), **values)
    return replace(OPEN, rules=Rules([rule], "x"))


def _asked_on(day: datetime, peer: Connector, policy: Policy, question: Question, *names: str) -> list[Answer]:
    veil = Veil(peer, policy=policy, table=TABLE, clock=lambda: day)
    return run(veil.lookup(boxes(*names), question))


def test_hidden_time_is_busy_and_counted_from_the_clocks_day() -> None:
    peer = Scripted({"ann@b.example": [block(20, 2, BusyStatus.TENTATIVE, subject="a")]})
    asked = replace(DETAILS, window=window(0, 48))
    today, later = START, START + timedelta(days=1)
    [answer] = _asked_on(today, peer, _ruled(horizon_ahead=0), asked, "ann")
    assert list(available(answer).intervals) == [BusyInterval(window(15, 33), BusyStatus.BUSY)]
    [answer] = _asked_on(later, peer, _ruled(horizon_ahead=0), asked, "ann")
    kinds = [(interval.window, interval.status) for interval in available(answer).intervals]
    assert kinds == [(window(20, 2), BusyStatus.TENTATIVE), (window(39, 9), BusyStatus.BUSY)]


def test_a_mask_is_for_those_it_is_about_alone() -> None:
    peer = Scripted({name: [block(1, 1)] for name in ("ann@b.example", "bob@b.example")})
    rules = Rules([Rule(number=1, about=(About("ann@b.example", "ann@b.example"),), redact=("secret",))], "x")
    answers = _asked_on(START, peer, replace(OPEN, rules=rules), DETAILS, "bob", "ann", "bob")
    shown = [next(iter(available(answer).intervals)).details for answer in answers]
    assert [details.subject if details else "" for details in shown] == ["secret", None, "secret"]


def test_doubt_in_hidden_time_is_no_error_and_doubt_beside_it_is() -> None:
    peer = Scripted(doubts={"ann@b.example": [window(16, 1)], "bob@b.example": [window(10, 1)]})
    answers = _asked_on(START, peer, _ruled(horizon_ahead=0), BUSY, "ann", "bob")
    assert reasons(answers) == [None, Reason.INCOMPLETE]


@pytest.mark.parametrize("values", [{"horizon_ahead": 0}, {"own_hours": True}, {"redact": ("x",)}])
def test_unknown_and_forbidden_look_alike_under_a_mask(values: dict[str, Any]) -> None:
    unknown = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)
    peer = Scripted(refusals={"nobody@b.example": unknown})
    policy = replace(_ruled(**values), may_ask=("nobody@b.example",))
    found = _asked_on(START, peer, policy, DETAILS, "nobody", "forbidden")
    assert reasons(found) == [Reason.NO_SUCH_MAILBOX, Reason.FORBIDDEN]
    targets = tuple(Target(mailbox.address, mailbox) for mailbox in boxes("nobody"))
    request = AvailabilityRequest(targets=targets, question=DETAILS, view=View.DETAILED, zone=UTC)
    first, second = (encode(request, [each], EXCHANGE, fragments={}) for each in found)
    assert first == second


def test_callers_that_share_fragments_see_what_their_own_rules_leave() -> None:
    peer = Scripted({"ann@b.example": [block(1, 1, subject="merger"), block(20, 1, subject="late")]})
    shared = Fragments(1_000_000)
    [mailbox] = boxes("ann")
    targets = (Target(mailbox.address, mailbox),)
    request = AvailabilityRequest(targets=targets, question=DETAILS, view=View.DETAILED, zone=UTC)

    def read(policy: Policy) -> bytes:
        answers = _asked_on(START, peer, policy, DETAILS, "ann")
        body = encode(request, answers, EXCHANGE, fragments=shared)
        assert body == encode(request, answers, EXCHANGE)
        return body

    callers = [OPEN, _ruled(redact=("merger",)), _ruled(horizon_ahead=0), _ruled(busy_only=True), OPEN]
    found = [(b"merger" in body, b"late" in body) for body in map(read, callers)]
    assert found == [(True, True), (False, True), (True, False), (False, False), (True, True)]


def test_no_rule_costs_no_look_at_the_clock() -> None:
    def never() -> datetime:
        raise AssertionError("no rule counts days")

    veil = Veil(Scripted(), policy=OPEN, table=TABLE, clock=never)
    assert reasons(run(veil.lookup(boxes("ann"), BUSY))) == [None]

"""Tests of proxy/chain.py."""

import pytest

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.chain import Chain
from proxy.connector import Leaf
from proxy.layers.cache import AnswerStore, Cache, Keep
from routing.table import Combine
from routing.ways import Leg, Way
from tests.contracts.scripted import Scripted, available, block, reasons, window
from tests.contracts.virtual import now, run

QUESTION = Question(window=window(0, 24))
STRANGER = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)
DOWN = Unavailable(mailbox=None, reason=Reason.UNREACHABLE)


def ways(*names: str) -> list[Way]:
    """To ``a``, then to ``b``, under addresses of their own."""
    return [
        Way(tuple(Leg(via, Mailbox.parse(f"{name}@{via}.example")) for via in "ab"), Combine.FIRST) for name in names
    ]


def cached(name: str, peer: Scripted) -> Cache:
    store = AnswerStore()
    return Cache(Keep(Leaf(name, peer.ask, now), name=name, store=store, clock=now), name=name, store=store, clock=now)


def test_a_hundred_people_are_one_call_to_each() -> None:
    names = [f"p{number}" for number in range(100)]
    a = Scripted(refusals={f"{name}@a.example": STRANGER for name in names[::2]})
    b = Scripted({f"{name}@b.example": [block(7, 1)] for name in names})
    answers = run(Chain({"a": a, "b": b}, ()).lookup(ways(*names), QUESTION))
    assert [len(available(answer).intervals) for answer in answers] == [1, 0] * 50
    assert [len(mailboxes) for mailboxes, _ in a.calls] == [100]
    assert [len(mailboxes) for mailboxes, _ in b.calls] == [50]


def test_what_is_not_a_stranger_ends_the_search() -> None:
    a = Scripted(refusals={"bob@a.example": DOWN, "eve@a.example": STRANGER})
    b = Scripted(refusals={"eve@b.example": STRANGER})
    answers = run(Chain({"a": a, "b": b}, ()).lookup(ways("bob", "eve", "ann"), QUESTION))
    assert reasons(answers) == [Reason.UNREACHABLE, Reason.NO_SUCH_MAILBOX, None]
    assert [part.source for part in answers[1].parts] == ["a", "b"]
    assert [mailboxes for mailboxes, _ in b.calls] == [["eve@b.example"]]


@pytest.mark.parametrize(("never_via", "reason"), [("a", Reason.LOOP), ("b", Reason.LOOP)])
def test_who_may_not_be_asked_may_know_the_mailbox(never_via: str, reason: Reason) -> None:
    a = Scripted(refusals={"ann@a.example": STRANGER})
    chain = Chain({"a": a, "b": Scripted()}, [never_via])
    assert reasons(run(chain.lookup(ways("ann"), QUESTION))) == [reason]


def test_nobody_asked() -> None:
    assert run(Chain({}, ()).lookup([], QUESTION)) == []


def test_what_is_kept_is_ready() -> None:
    a = cached("a", Scripted({"ann@a.example": [block(1, 1)]}, {"bob@a.example": STRANGER}))
    b = cached("b", Scripted({"bob@b.example": [block(5, 1)]}))

    async def asked() -> tuple[list[Answer | None], list[Answer | None], list[Answer]]:
        chain, both = Chain({"a": a, "b": b}, ()), ways("ann", "bob")
        before = chain.ready(both, QUESTION)
        answers = await chain.lookup(both, QUESTION)
        return before, chain.ready(both, QUESTION), answers

    before, after, answers = run(asked())
    assert before == [None, None]
    assert after == answers
    assert [len(available(answer).intervals) for answer in answers] == [1, 1]


def test_who_is_not_asked_is_known_at_once_and_who_has_nothing_ready_is_not() -> None:
    peers = {"a": Scripted(), "b": Scripted()}
    assert [reasons([found]) for found in Chain(peers, "ab").ready(ways("ann"), QUESTION) if found] == [[Reason.LOOP]]
    assert Chain(peers, ()).ready(ways("ann"), QUESTION) == [None]

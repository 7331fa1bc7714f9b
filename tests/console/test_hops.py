"""Tests of console/hops.py."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.configuration import load
from console.hops import Timed, answer_facts, answer_words, doubts, first_words, route_words, timed
from protocols.model.freebusy import Availability, Detail, Part, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, Intervals
from protocols.model.mailbox import Mailbox
from proxy.wiring import build
from routing.table import Combine, Route
from routing.ways import Found, Leg, Way, legs_in
from tests.console.conftest import CALLER, PEERS, SERVER
from tests.contracts.scripted import Scripted, block, window
from tests.contracts.virtual import START

ANN = Mailbox.parse("ann@n.example")
ROUTE = Route(match="n.example", via=("n",))
QUESTION = Question(window=window(0, 24))
KNOWN = Availability(mailbox=ANN, window=window(0, 24), intervals=Intervals.pack([]), source="n", as_of=START)
FIRST = 'match = "first.example"\nvia = ["n", "own"]\ncombine = "first"\n'


def _way(mailbox: Mailbox, way: Found, route: Route | None = ROUTE, *, moves: bool = False) -> str:
    return route_words(mailbox, mailbox, route, way, moves=moves)


def test_the_route_in_words() -> None:
    assert _way(ANN, Leg("n", ANN)) == '[[routes]] match = "n.example" leads to n'
    assert _way(ANN, Leg("n", Mailbox.parse("a@g.n.example"))).endswith("leads to n (as a@g.n.example)")
    both = Way((Leg("n", ANN), Leg("own", ANN)), Combine.UNION, "[[routes]] …")
    assert _way(ANN, both).startswith("[[routes]] … leads to n and own: busy in one is busy")
    nowhere = Unavailable(mailbox=ANN, reason=Reason.NO_ROUTE)
    assert _way(ANN, nowhere, None).startswith("none: no [[routes]] names ann@n.example")
    assert "rewrite makes no address" in _way(ANN, nowhere)


def test_of_somebody_who_moves_the_route_is_not_what_leads_there() -> None:
    there = Leg("own", Mailbox.parse("ann@own.example"))
    assert _way(ANN, there, moves=True) == "leads to own (as ann@own.example)"
    joined = Way((there, Leg("n", ANN)), Combine.MOVE, "told by another line")
    words = "leads to own (as ann@own.example) and n; both are joined, own counts as the current one"
    assert _way(ANN, joined, moves=True) == words
    either = Way((Leg("n", ANN), there), Combine.EITHER, "told by another line")
    assert _way(ANN, either).startswith("leads to n and own (as ann@own.example); both are joined, at least one must")


def test_an_alias_is_named() -> None:
    asked, other = Mailbox.parse("ann@fab.example"), Mailbox.parse("a.n@fab.example")
    assert route_words(asked, ANN, ROUTE, Leg("n", ANN)).startswith("[[aliases]]: fab.example is n.example; [[routes]]")
    assert route_words(other, ANN, ROUTE, Leg("n", ANN)).startswith("[[aliases]]: a.n@fab.example is ann@n.example; ")


def test_hops_are_asked_side_by_side_and_each_has_its_time() -> None:
    words = first_words(Timed(KNOWN, 0.05, {"n": (1, 0.02), "own": (2, 0.04)}))
    assert words.endswith("1 call to n took 20.0 ms, 2 calls to own took 40.0 ms, everything else 10.0 ms")


def test_an_answer_for_programs_says_where_it_comes_from() -> None:
    facts = answer_facts(KNOWN, START + timedelta(seconds=3))
    assert (facts["source"], facts["age"], facts["reason"]) == ("n", 3.0, None)
    refused = Unavailable(mailbox=ANN, reason=Reason.TIMEOUT, source="own")
    assert answer_facts(refused, START) == {"source": "own", "reason": "timeout"}
    assert answer_words(KNOWN) == f"known: 0 busy intervals, seen with {Detail.BUSY.value}"


def test_the_answer_names_the_system_that_failed() -> None:
    parts = (Part("n", START), Part("shifts", None, Reason.UNREACHABLE))
    doubtful = Unavailable(mailbox=ANN, reason=Reason.INCOMPLETE, detail="known until some day", parts=parts)
    words = "no data: part of the time asked about is not known: shifts cannot be reached; callers get ErrorFreeBusyGen"
    assert answer_words(doubtful).startswith(words)
    alone = replace(doubtful, parts=())
    assert answer_words(alone).startswith("no data: part of the time asked about is not known (known until some day); ")
    assert answer_words(replace(KNOWN, parts=parts)).endswith("; doubt is left, because shifts cannot be reached")


@pytest.fixture
def several(config: Path) -> Path:
    """A configuration with people of whom two connectors may know."""
    config.write_text(SERVER + PEERS + "[[routes]]\n" + FIRST + CALLER.replace('"n.example"', '"*"'), "utf-8")
    return config


_BOTH = "n and own both know this mailbox and only n is asked"
_WHO_KNOWS = "own could not be asked, so whether both know the mailbox is not known"


@pytest.mark.parametrize(
    ("reason", "told"), [(None, _BOTH), (Reason.NO_SUCH_MAILBOX, ""), (Reason.UNREACHABLE, _WHO_KNOWS)]
)
async def test_two_sides_that_know_somebody_are_told(several: Path, reason: Reason | None, told: str) -> None:
    refusals = {"ann@first.example": Unavailable(mailbox=None, reason=reason)} if reason else {}
    peers = {"n": Scripted({"ann@first.example": [block(1, 1)]}), "own": Scripted(refusals=refusals)}
    async with build(load(several), directory=several.parent, connectors=peers, listen=False) as proxy:
        ann = Mailbox.parse("ann@first.example")
        way = proxy.ways.find(ann)
        answered = await timed(proxy, "exchange", ann, QUESTION, legs_in(way))
        assert isinstance(answered.answer, Availability)
        assert answered.calls == 0  # neither is a real connector, which counts
        found = await doubts(proxy, way, None, QUESTION)
        assert [words.startswith(told) for words in found] == ([True] if told else [])
        assert await doubts(proxy, proxy.ways.find(ANN), None, QUESTION) == []
        assert await doubts(proxy, way, None, QUESTION, never_via=["own"]) == []


MOVE = '[[moves]]\nname = "pilot"\nfrom = "n"\nto = "own"\npeople = "file:moved.csv"\njoined_after = "1d"\n'


@pytest.fixture
def moving(config: Path) -> Path:
    """A configuration by which Ann moved long ago."""
    (config.parent / "moved.csv").write_text("ann@n.example,2026-11-01\n", "utf-8")
    config.write_text(SERVER + PEERS + MOVE + CALLER, "utf-8")
    return config


@pytest.mark.parametrize(("left", "told"), [((), 0), ((block(3, 1),), 1)])
async def test_somebody_active_on_both_sides_is_told_long_after_the_move(
    moving: Path, left: tuple[BusyInterval, ...], told: int
) -> None:
    peers = {"n": Scripted({"ann@n.example": list(left)}), "own": Scripted({"ann@n.example": [block(1, 1)]})}
    async with build(load(moving), directory=moving.parent, connectors=peers, listen=False) as proxy:
        way = proxy.ways.find(ANN)
        assert [leg.via for leg in legs_in(way)] == ["own"]
        known = proxy.moves.told(ANN)
        assert known is not None
        assert (known.current.via, known.old.via) == ("own", "n")
        assert known.words.startswith('[[moves]] "pilot": from n to own at 2026-11-01')
        found = await doubts(proxy, way, known, QUESTION)
        assert len(found) == told
        assert proxy.moves.told(Mailbox.parse("bob@n.example")) is None
    if told:
        assert found[0].startswith("active on both sides, perhaps: n shows busy time that own does not")

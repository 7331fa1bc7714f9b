"""Tests of console/hops.py."""

from datetime import timedelta
from pathlib import Path

import pytest

from console.configuration import load
from console.hops import Timed, answer_facts, answer_words, doubts, first_words, parts_words, route_words, timed
from protocols.model.freebusy import Availability, Detail, Part, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, Intervals
from protocols.model.mailbox import Mailbox
from proxy.wiring import build
from routing.table import Combine, Route
from routing.ways import Leg, Way, legs_in
from tests.console.conftest import CALLER, PEERS, SERVER
from tests.contracts.scripted import Scripted, block, window
from tests.contracts.virtual import START

ANN = Mailbox.parse("ann@n.example")
ROUTE = Route(match="n.example", via=("n",))
QUESTION = Question(window=window(0, 24))
KNOWN = Availability(mailbox=ANN, window=window(0, 24), intervals=Intervals.pack([]), source="n", as_of=START)
FIRST = 'match = "first.example"\nvia = ["n", "own"]\ncombine = "first"\n'


def test_the_route_in_words() -> None:
    assert route_words(ANN, ROUTE, Leg("n", ANN)) == '[[routes]] match = "n.example" leads to n'
    known = Leg("n", Mailbox.parse("a@g.n.example"))
    assert route_words(ANN, ROUTE, known).endswith("leads to n, which knows it as a@g.n.example")
    several = Way((Leg("n", ANN), Leg("own", ANN)), Combine.MOVE, "the move pilot")
    assert route_words(ANN, ROUTE, several).startswith("the move pilot leads to n and own: both are joined")
    nowhere = Unavailable(mailbox=ANN, reason=Reason.NO_ROUTE)
    assert route_words(ANN, None, nowhere).startswith("none: no [[routes]] names ann@n.example")
    assert "rewrite makes no address" in route_words(ANN, ROUTE, nowhere)


def test_hops_are_asked_side_by_side_and_each_has_its_time() -> None:
    words = first_words(Timed(KNOWN, 0.05, {"n": (1, 0.02), "own": (2, 0.04)}))
    assert words.endswith("1 call to n took 20.0 ms, 2 calls to own took 40.0 ms, everything else 10.0 ms")


def test_each_part_says_who_how_old_and_why_not() -> None:
    parts = (Part("n", START - timedelta(seconds=5)), Part("own", None, Reason.TIMEOUT))
    answer = Unavailable(mailbox=ANN, reason=Reason.TIMEOUT, parts=parts)
    (known, facts), (late, why) = parts_words(answer, START)
    assert known == "n knows the mailbox, asked 5 s ago"
    assert facts == {"source": "n", "as_of": (START - timedelta(seconds=5)).isoformat(), "reason": None}
    assert late.startswith("own: ")
    assert late.endswith("[timeout]")
    assert why["reason"] == "timeout"


def test_an_answer_for_programs_says_where_it_comes_from() -> None:
    facts = answer_facts(KNOWN, START + timedelta(seconds=3))
    assert (facts["source"], facts["age"], facts["reason"]) == ("n", 3.0, None)
    refused = Unavailable(mailbox=ANN, reason=Reason.TIMEOUT, source="own")
    assert answer_facts(refused, START) == {"source": "own", "reason": "timeout"}
    assert answer_words(KNOWN) == f"known: 0 busy intervals, seen with {Detail.BUSY.value}"


@pytest.fixture
def several(config: Path) -> Path:
    """A configuration with people of whom two connectors may know."""
    config.write_text(SERVER + PEERS + "[[routes]]\n" + FIRST + CALLER.replace('"n.example"', '"*"'), "utf-8")
    return config


@pytest.mark.parametrize(("stranger", "told"), [(False, 1), (True, 0)])
async def test_two_sides_that_know_somebody_are_told(several: Path, stranger: bool, told: int) -> None:
    refusals = {"ann@first.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)} if stranger else {}
    peers = {"n": Scripted({"ann@first.example": [block(1, 1)]}), "own": Scripted(refusals=refusals)}
    async with build(load(several), directory=several.parent, connectors=peers, listen=False) as proxy:
        ann = Mailbox.parse("ann@first.example")
        way = proxy.ways.find(ann)
        answered = await timed(proxy, "exchange", ann, QUESTION, legs_in(way))
        assert isinstance(answered.answer, Availability)
        assert answered.calls == 0  # neither is a real connector, which counts
        found = await doubts(proxy, way, None, QUESTION)
        assert len(found) == told
        assert await doubts(proxy, proxy.ways.find(ANN), None, QUESTION) == []
    if told:
        assert found[0].startswith("n and own both know this mailbox and only n is asked")


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

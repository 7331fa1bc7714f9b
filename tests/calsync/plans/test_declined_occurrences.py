"""Who declines one date of a series is free then at every copy; where they were asked, nothing is lost of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.rules import Gets, HubRules, Treat
from calsync.steps import Plan
from protocols.model.event import Event, Occurrence, Response
from protocols.model.recurrence import Frequency, Recurrence
from protocols.recurrence.differing import usual
from tests.calsync.plans.model import ALL, World, event, giver, rules, whys

INVITED: Final = "others are invited"
START: Final = event().when.start  # type: ignore[union-attr]
SECOND: Final = START + timedelta(days=1)
AT_SECOND: Final = f"at {SECOND:%Y-%m-%dT%H:%M:%SZ}"
MEETING: Final = event(
    rule=Recurrence(frequency=Frequency.DAILY, count=5), meeting=True, people=("Bo",), response=Response.ACCEPTED
)
OPEN: Final = rules(giver("a"), giver("b"))
HIDING: Final = rules(giver("a"), giver("b", replace(ALL, prefix="[A] ", private=True)))


def answered(response: Response | None = Response.DECLINED, **more: Any) -> Occurrence:
    """The second occurrence, with an answer of its own."""
    return Occurrence(**{"when": usual(MEETING.when, SECOND), "response": response} | more)


def world(hub: HubRules = OPEN, one: Event = MEETING) -> World:
    """A meeting in a, and its copy in b."""
    here = World(hub)
    here.put("a", one, guarded=INVITED, uid="meeting@x")
    here.run()
    here.quiet()
    return here


def tell(here: World, now: Occurrence | None = None) -> Plan:
    """The owner of a answers otherwise: the second occurrence is ``now`` so, None for as all others."""
    here.change("a", here.key("a"), exceptions={SECOND: now} if now else {})
    return here.run()


def left(here: World) -> set[str]:
    """What the hub says of what stands there."""
    return {link.left for each in here.ledger.values() for link in each.links.values()}


@pytest.mark.parametrize("hub", [OPEN, HIDING], ids=["open", "hiding"])
def test_a_date_that_was_declined_is_free_at_the_copies_until_it_is_accepted(hub: HubRules) -> None:
    here = world(hub)
    assert whys(tell(here, answered())) == [("b", "CHANGED")]
    assert here.only("b").exceptions == {SECOND: None}
    assert here.only("a").exceptions == {SECOND: answered()}
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []
    assert left(here) == {""}
    assert whys(tell(here)) == [("b", "CHANGED")]
    assert here.only("b").exceptions == {}
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []
    assert left(here) == {""}


def test_what_was_declined_from_the_start_is_never_copied() -> None:
    here = world(one=replace(MEETING, exceptions={SECOND: answered()}))
    assert here.only("b").exceptions == {SECOND: None}
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.UNANSWERED])
def test_any_other_answer_leaves_the_copies_as_they_are(response: Response) -> None:
    here = world(one=replace(MEETING, response=Response.UNANSWERED))
    assert whys(tell(here, answered(response))) == []
    assert here.only("b").exceptions == {}
    assert here.quiet() == 0


@pytest.mark.parametrize("treat", [Treat.COPY, Treat.BUSY])
def test_a_rule_may_leave_a_declined_date_busy(treat: Treat) -> None:
    here = world(rules(giver("a", declined=treat), giver("b")))
    assert whys(tell(here, answered())) == []
    assert whys(here.planned(everything=True)) == []
    assert here.only("b").exceptions == {}


def test_tentative_answers_go_by_their_own_rule() -> None:
    here = world(rules(giver("a", tentative=Treat.SKIP), giver("b")))
    tell(here, answered(Response.TENTATIVE))
    assert here.only("b").exceptions == {SECOND: None}
    assert here.quiet() == 0


@pytest.mark.parametrize("treat", [Treat.SKIP, Treat.BUSY])
def test_a_date_that_was_moved_and_declined_comes_back_as_it_was_moved(treat: Treat) -> None:
    moved: dict[str, Any] = {"when": event(39).when, "subject": "Late"}
    here = world(rules(giver("a", declined=treat), giver("b")))
    tell(here, Occurrence(**moved))
    assert here.only("b").exceptions == {SECOND: Occurrence(**moved)}
    tell(here, answered(**moved))
    shown = None if treat is Treat.SKIP else Occurrence(when=moved["when"])
    assert here.only("b").exceptions == {SECOND: shown}
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []
    tell(here, Occurrence(**moved))
    assert here.only("b").exceptions == {SECOND: Occurrence(**moved)}
    assert here.quiet() == 0
    assert left(here) == {""}


def test_other_rules_take_a_declined_date_away_and_bring_it_back() -> None:
    here = world(rules(giver("a", declined=Treat.COPY), giver("b")))
    tell(here, answered())
    for treat in (Treat.SKIP, Treat.COPY):
        stands = {SECOND: None} if treat is Treat.SKIP else {}
        here.rules = rules(giver("a", declined=treat), giver("b"))
        here.run(everything=True, whole=True)
        assert here.only("b").exceptions == stands
        assert here.quiet() == 0
        assert left(here) == {""}


def test_a_copy_cannot_bring_a_declined_date_back() -> None:
    here = world()
    tell(here, answered())
    here.change("b", here.key("b"), exceptions={})
    assert whys(here.run()) == [("b", "PUT_BACK")]
    assert here.only("b").exceptions == {SECOND: None}
    assert here.only("a").exceptions == {SECOND: answered()}


def test_a_declined_date_holds_its_series_where_it_is_even_where_nothing_guards_it() -> None:
    here = World(OPEN)
    here.put("a", replace(MEETING, exceptions={SECOND: answered()}))
    here.quiet()
    copy: Event = here.only("b")
    here.change("b", here.key("b"), when=event(13).when, exceptions={})
    assert whys(here.run()) == [("b", "PUT_BACK")]
    assert here.only("b") == copy
    assert here.only("a").exceptions == {SECOND: answered()}


def test_the_organiser_moves_the_series_and_the_answers_begin_anew() -> None:
    here = world()
    tell(here, answered())
    later = event(13, rule=MEETING.rule).when
    here.change("a", here.key("a"), when=later, exceptions={})
    here.run()
    assert (here.only("b").when, here.only("b").exceptions) == (later, {})
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []


def test_a_date_comes_back_where_nobody_takes_part_any_more() -> None:
    here = world()
    tell(here, answered())
    plain: dict[str, Any] = {"meeting": False, "people": (), "response": Response.NONE, "exceptions": {}}
    here.touch("a", here.key("a"), guarded="")
    here.change("a", here.key("a"), **plain)
    here.run()
    assert here.only("b").exceptions == {}
    assert here.quiet() == 0


def test_what_a_copy_took_out_of_somebodys_own_series_stays_out_while_it_waits() -> None:
    """Only of what others are invited to does the origin alone say which dates there are."""
    here = World(OPEN)
    here.put("a", event(rule=MEETING.rule))
    here.quiet()
    here.shut = {"a"}
    here.change("b", here.key("b"), exceptions={SECOND: None})
    here.run()
    here.touch("a", here.key("a"))
    here.run()
    here.shut = set()
    here.quiet()
    here.run(everything=True, whole=True)
    assert here.only("b").exceptions == here.only("a").exceptions


@pytest.mark.parametrize("spokes", ["ab", "ba"])
def test_each_who_is_asked_answers_for_themselves(spokes: str) -> None:
    """Two were asked to the same meeting: what one of them declines, and the other attends, is free nowhere."""
    here = World(rules(giver("a"), giver("b"), giver("c")))
    for spoke in spokes:
        here.put(spoke, MEETING, guarded=INVITED, uid="meeting@x")
        here.quiet()
    assert [len(here.copies(name)) for name in "abc"] == [0, 0, 1]
    for spoke in "ab":
        here.change(spoke, here.key(spoke), exceptions={SECOND: answered()})
        here.quiet()
        assert here.only("c").exceptions == {}
        assert whys(here.planned(everything=True)) == []
        here.change(spoke, here.key(spoke), exceptions={})
        here.quiet()
    assert left(here) == {""}


@pytest.mark.parametrize("everything", [False, True])
def test_who_declined_alone_is_joined_by_another_who_attends(everything: bool) -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    here.put("a", replace(MEETING, exceptions={SECOND: answered()}), guarded=INVITED, uid="meeting@x")
    here.quiet()
    assert here.only("c").exceptions == {SECOND: None}
    copy = here.key("b")
    here.put("b", MEETING, guarded=INVITED, uid="meeting@x")
    here.run(everything=everything, whole=everything)
    here.quiet()
    assert copy not in here.shelves["b"]
    assert here.only("c").exceptions == {}
    assert whys(here.run(everything=True, whole=True)) == []
    assert left(here) == {""}


def test_both_are_there_from_the_start_and_one_declined() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    here.put("a", replace(MEETING, exceptions={SECOND: answered()}), guarded=INVITED, uid="meeting@x")
    here.put("b", MEETING, guarded=INVITED, uid="meeting@x")
    here.quiet()
    assert here.only("c").exceptions == {}
    assert here.only("b").exceptions == {}
    assert whys(here.planned(everything=True)) == []
    assert left(here) == {""}


def test_a_lost_ledger_finds_the_copies_without_the_date_again() -> None:
    here = world()
    tell(here, answered())
    here.ledger, here.asides = {}, {}
    here.run(everything=True, whole=True)
    assert here.only("b").exceptions == {SECOND: None}
    here.quiet()
    tell(here)
    here.quiet()
    assert here.only("b").exceptions == {}


def test_a_calendar_that_gets_nothing_else_is_told_as_well() -> None:
    here = world(rules(giver("a", Gets()), giver("b", replace(ALL, change=True))))
    tell(here, answered())
    assert here.only("b").exceptions == {SECOND: None}
    assert AT_SECOND not in next(iter(here.ledger.values())).links["a"].stood


@pytest.mark.parametrize("answer", [Response.ACCEPTED, Response.TENTATIVE, Response.UNANSWERED])
def test_of_a_declined_series_all_is_given_as_soon_as_one_date_was_not_declined(answer: Response) -> None:
    """Nobody counts as free who attends; the dates beside it take too much time, and that is safe."""
    here = World(OPEN)
    here.put("a", replace(MEETING, response=Response.DECLINED), guarded=INVITED, uid="meeting@x")
    here.run()
    assert not here.copies("b")
    tell(here, answered(answer))
    assert (here.only("b").rule, here.only("b").exceptions) == (MEETING.rule, {})
    assert here.quiet() == 0
    assert whys(here.planned(everything=True)) == []
    tell(here)
    assert not here.copies("b")
    assert here.quiet() == 0


@pytest.mark.parametrize("spokes", ["ab", "ba"])
def test_a_date_accepted_in_a_declined_series_is_busy_where_two_were_asked(spokes: str) -> None:
    here = World(rules(giver("a"), giver("b"), giver("c")))
    some = replace(MEETING, response=Response.DECLINED, exceptions={SECOND: answered(Response.ACCEPTED)})
    for spoke in spokes:
        here.put(spoke, some, guarded=INVITED, uid="meeting@x")
        here.quiet()
    assert (here.only("c").rule, here.only("c").exceptions) == (MEETING.rule, {})
    assert whys(here.planned(everything=True)) == []


THIRD: Final = START + timedelta(days=2)
ANSWERS: Final = st.sampled_from([None, Response.DECLINED, Response.TENTATIVE, Response.UNANSWERED])
DEEDS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.tuples(ANSWERS, ANSWERS)),
        st.tuples(st.just("move"), st.tuples(ANSWERS, ANSWERS)),
        st.tuples(st.just("edit"), st.sampled_from(["subject", "cancel", "call back"])),
        st.tuples(st.just("run"), st.sampled_from(["", "whole", "everything", "away"])),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(DEEDS, st.sampled_from([OPEN, HIDING]))
def test_whatever_is_answered_and_edited_copies_lack_what_was_declined_and_nothing_else(
    deeds: list[tuple[str, Any]], hub: HubRules
) -> None:
    here = world(hub)
    there = here.key("b")
    for deed, how in deeds:
        if deed in {"answer", "move"}:
            times = {SECOND: event(39).when if deed == "move" else usual(MEETING.when, SECOND)}
            times |= {THIRD: usual(MEETING.when, THIRD)}
            said = {start: answered(each, when=times[start]) for start, each in zip(times, how, strict=True)}
            plainly = {start: Occurrence(when=usual(MEETING.when, start)) for start in times}
            stands = {start: one for start, one in said.items() if one != plainly[start]}
            here.change("a", here.key("a"), exceptions=stands)
        elif deed == "edit":
            copy: Event = here.only("b")
            cancelled = {**copy.exceptions, THIRD: None} if how == "cancel" else {}
            changed = {"subject": "Mine"} if how == "subject" else {"exceptions": cancelled}
            here.change("b", there, **changed)
        elif how == "away":
            here.away = {"a"}
            here.run()
            here.away = set()
        else:
            here.run(everything=how == "everything", whole=how in {"whole", "everything"})
    here.quiet()
    original, copy = here.only("a"), here.only("b")
    declined = {start for start, one in original.exceptions.items() if one.response is Response.DECLINED}
    assert {start for start, one in copy.exceptions.items() if one is None} == declined
    assert copy.when == original.when
    moved = {start: one.when for start, one in original.exceptions.items() if one.when != usual(original.when, start)}
    assert {start: one.when for start, one in copy.exceptions.items() if one} == {
        start: when for start, when in moved.items() if start not in declined
    }
    assert whys(here.run(everything=True, whole=True)) == []

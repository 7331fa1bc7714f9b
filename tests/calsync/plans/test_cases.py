"""Tests of calsync/plans/cases.py: a test per line of the table of origin, copy and ledger, and what bears on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calsync.plans.cases import REMOVED
from calsync.plans.draft import MAY_NOT_CHANGE, MAY_NOT_DELETE
from calsync.rules import Conflict, Detail, Gets, HubRules, Kind, Reminders, Treat
from calsync.steps import GONE_FIRST, Plan
from protocols.model.event import Event, Occurrence, Sensitivity
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, NONE, World, event, giver, person, rules, target

OPEN = rules(giver("a"), giver("b"))
ONE_WAY = rules(giver("a", NONE), giver("b"))


def whys(made: Plan) -> list[tuple[str, str, str]]:
    return [(step.act.name, step.spoke, step.why.name) for each in made.decisions for step in each.steps]


def world(hub: HubRules = OPEN, one: Any = None, **more: Any) -> World:
    """One item in a, and its copy in b."""
    here = World(hub)
    here.put("a", one or event(), **more)
    here.run()
    here.quiet()
    return here


def alter(here: World, spoke: str, **more: Any) -> None:
    here.change(spoke, here.key(spoke), **more)


def test_new_is_copied_wherever_the_hub_may() -> None:
    here = World(rules(giver("a"), giver("b"), giver("c", NONE), target("t")))
    here.put("a", event())
    assert whys(here.run()) == [("CREATE", "b", "NEW"), ("CREATE", "t", "NEW")]
    assert here.shelves["c"] == {}
    assert here.quiet() == 0


def test_a_change_at_the_origin_goes_to_the_copies() -> None:
    here = world()
    alter(here, "a", subject="New")
    made = here.run()
    assert whys(made) == [("UPDATE", "b", "CHANGED")]
    assert made.decisions[0].steps[0].changes == {"subject"}
    assert here.only("b").subject == "New"


def test_a_change_of_a_copy_goes_to_the_origin_where_it_counts() -> None:
    here = world()
    alter(here, "b", subject="New")
    assert whys(here.run()) == [("UPDATE", "a", "CHANGED")]
    assert here.quiet() == 0


@pytest.mark.parametrize("hub", [ONE_WAY, rules(giver("a"), target("b"))])
def test_and_is_put_back_where_it_does_not(hub: HubRules) -> None:
    here = world(hub)
    alter(here, "b", subject="New", body="More")
    made = here.run()
    assert whys(made) == [("UPDATE", "b", "PUT_BACK")]
    assert made.decisions[0].steps[0].before is not None
    assert here.only("b") == event()
    assert here.quiet() == 0


def test_changes_of_a_guarded_item_are_put_back_and_it_is_never_written() -> None:
    here = world(one=event(meeting=True, people=("Ann",)), guarded="others are invited")
    alter(here, "b", subject="New")
    assert whys(here.run()) == [("UPDATE", "b", "PUT_BACK")]
    here.remove("b", here.key("b"))
    assert whys(here.run()) == [("CREATE", "b", "LOST")]
    assert here.only("b") == event()


def test_a_copy_to_which_others_were_invited_is_left_as_it_is() -> None:
    here = world()
    here.touch("b", here.key("b"), guarded="others are invited")
    here.run()
    alter(here, "a", subject="New")
    made = here.run()
    assert whys(made) == []
    assert [left.words for left in made.decisions[0].left] == ["others are invited"]
    here.remove("a", here.key("a"))
    assert whys(here.run()) == []
    assert [agreed.ended for agreed in here.ledger.values()] == [True]


def test_of_one_field_that_both_changed_the_newest_stays_and_the_other_is_told() -> None:
    here = world()
    alter(here, "b", subject="B", location="Hall")
    alter(here, "a", subject="A")
    assert whys(here.run()) == [("UPDATE", "a", "CHANGED"), ("UPDATE", "b", "CONFLICT")]
    assert [(each.what, each.winner, each.loser, each.kept, each.lost) for each in here.clashes] == [
        ("subject", "a", "b", "A", "B")
    ]
    assert here.stands("a") == here.stands("b")
    assert here.only("a").location == "Hall"


def test_the_other_version_is_kept_beside_where_the_rules_say_so() -> None:
    here = world(replace(OPEN, conflicts=Conflict.BOTH))
    alter(here, "b", subject="B")
    alter(here, "a", subject="A")
    here.run()
    assert here.stands("a") == here.stands("b")
    assert sorted(each["subject"] for each in here.stands("a")) == ["A", "B"]
    assert here.quiet() == 0


def test_gone_at_the_origin_is_gone_everywhere() -> None:
    here = world(rules(giver("a"), giver("b"), giver("c")))
    here.remove("a", here.key("a"))
    assert whys(here.run()) == [("DELETE", "b", "GONE"), ("DELETE", "c", "GONE")]
    assert here.ledger == {}


def test_a_copy_that_may_not_be_removed_is_left_until_it_may() -> None:
    here = world(rules(giver("a"), giver("b", replace(ALL, delete=False))))
    here.remove("a", here.key("a"))
    made = here.run()
    assert whys(made) == []
    assert [left.words for left in made.decisions[0].left] == [MAY_NOT_DELETE]
    assert here.quiet() == 0
    here.rules = OPEN
    assert whys(here.run(everything=True)) == [("DELETE", "b", "GONE")]
    assert here.ledger == {}


def test_an_edit_beats_a_removal_at_the_origin() -> None:
    here = world()
    here.remove("a", here.key("a"))
    alter(here, "b", subject="New")
    assert whys(here.run()) == [("CREATE", "a", "CONFLICT")]
    assert [clash.what for clash in here.clashes] == [REMOVED]
    assert here.stands("a") == here.stands("b")
    assert here.quiet() == 0


def test_where_it_cannot_be_made_again_the_edit_is_told() -> None:
    here = world(rules(giver("a", Gets(change=True)), giver("b")))
    here.remove("a", here.key("a"))
    alter(here, "b", subject="New")
    assert whys(here.run()) == [("DELETE", "b", "GONE")]
    assert [(clash.what, clash.lost) for clash in here.clashes] == [("subject", "New")]
    assert [clash.rule for clash in here.clashes] == [GONE_FIRST]


def test_a_removed_copy_removes_the_item_where_that_counts() -> None:
    here = world(rules(giver("a"), giver("b"), giver("c")))
    here.remove("b", here.key("b"))
    assert whys(here.run()) == [("DELETE", "a", "REMOVED"), ("DELETE", "c", "REMOVED")]
    assert here.ledger == {}


def test_and_is_made_again_where_it_does_not_each_time_by_another_token() -> None:
    here = world(ONE_WAY)
    for copies in (1, 2):
        here.remove("b", here.key("b"))
        made = here.run()
        assert whys(made) == [("CREATE", "b", "LOST")]
        link = made.decisions[0].steps[0].link
        assert link is not None
        assert link.copies == copies
    assert here.quiet() == 0


def test_an_edit_beats_a_removal_of_a_copy() -> None:
    here = world()
    here.remove("b", here.key("b"))
    alter(here, "a", subject="New")
    assert whys(here.run()) == [("CREATE", "b", "CONFLICT")]
    assert [(clash.what, clash.winner, clash.loser) for clash in here.clashes] == [(REMOVED, "a", "b")]


def test_who_removes_what_they_had_not_seen_the_last_of_removes_nothing() -> None:
    here = world()
    alter(here, "a", subject="New")
    here.run(fails=lambda step: True)
    here.remove("b", here.key("b"))
    assert whys(here.run()) == [("CREATE", "b", "CONFLICT")]


def test_who_changes_what_they_had_not_seen_the_last_of_is_in_conflict() -> None:
    here = world()
    alter(here, "a", subject="First")
    here.run(fails=lambda step: True)
    alter(here, "b", subject="Second")
    here.run()
    assert [(clash.kept, clash.lost) for clash in here.clashes] == [("Second", "First")]
    assert [clash.rule for clash in here.clashes] == [here.rules.conflicts.value]


def test_a_removal_that_was_not_carried_out_is_carried_out_by_the_next_run() -> None:
    here = world()
    here.remove("b", here.key("b"))
    here.run(fails=lambda step: True)
    assert whys(here.run()) == [("DELETE", "a", "REMOVED")]


@pytest.mark.parametrize("spoke", ["a", "c"])
def test_unless_somebody_changed_it_in_between(spoke: str) -> None:
    here = world(rules(giver("a"), giver("b"), giver("c")))
    here.remove("b", here.key("b"))
    here.run(fails=lambda step: True)
    alter(here, spoke, subject="New")
    here.run()
    assert {here.only(each).subject for each in "abc"} == {"New"}


def test_what_is_not_given_any_more_is_taken_back_and_nobody_counts_it() -> None:
    here = world()
    alter(here, "a", sensitivity=Sensitivity.PRIVATE)
    made = here.run()
    assert whys(made) == [("DELETE", "b", "SORTED_OUT")]
    assert [aside.why for aside in made.asides] == ["private items are not given (private = skip)"]
    assert made.stops == ()
    assert "Stand-up" not in str([agreed.fields for agreed in here.ledger.values()])
    alter(here, "a", sensitivity=Sensitivity.NORMAL)
    again = here.run()
    assert again.forget == (("a", here.key("a")),)
    assert [step.link.copies for step in again.decisions[0].steps if step.link] == [1]  # another token
    assert here.stands("a") == here.stands("b")


def test_stricter_rules_rewrite_what_stands() -> None:
    here = world(one=event(body="Long"))
    here.rules = rules(giver("a", detail=Detail.BUSY), giver("b"))
    assert whys(here.run(everything=True)) == [("UPDATE", "b", "RULES")]
    assert (here.only("b").subject, here.only("b").body) == ("Busy", "")
    assert here.only("a").body == "Long"
    here.rules = OPEN
    here.run(everything=True)
    assert here.stands("a") == here.stands("b")


def test_another_prefix_rewrites_what_stands() -> None:
    here = world()
    here.rules = rules(giver("a"), giver("b", replace(ALL, prefix="[A] ")))
    assert whys(here.run(everything=True)) == [("UPDATE", "b", "RULES")]
    assert here.only("b").subject == "[A] Stand-up"
    assert whys(here.planned(everything=True)) == []


def test_a_spoke_that_gives_nothing_any_more_takes_its_items_back() -> None:
    here = world()
    here.rules = rules(target("a"), giver("b"))
    assert whys(here.run(everything=True)) == [("DELETE", "b", "WITHDRAWN")]
    assert len(here.shelves["a"]) == 1


def test_what_slips_out_of_the_window_stays() -> None:
    here = world()
    here.now += timedelta(days=4000)
    alter(here, "a", subject="New")
    assert whys(here.run()) == [("UPDATE", "b", "CHANGED")]


def test_a_copy_that_may_not_be_changed_is_left_and_told() -> None:
    here = world(rules(giver("a"), giver("b", Gets(create=True))))
    alter(here, "a", subject="New")
    made = here.run()
    assert whys(made) == []
    assert [left.words for left in made.decisions[0].left] == [MAY_NOT_CHANGE]
    (agreed,) = here.ledger.values()
    assert agreed.links["b"].left == MAY_NOT_CHANGE
    assert here.quiet() == 0
    here.rules = OPEN
    here.run(everything=True)
    assert here.only("b").subject == "New"


def test_what_a_spoke_cannot_hold_is_named() -> None:
    here = World(OPEN)
    here.fits["b"] = lambda one: (None, "no series") if isinstance(one, Event) and one.repeats else (one, "")
    here.put("a", event(rule=Recurrence(frequency=Frequency.DAILY)))
    made = here.run()
    assert [(left.spoke, left.words) for left in made.decisions[0].left] == [("b", "no series")]
    assert here.quiet() == 0
    alter(here, "a", rule=None)
    assert whys(here.run()) == [("CREATE", "b", "NEW")]


def test_a_text_of_which_a_spoke_holds_the_beginning_is_not_lost() -> None:
    here = World(OPEN)
    here.fits["b"] = lambda one: (replace(one, body=one.body[:4]), "") if isinstance(one, Event) else (None, "")
    here.put("a", event(body="A long text"))
    here.run()
    alter(here, "b", body="A lo, and more")
    assert whys(here.run()) == [("UPDATE", "b", "PUT_BACK")]
    assert here.only("a").body == "A long text"


def test_a_server_that_writes_things_its_own_way_changed_nothing() -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, reminders=Reminders.KEEP))))
    here.own_way = lambda told: {**told, "location": "ELSEWHERE"}
    here.put("a", event(location="Elsewhere"))
    here.run()
    assert here.quiet() == 0
    assert here.only("b").location == "ELSEWHERE"
    assert here.only("a").location == "Elsewhere"


def test_a_spoke_that_takes_no_part_is_written_when_it_is_back() -> None:
    here = world(rules(giver("a"), giver("b"), giver("c")))
    here.away = {"c"}
    alter(here, "a", subject="New")
    made = here.run()
    assert whys(made) == [("UPDATE", "b", "CHANGED")]
    assert made.decisions[0].waits
    here.away = set()
    assert whys(here.run()) == [("UPDATE", "c", "CHANGED")]
    assert here.quiet() == 0


def test_what_cannot_be_read_is_not_written_and_counts_as_it_was() -> None:
    here = world()
    here.unread = {"b": {here.key("b")}}
    alter(here, "a", subject="New")
    assert whys(here.run()) == []
    here.unread = {}
    assert whys(here.run()) == [("UPDATE", "b", "CHANGED")]


def test_what_a_read_cut_short_is_never_written_back() -> None:
    here = world(one=event(body="cut"), cut=frozenset({"body"}))
    alter(here, "b", body="other")
    assert whys(here.run()) == [("UPDATE", "b", "PUT_BACK")]
    assert here.only("a").body == "cut"


DAILY = Recurrence(frequency=Frequency.DAILY, count=5)
START = event().when.start  # type: ignore[union-attr]


def test_occurrences_are_moved_cancelled_and_ended_in_both_directions() -> None:
    here = world(one=event(rule=DAILY))
    alter(here, "a", exceptions={START: None})
    later = START + timedelta(days=1)
    alter(here, "b", exceptions={later: Occurrence(when=event(15).when)})
    here.run()
    assert here.stands("a") == here.stands("b")
    assert set(here.only("a").exceptions) == {START, later}
    alter(here, "b", rule=replace(DAILY, count=3))
    made = here.run()
    assert [(step.spoke, set(step.changes)) for step in made.decisions[0].steps] == [("a", {"rule"})]  # it keeps them
    assert set(here.only("a").exceptions) == {START, later}
    assert here.stands("a") == here.stands("b")


def test_private_occurrences_are_withheld_from_the_copies_alone() -> None:
    here = world(rules(giver("a", private=Treat.SKIP), giver("b")), one=event(rule=DAILY))
    secret = Occurrence(when=event(15).when, subject="Secret", sensitivity=Sensitivity.PRIVATE)
    alter(here, "a", exceptions={START: secret})
    assert whys(here.run()) == [("UPDATE", "b", "CHANGED")]
    assert here.only("b").exceptions == {START: None}
    assert here.only("a").exceptions == {START: secret}
    assert whys(here.planned(everything=True)) == []


def test_a_moved_occurrence_of_a_busy_copy_is_not_written_over_what_was_hidden() -> None:
    here = world(
        rules(giver("a", detail=Detail.BUSY), giver("b")),
        one=event(rule=DAILY, exceptions={START: Occurrence(when=event(15).when, subject="Secret")}),
    )
    alter(here, "b", exceptions={START: Occurrence(when=event(17).when)})
    assert whys(here.run()) == [("UPDATE", "b", "PUT_BACK")]
    assert here.only("a").exceptions[START].subject == "Secret"


def test_contacts_go_the_same_way() -> None:
    cards = world(rules(giver("a"), giver("b", replace(ALL, prefix="[A] ")), kind=Kind.CONTACTS), one=person())
    alter(cards, "b", company="Lee Ltd", display_name="[A] Ann B. Lee")
    cards.run()
    assert (cards.only("a").company, cards.only("a").display_name) == ("Lee Ltd", "Ann B. Lee")
    cards.remove("a", cards.key("a"))
    assert whys(cards.run()) == [("DELETE", "b", "GONE")]

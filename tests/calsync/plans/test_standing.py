"""Tests of calsync/plans/standing.py: what has to be done at one spoke."""

from dataclasses import replace

import pytest

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import digests, fields
from calsync.plans.looking import look
from calsync.plans.refusals import NOT_NOW, REFUSED
from calsync.plans.situation import Situation
from calsync.plans.standing import MAY_NOT_CHANGE, MAY_NOT_DELETE, Standing
from calsync.rules import Gets, HubRules
from calsync.spoke import Ability, Act
from protocols.model.event import Sensitivity
from tests.calsync.plans.model import ALL, NOW, World, event, giver, rules, whatever

FIELDS = fields(event())
STOOD = digests(FIELDS)
A = Link(spoke="a", key="1", version="v1", asked=STOOD, stood=STOOD)
B = replace(A, spoke="b", made=True, copies=1, worn="{}")
AGREED = Agreed(id="x", origin="a", fields=FIELDS, links={"a": A, "b": B})
OPEN = rules(giver("a"), giver("b"))


def standing(
    agreed: Agreed = AGREED, *, hub: HubRules = OPEN, now: Agreed | None = None, live: bool = True, away: str = ""
) -> Standing:
    """What becomes of ``agreed``, as the ledger has it, where it shall be as ``now``."""
    situation = Situation(
        rules=hub,
        now=NOW,
        seen={},
        unread={},
        abilities={name: Ability(fit=whatever) for name in "ab" if name != away},
        everything=False,
    )
    made = Standing(situation=situation, look=look(situation, agreed), agreed=now or agreed, live=live)
    made.each()
    return made


def test_where_all_is_as_it_shall_be_nothing_is_done() -> None:
    made = standing()
    assert (made.steps, made.left, made.waits, made.links) == ([], [], False, dict(AGREED.links))


def test_what_was_asked_and_what_shall_stand_are_compared_not_what_the_server_made_of_it() -> None:
    own = replace(AGREED, links={**AGREED.links, "b": replace(B, stood=digests({"subject": "STAND-UP"}))})
    assert standing(own).steps == []
    newer = replace(AGREED, fields={**FIELDS, "subject": "New"})
    steps = [(step.spoke, set(step.changes)) for step in standing(now=newer).steps]
    assert steps == [("a", {"subject"}), ("b", {"subject"})]


def test_what_has_to_be_written_anew_is_unless_it_stands_there_by_now() -> None:
    anew = replace(AGREED, links={"a": A, "b": replace(B, asked={**STOOD, "subject": ANEW, "body": ANEW})})
    (step,) = standing(replace(anew, links={**anew.links, "b": replace(anew.links["b"], stood={})})).steps
    assert step.changes == {"subject"}
    assert standing(anew).steps == []
    assert standing(anew).links["b"].asked == STOOD


@pytest.mark.parametrize(
    ("gets", "link", "words"),
    [
        (Gets(create=True), B, MAY_NOT_CHANGE),
        (ALL, replace(B, guarded="others are invited"), "others are invited"),
    ],
)
def test_what_may_not_be_changed_is_left(gets: Gets, link: Link, words: str) -> None:
    newer = replace(AGREED, fields={**FIELDS, "subject": "New"})
    was = replace(AGREED, links={"b": link})
    made = standing(was, hub=rules(giver("a", Gets()), giver("b", gets)), now=newer)
    assert made.steps == []
    assert [left.words for left in made.left] == [words]
    assert made.links["b"].left == words


def test_what_a_spoke_refused_stays_told() -> None:
    fields = {**FIELDS, "subject": "New"}
    barred = replace(B, left=REFUSED + "too long", barred={"subject": digests(fields)["subject"]})
    made = standing(replace(AGREED, links={"a": A, "b": barred}), now=replace(AGREED, fields=fields))
    assert ([step.spoke for step in made.steps], made.links["b"]) == (["a"], barred)
    made = standing(replace(AGREED, links={"a": A, "b": barred}))
    assert (made.links["b"].left, made.links["b"].barred) == ("", {})


def test_what_ended_goes_and_what_may_not_go_is_left() -> None:
    over = replace(AGREED, ended=True, links={"b": B})
    (step,) = standing(over, live=False).steps
    assert (step.act, step.spoke, step.link) == (Act.DELETE, "b", B)
    made = standing(over, hub=rules(giver("a"), giver("b", Gets())), live=False)
    assert (made.steps, made.links["b"].left) == ([], MAY_NOT_DELETE)


def test_somebodys_own_that_may_not_go_is_theirs_again() -> None:
    over = replace(AGREED, ended=True, links={"b": replace(B, made=False)})
    made = standing(over, hub=rules(giver("a"), giver("b", Gets())), live=False)
    assert (made.steps, made.links) == ([], {})


@pytest.mark.parametrize(("pending", "waits"), [(True, True), (False, False)])
def test_a_spoke_that_takes_no_part_is_waited_for_where_something_may_be_to_do(pending: bool, waits: bool) -> None:
    made = standing(replace(AGREED, pending=pending), away="b")
    assert (made.steps, made.waits) == ([], waits)


def test_a_lost_copy_is_made_again_with_its_count() -> None:
    made = standing(replace(AGREED, links={"a": A, "b": replace(B, version="")}))
    assert [(step.act, step.link.copies) for step in made.steps if step.link] == [(Act.CREATE, 1)]


@pytest.mark.parametrize("fails", [False, True])
def test_a_copy_of_what_is_private_by_now_that_may_not_be_removed_is_written_down_to_its_times(fails: bool) -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, delete=False)), giver("c")))
    key = here.put("a", event(subject="Lunch", location="Room", body="With Bo"))
    here.quiet()
    here.change("a", key, subject="Oncologist", sensitivity=Sensitivity.PRIVATE)
    here.run(fails=lambda step: fails)
    here.quiet()
    assert (here.only("b"), here.shelves["c"]) == (event(subject="Busy"), {})
    assert [agreed.links["b"].left for agreed in here.ledger.values()] == [MAY_NOT_DELETE]
    here.change("b", here.key("b"), body="written by somebody")
    here.quiet()
    assert here.only("b") == event(subject="Busy")
    here.change("a", key, subject="Lunch", sensitivity=Sensitivity.NORMAL)
    here.quiet()
    assert here.only("a") == here.only("b") == here.only("c") == event(subject="Lunch", location="Room", body="With Bo")


def test_what_cannot_be_written_now_waits_whatever_is_to_be_done() -> None:
    here = World(rules(giver("a"), giver("b")))
    keys = [here.put("a", event(subject=name)) for name in ("One", "Two")]
    here.quiet()
    here.shut = {"b"}
    here.change("a", keys[0], subject="Changed")
    here.remove("a", keys[1])
    here.put("a", event(subject="New"))
    for _ in range(2):
        made = here.run()
        assert [left.words for each in made.decisions for left in each.left] == [NOT_NOW] * 3
        assert all(each.waits and not each.steps for each in made.decisions)
    here.shut = set()
    here.quiet()
    assert here.stands("a") == here.stands("b")

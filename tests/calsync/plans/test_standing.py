"""Tests of calsync/plans/standing.py: what has to be done at one spoke."""

from dataclasses import replace

import pytest

from calsync.agreed import Link
from calsync.contents import digests
from calsync.plans.draft import MAY_NOT_CHANGE
from calsync.plans.refusals import NOT_NOW, REFUSED
from calsync.rules import Gets
from calsync.spoke import Act
from tests.calsync.plans.drafts import AGREED, FIELDS, A, B, standing
from tests.calsync.plans.model import ALL, World, event, giver, rules


def test_where_all_is_as_it_shall_be_nothing_is_done() -> None:
    made = standing()
    assert (made.steps, made.left, made.waits, made.links) == ([], [], False, dict(AGREED.links))


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


@pytest.mark.parametrize(("pending", "waits"), [(True, True), (False, False)])
def test_a_spoke_that_takes_no_part_is_waited_for_where_something_may_be_to_do(pending: bool, waits: bool) -> None:
    made = standing(replace(AGREED, pending=pending), away="b")
    assert (made.steps, made.waits) == ([], waits)


def test_a_lost_copy_is_made_again_with_its_count() -> None:
    made = standing(replace(AGREED, links={"a": A, "b": replace(B, version="")}))
    assert [(step.act, step.link.copies) for step in made.steps if step.link] == [(Act.CREATE, 1)]


def test_what_cannot_be_written_now_waits_whatever_is_to_be_done() -> None:
    here = World(rules(giver("a"), giver("b")))
    keys = [here.put("a", event(subject=name)) for name in ("One", "Two")]
    here.quiet()
    here.shut = {"b"}
    here.change("a", keys[0], subject="Changed")
    here.remove("a", keys[1])
    here.put("a", event(subject="New"))
    made = here.run()
    assert [left.words for each in made.decisions for left in each.left] == [NOT_NOW] * 3
    assert not any(each.steps or each.waits for each in made.decisions), "nothing can be done about it in the next run"
    assert [each.links["b"].left for each in here.ledger.values()] == [NOT_NOW] * 3
    assert here.run().decisions == ()
    here.shut = set()
    here.quiet()
    assert here.stands("a") == here.stands("b")

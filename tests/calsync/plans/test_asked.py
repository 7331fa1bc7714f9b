"""Tests of calsync/plans/asked.py: which fields have to be written at a spoke."""

from dataclasses import replace

from calsync.agreed import ANEW
from calsync.contents import digests
from tests.calsync.plans.drafts import AGREED, FIELDS, STOOD, A, B, standing


def test_what_has_to_be_written_anew_is_unless_it_stands_there_by_now() -> None:
    anew = replace(AGREED, links={"a": A, "b": replace(B, asked={**STOOD, "subject": ANEW, "body": ANEW})})
    (step,) = standing(replace(anew, links={**anew.links, "b": replace(anew.links["b"], stood={})})).steps
    assert step.changes == {"subject"}
    assert standing(anew).steps == []
    assert standing(anew).links["b"].asked == STOOD


def test_what_was_asked_and_what_shall_stand_are_compared_not_what_the_server_made_of_it() -> None:
    own = replace(AGREED, links={**AGREED.links, "b": replace(B, stood=digests({"subject": "STAND-UP"}))})
    assert standing(own).steps == []
    newer = replace(AGREED, fields={**FIELDS, "subject": "New"})
    steps = [(step.spoke, set(step.changes)) for step in standing(now=newer).steps]
    assert steps == [("a", {"subject"}), ("b", {"subject"})]

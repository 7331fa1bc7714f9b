"""Tests of galsync/engine/tally.py: what is counted, and how those are named whom it concerns."""

from galsync.engine.tally import UNTRIED, Failure, Tally, who
from galsync.side import Failed, Handed, Written
from galsync.steps import Act, Step, Why
from protocols.model.freebusy import Reason
from tests.galsync.stock import create, remove, update


def test_every_outcome_is_counted_where_it_belongs() -> None:
    tally = Tally()
    outcomes = (Written("k"), Handed(), Failed(Reason.GARBLED, "", doubt=True), UNTRIED)
    tally.count("", [create("ann"), update("bob"), remove("cid"), create("dan")], outcomes)
    assert (tally.written, tally.handed) == ({Act.CREATE: 1}, {Act.UPDATE: 1})
    assert tally.figures() == {"written_create": 1, "handed": 1, "failed": 1, "in_doubt": 1, "untried": 1}
    assert tally.failures == [
        Failure(place="", act=Act.REMOVE, anchor="hr:cid", who="cid@a.example", words="garbled", doubt=True)
    ]


def test_failures_beyond_a_number_are_counted_only() -> None:
    tally = Tally()
    for _ in range(11):
        tally.count("", [create("ann")] * 100, [Failed(Reason.FORBIDDEN, "no")] * 100)
    assert (tally.failed, len(tally.failures)) == (1100, 1000)


def test_whom_a_step_is_about() -> None:
    assert who(create("ann")) == "ann@a.example"
    assert who(remove("bob")) == "bob@a.example"
    assert who(Step(act=Act.REMOVE, anchor="hr:1", why=Why.GONE)) == "hr:1"


def test_whoever_was_written_without_a_member_is_named() -> None:
    tally = Tally()
    tally.count("", [create("ann"), create("bob")], [Written("k", missing=("x@a.example",)), Written("l")])
    assert tally.missing == {"ann@a.example": ("x@a.example",)}
    assert tally.clean

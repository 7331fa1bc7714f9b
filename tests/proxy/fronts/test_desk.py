"""Tests of proxy/fronts/desk.py."""

from protocols.model.freebusy import Question, Reason
from proxy.fronts.desk import Desk
from proxy.fronts.record import Record
from tests.contracts.scripted import Scripted, boxes, reasons, window
from tests.contracts.virtual import run

QUESTION = Question(window=window(0, 24))


def test_what_is_no_address_is_answered_in_its_place_and_not_asked() -> None:
    peer, record = Scripted(), Record("1")
    ann, bob = boxes("ann", "bob")
    answers = run(Desk(connector=peer).look_up([None, ann, None, bob], QUESTION, record))
    assert reasons(answers) == [Reason.INVALID_ADDRESS, None, Reason.INVALID_ADDRESS, None]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "bob@b.example"]]
    assert (record.mailboxes, record.outcomes) == (4, {"invalid-address": 2, "known": 2})


def test_nobody_is_asked_about_nobody() -> None:
    peer = Scripted()
    assert len(run(Desk(connector=peer).look_up([None], QUESTION, Record("1")))) == 1
    assert peer.calls == []


def test_the_hops_of_the_request_go_with_the_question() -> None:
    peer = Scripted()
    run(Desk(connector=peer).look_up(boxes("ann"), QUESTION, Record("1", hops=("0" * 16,))))
    assert [question.hops for _, question in peer.calls] == [("0" * 16,)]

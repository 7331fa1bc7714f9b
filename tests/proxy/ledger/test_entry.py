"""Tests of proxy/ledger/entry.py: what is written down, and what never is."""

import json

import pytest

from protocols.model.freebusy import Answer, Detail, Reason
from proxy.ledger.entry import ALLOWED, NOT_ALLOWED, REFUSED, render
from proxy.ledger.pseudonyms import plainly
from tests.proxy.ledger.entries import Caller, entry, group, known, unknown


def test_one_line_says_who_looked_at_whom_when_through_what_and_with_what_verdict() -> None:
    answers: list[Answer] = [
        known("Ann@B.example", Detail.DETAILS),
        unknown("bob@b.example", Reason.FORBIDDEN),
        unknown(None, Reason.INVALID_ADDRESS),
        unknown("carl@b.example", Reason.TIMEOUT),
    ]
    line = render(entry(*answers, caller=Caller(person="Paula@N.example")), plainly)
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "v": 1,
        "time": "2026-11-20T12:30:15.250Z",
        "request": "r-1",
        "front": "ews",
        "caller": "northwind",
        "proof": "basic",
        "person": "paula@n.example",
        "from": "2026-11-23T00:00:00.000Z",
        "to": "2026-11-25T00:00:00.000Z",
        "asked": "details",
        "people": [
            {"address": "ann@b.example", "verdict": "allowed", "outcome": "details"},
            {"address": "bob@b.example", "verdict": "forbidden", "outcome": "refused"},
            {"address": "carl@b.example", "verdict": "allowed", "outcome": "timeout"},
        ],
    }


def test_members_whose_time_a_group_showed_are_written_behind_it() -> None:
    line = render(entry(group("team@b.example", "Ann@b.example", "bob@b.example"), known("carl@b.example")), str.upper)
    assert json.loads(line)["people"] == [
        {"address": "TEAM@B.EXAMPLE", "verdict": "allowed", "outcome": "busy"},
        {"address": "ANN@B.EXAMPLE", "verdict": "allowed", "outcome": "busy", "through": "TEAM@B.EXAMPLE"},
        {"address": "BOB@B.EXAMPLE", "verdict": "allowed", "outcome": "busy", "through": "TEAM@B.EXAMPLE"},
        {"address": "CARL@B.EXAMPLE", "verdict": "allowed", "outcome": "busy"},
    ]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_verdict_and_an_outcome(reason: Reason) -> None:
    [person] = json.loads(render(entry(unknown("ann@b.example", reason)), plainly))["people"]
    refused = reason in NOT_ALLOWED
    assert person["verdict"] == (reason.value if refused else ALLOWED)
    assert person["outcome"] == (REFUSED if refused else reason.value)


def test_nothing_of_what_was_seen_is_kept() -> None:
    kept = entry(known("ann@b.example", Detail.DETAILS), unknown("bob@b.example", Reason.TIMEOUT))
    for text in (repr(kept), render(kept, plainly).decode()):
        assert not [word for word in ("merger", "room 7", "a word for the log") if word in text]


def test_names_are_written_as_they_are_told_to_be() -> None:
    line = json.loads(render(entry(caller=Caller(person="p@n.example")), str.upper))
    assert (line["person"], line["people"][0]["address"]) == ("P@N.EXAMPLE", "ANN@B.EXAMPLE")

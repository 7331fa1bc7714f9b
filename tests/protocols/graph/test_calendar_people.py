"""Who takes part in an event of Graph."""

from typing import Any

import pytest

from protocols.graph.calendar_people import people_of
from protocols.model.event import Response
from tests.protocols.graph.calendar_samples import ANN, OWNERS, entry, person


@pytest.mark.parametrize(
    ("fields", "others"),
    [
        ({}, False),
        ({"attendees": None, "organizer": None, "isOrganizer": None}, False),
        ({"attendees": [person(ANN.upper())]}, False),
        ({"attendees": [person("b@b.example")]}, True),
        ({"attendees": [{"emailAddress": None}]}, True),
        ({"attendees": ["rubbish"]}, True),
        ({"isOrganizer": False}, True),
        ({"isOrganizer": None, "organizer": person("b@b.example")}, True),
        ({"organizer": person("ann.alias@contoso.example")}, False),
    ],
)
def test_whether_others_take_part(fields: dict[str, Any], others: bool) -> None:
    found = people_of(entry(**fields), OWNERS)
    assert found.others is others
    assert others or (found.lines, found.response) == ((), Response.NONE)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        ("none", Response.NONE),
        ("organizer", Response.NONE),
        ("notResponded", Response.UNANSWERED),
        ("tentativelyAccepted", Response.TENTATIVE),
        ("accepted", Response.ACCEPTED),
        ("declined", Response.DECLINED),
        ("?", Response.NONE),
    ],
)
def test_what_the_owner_answered(answer: str, response: Response) -> None:
    fields = {"isOrganizer": False, "responseStatus": {"response": answer}}
    assert people_of(entry(**fields), OWNERS).response is response


def test_people_are_lines() -> None:
    guests = [person("b@b.example", " Bob \n B "), person("b@b.example", "B@b.example"), person("", "Room 1")]
    found = people_of(entry(attendees=guests), OWNERS)
    assert found.lines == ("Organiser: Ann <ann@contoso.example>", "Bob B <b@b.example>", "Room 1")

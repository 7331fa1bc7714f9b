"""getSchedule keeps its limits and says what hand computation finds."""

import json
from typing import Any

import pytest

from tests.simulation.graph.asking import PERSON, READER, Asker, body


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        (body(), 400, "ErrorMailboxDataArrayEmpty"),
        (body(*[PERSON] * 21), 400, "ErrorMailboxDataArrayTooBig"),
        (body(PERSON, end="2026-11-24T00:00:00"), 400, "ErrorInvalidTimeInterval"),
        (body(PERSON, start="2026-11-24T00:00:00Z"), 400, "ErrorInvalidTimeInterval"),
        (body(PERSON, end="2027-01-25T00:00:00"), 400, "ErrorTimeIntervalTooBig"),
        (body(PERSON, availabilityViewInterval=4), 400, "ErrorInvalidMergedFreeBusyInterval"),
        (body(PERSON, availabilityViewInterval=None), 500, "ErrorInternalServerError"),
    ],
)
async def test_limits_and_codes(asker: Asker, question: dict[str, Any], status: int, code: str) -> None:
    found, answer = await asker.ask(question)
    assert (found, answer["error"]["code"]) == (status, code)


async def test_the_answer_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin, seen in Kolkata: the stand-up at 10:00 is at 14:30 there."""
    status, answer = await asker.ask(body(PERSON, "nobody@contoso.example"), zone="India Standard Time")
    assert status == 200
    known, unknown = answer["value"]
    assert known["scheduleItems"][0] == {
        "isPrivate": False,
        "status": "busy",
        "start": {"dateTime": "2026-11-24T14:30:00.0000000", "timeZone": "India Standard Time"},
        "end": {"dateTime": "2026-11-24T14:45:00.0000000", "timeZone": "India Standard Time"},
    }
    assert known["workingHours"]["startTime"] == "09:00:00.0000000"
    assert unknown["error"]["responseCode"] == "ErrorMailRecipientNotFound"


async def test_details_are_for_readers_and_never_of_private_events(asker: Asker) -> None:
    _, answer = await asker.ask(body(PERSON), token=asker.server.tokens.issue(roles=READER.roles))
    items = answer["value"][0]["scheduleItems"]
    assert "Stand-up" in {item.get("subject") for item in items}
    (private,) = [item for item in items if item["isPrivate"]]
    assert "subject" not in private
    assert "Physiotherapy" not in json.dumps(answer)


async def test_some_people_have_a_zone_of_their_own(asker: Asker) -> None:
    _, answer = await asker.ask(body("matthias.krueger@contoso.example", "grace.miller@contoso.example"))
    custom, named = (schedule["workingHours"]["timeZone"] for schedule in answer["value"])
    assert (custom["@odata.type"], custom["bias"]) == ("#microsoft.graph.customTimeZone", -60)
    assert named == {"name": "Eastern Standard Time"}

"""freeBusy keeps its limits and says what hand computation finds."""

import pytest

from tests.simulation.google.asking import HIDDEN, PERSON, Asker, reason


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"timeMax": "2027-02-23T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMax": "2026-11-24T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMin": "2026-11-24T00:00:00"}, "badRequest"),
        ({"timeZone": "Mars/Olympus"}, "invalid"),
    ],
)
async def test_freebusy_refuses(asker: Asker, more: dict[str, str], why: str) -> None:
    status, answer = await asker.freebusy(PERSON, **more)
    assert (status, reason(answer)) == (400, why)


async def test_freebusy_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin: stand-up at 10:00, call at 11:30, physiotherapy at 17:00."""
    status, answer = await asker.freebusy(PERSON, "nobody@northwind.example", HIDDEN, timeZone="Europe/Berlin")
    assert status == 200
    assert answer["calendars"][PERSON]["busy"] == [
        {"start": "2026-11-24T05:00:00+01:00", "end": "2026-11-24T06:00:00+01:00"},  # the team meeting in Sydney
        {"start": "2026-11-24T10:00:00+01:00", "end": "2026-11-24T10:15:00+01:00"},
        {"start": "2026-11-24T11:30:00+01:00", "end": "2026-11-24T12:15:00+01:00"},
        {"start": "2026-11-24T17:00:00+01:00", "end": "2026-11-24T18:00:00+01:00"},
    ]
    for unseen in ("nobody@northwind.example", HIDDEN):
        assert answer["calendars"][unseen] == {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}


async def test_the_fifty_first_calendar_is_one_too_many(asker: Asker) -> None:
    names = [f"n{i}@northwind.example" for i in range(50)]
    _, answer = await asker.freebusy(*names, PERSON)
    assert answer["calendars"][PERSON]["errors"][0]["reason"] == "tooManyCalendarsRequested"

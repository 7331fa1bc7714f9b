"""Answers for programs: instants with their offset, details as far as they are there, or the reason."""

from datetime import UTC, datetime

from console.answers_json import as_json
from console.drawing import Row
from protocols.model.freebusy import Availability, Detail, Part, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
ANN = Mailbox.parse("ann@contoso.example")


def test_a_known_mailbox() -> None:
    details = EventDetails(subject="Budget", location="Elbe")
    answer = Availability(
        mailbox=ANN,
        window=WINDOW,
        intervals=Intervals.pack([BusyInterval(WINDOW, BusyStatus.TENTATIVE, details)]),
        detail=Detail.DETAILS,
        source="contoso",
        as_of=WINDOW.start,
    )
    day = {"start": "2026-11-23T00:00:00+00:00", "end": "2026-11-24T00:00:00+00:00"}
    event = {**day, "status": "tentative", "subject": "Budget", "location": "Elbe", "private": False}
    assert as_json(Row("Ann@contoso.example", answer)) == {
        "address": "Ann@contoso.example",
        "window": day,
        "source": "contoso",
        "as_of": "2026-11-23T00:00:00+00:00",
        "detail": "details",
        "unknown": [],
        "intervals": [event],
    }


def test_an_unknown_mailbox_has_no_intervals_at_all() -> None:
    found = as_json(Row("ann@contoso.example", Unavailable(mailbox=ANN, reason=Reason.TIMEOUT)))
    assert found == {
        "address": "ann@contoso.example",
        "reason": "timeout",
        "words": "the calendar system did not answer in time",
    }


def test_of_several_systems_each_is_named() -> None:
    parts = (Part("contoso", WINDOW.start), Part("shifts", None, Reason.UNREACHABLE))
    found = as_json(Row("ann@contoso.example", Unavailable(mailbox=ANN, reason=Reason.INCOMPLETE, parts=parts)))
    assert found["words"].endswith(": shifts cannot be reached")
    assert [(part["source"], part["reason"]) for part in found["parts"]] == [
        ("contoso", None),
        ("shifts", "unreachable"),
    ]

"""Each EWS request of the captures through the codec: understood, answered, and both held to the schema."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews import request, response, timezones
from protocols.ews.manner import EXCHANGE
from protocols.ews.operations import AVAILABILITY, operation_of
from protocols.ews.query import View
from protocols.ews.soap import encode_fault, read_envelope
from protocols.model.freebusy import Availability
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import texts, valid
from tests.wire.captures import captured

_EWS = [one.request.body for client in ("exchangelib", "ews-javascript-api") for one in captured(client)]


def _of(operation: str) -> list[bytes]:
    return [body for body in _EWS if read_envelope(body).operation == operation]


@pytest.mark.parametrize("body", _of(AVAILABILITY))
def test_free_busy_is_asked_and_answered(body: bytes) -> None:
    valid(body)
    asked = request.decode(read_envelope(body))
    assert [target.mailbox for target in asked.targets] == [
        Mailbox.parse("alice@example.test"),
        Mailbox.parse("bob@example.test"),
    ]
    assert asked.view is View.DETAILED_MERGED
    assert asked.question is not None
    assert asked.question.interval == timedelta(minutes=30)
    midnight = datetime(2026, 11, 23, tzinfo=asked.zone).astimezone(UTC)
    assert asked.question.window == TimeWindow(midnight, midnight + timedelta(days=2))
    at_nine = TimeWindow(midnight + timedelta(hours=9), midnight + timedelta(hours=10))
    answers = [
        Availability(
            mailbox=target.mailbox or Mailbox.parse("nobody@example.test"),
            window=asked.question.window,
            intervals=Intervals.pack([BusyInterval(at_nine, BusyStatus.BUSY)]),
            source="here",
            as_of=midnight,
        )
        for target in asked.targets
    ]
    root = valid(response.encode(asked, answers, EXCHANGE))
    assert texts(root, "FreeBusyViewType") == ["FreeBusyMerged"] * 2
    assert "2026-11-23T09:00:00" in texts(root, "StartTime")
    assert texts(root, "MergedFreeBusy") == ["0" * 18 + "22" + "0" * 76] * 2
    wants_suggestions = b"SuggestionsViewOptions" in body
    assert ("ErrorMeetingSuggestionGenerationFailed" in texts(root, "ResponseCode")) == wants_suggestions


@pytest.mark.parametrize("body", _of("GetServerTimeZones"))
def test_time_zones_are_asked_and_answered(body: bytes) -> None:
    valid(body)
    root = valid(timezones.encode(timezones.decode(read_envelope(body))))
    assert [zone.get("Id") for zone in root.iter("{*}TimeZoneDefinition")] == ["W. Europe Standard Time"]


@pytest.mark.parametrize("body", _of("ConvertId"))
def test_what_we_do_not_do_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError) as refused:
        operation_of(read_envelope(body))
    assert refused.value.fault is Fault.UNKNOWN_OPERATION
    assert texts(valid(encode_fault(refused.value)), "ResponseCode") == ["ErrorInvalidOperation"]


def test_nothing_of_the_captures_is_left_out() -> None:
    assert len(_of(AVAILABILITY)) + len(_of("GetServerTimeZones")) + len(_of("ConvertId")) == len(_EWS) == 8

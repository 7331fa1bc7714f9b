"""SuggestionsViewOptions: what is read, what is meant where nothing is written, what is refused with which code."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews.query import Guest, SuggestionsAsked
from protocols.ews.soap import encode_fault
from protocols.model.suggesting import Quality, Role, Terms
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import asking, decoded, texts, valid

_WINDOW = (
    "<t:DetailedSuggestionsWindow><t:StartTime>{}</t:StartTime><t:EndTime>{}</t:EndTime></t:DetailedSuggestionsWindow>"
)
_DAY = _WINDOW.format("2026-11-23T00:00:00", "2026-11-24T00:00:00")
_BERLIN = '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>'


def wanting(options: str = "", window: str = _DAY, after: str = "", *, header: str = "", alone: bool = False) -> bytes:
    """A request for suggestions: ``options`` stand before the window, ``after`` behind it."""
    data = asking(after=f"<t:SuggestionsViewOptions>{options}{window}{after}</t:SuggestionsViewOptions>", header=header)
    if not alone:
        return data
    start, end = data.index(b"<t:FreeBusyViewOptions>"), data.index(b"<t:SuggestionsViewOptions>")
    return data[:start] + data[end:]


def read(data: bytes) -> SuggestionsAsked:
    """What is wanted."""
    found = decoded(data).suggestions
    assert found is not None
    return found


def _fault(data: bytes) -> tuple[Fault, list[str]]:
    with pytest.raises(RequestError) as refused:
        decoded(data)
    return refused.value.fault, texts(valid(encode_fault(refused.value)), "ResponseCode")


def test_what_is_meant_where_nothing_is_written() -> None:
    asked = read(wanting())
    assert (
        asked.terms
        == Terms()
        == Terms(duration=timedelta(minutes=60), good_threshold=25, most=10, most_outside=0, at_least=Quality.FAIR)
    )
    assert asked.guests == (Guest(),)
    assert asked.window == TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))


def test_everything_written_and_the_empty_id_of_outlook() -> None:
    options = (
        "<t:GoodThreshold>49</t:GoodThreshold><t:MaximumResultsByDay>48</t:MaximumResultsByDay>"
        "<t:MaximumNonWorkHourResultsByDay>7</t:MaximumNonWorkHourResultsByDay>"
        "<t:MeetingDurationInMinutes>1440</t:MeetingDurationInMinutes>"
        "<t:MinimumSuggestionQuality>Poor</t:MinimumSuggestionQuality>"
    )
    after = "<t:CurrentMeetingTime>2026-11-23T09:00:00</t:CurrentMeetingTime><t:GlobalObjectId/>"
    data = wanting(options, after=after)
    valid(data)
    assert read(data).terms == Terms(
        duration=timedelta(days=1), good_threshold=49, most=48, most_outside=7, at_least=Quality.POOR
    )


def test_who_is_what_to_the_meeting() -> None:
    plain = b"<t:AttendeeType>Required</t:AttendeeType>"
    for word, role in (("Organizer", Role.ORGANIZER), ("Optional", Role.OPTIONAL), ("Room", Role.ROOM)):
        data = wanting().replace(
            plain, f"<t:AttendeeType>{word}</t:AttendeeType><t:ExcludeConflicts>true</t:ExcludeConflicts>".encode()
        )
        assert read(data).guests == (Guest(role, must_be_free=True),)
    assert read(wanting().replace(plain, b"")).guests == (Guest(),)
    unknown = b"<t:AttendeeType>Guest</t:AttendeeType>"
    assert _fault(wanting().replace(plain, unknown)) == (Fault.MALFORMED, ["ErrorSchemaValidation"])
    assert decoded(asking().replace(plain, unknown)).suggestions is None, "where nobody asks for times, nobody cares"


def test_alone_the_zone_of_the_request_counts_all_the_same() -> None:
    asked = decoded(wanting(header=_BERLIN, alone=True))
    assert asked.question is None
    assert asked.suggestions is not None
    assert asked.suggestions.window.start == datetime(2026, 11, 22, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "fault", "code"),
    [
        ("<t:GoodThreshold>0</t:GoodThreshold>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:GoodThreshold>50</t:GoodThreshold>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:MaximumResultsByDay>49</t:MaximumResultsByDay>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:MaximumResultsByDay>-1</t:MaximumResultsByDay>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:MaximumNonWorkHourResultsByDay>49</t:MaximumNonWorkHourResultsByDay>", Fault.SCHEMA,
         "ErrorSchemaValidation"),
        ("<t:MeetingDurationInMinutes>29</t:MeetingDurationInMinutes>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:MeetingDurationInMinutes>1441</t:MeetingDurationInMinutes>", Fault.SCHEMA, "ErrorSchemaValidation"),
        ("<t:MeetingDurationInMinutes>1_0</t:MeetingDurationInMinutes>", Fault.MALFORMED, "ErrorSchemaValidation"),
        ("<t:MeetingDurationInMinutes/>", Fault.MALFORMED, "ErrorSchemaValidation"),
        ("<t:GoodThreshold>" + "9" * 5000 + "</t:GoodThreshold>", Fault.MALFORMED, "ErrorSchemaValidation"),
        ("<t:MinimumSuggestionQuality>Bad</t:MinimumSuggestionQuality>", Fault.MALFORMED, "ErrorSchemaValidation"),
        ("<t:CurrentMeetingTime>soon</t:CurrentMeetingTime>", Fault.MALFORMED, "ErrorSchemaValidation"),
    ],
)  # fmt: skip
def test_what_is_refused(options: str, fault: Fault, code: str) -> None:
    assert _fault(wanting(options)) == (fault, [code])


@pytest.mark.parametrize(
    ("window", "fault", "code"),
    [
        ("", Fault.MISSING_ARGUMENT, "ErrorMissingArgument"),
        ("<t:DetailedSuggestionsWindow/>", Fault.MISSING_ARGUMENT, "ErrorMissingArgument"),
        (
            _WINDOW.format("2026-11-24T00:00:00", "2026-11-23T00:00:00"),
            Fault.INVALID_WINDOW,
            "ErrorInvalidTimeInterval",
        ),
        (
            _WINDOW.format("2026-11-24T00:00:00", "2027-01-26T00:00:00"),
            Fault.WINDOW_TOO_LONG,
            "ErrorTimeIntervalTooBig",
        ),
        (_WINDOW.format("x", "2026-11-23T00:00:00"), Fault.MALFORMED, "ErrorSchemaValidation"),
    ],
)
def test_windows_that_are_refused(window: str, fault: Fault, code: str) -> None:
    for alone in (False, True):
        assert _fault(wanting(window=window, alone=alone)) == (fault, [code])


def test_a_window_too_long_is_named() -> None:
    long = _WINDOW.format("2026-11-24T00:00:00", "2027-01-26T00:00:00")
    with pytest.raises(RequestError) as refused:
        decoded(wanting(window=long))
    (text,) = texts(valid(encode_fault(refused.value)), "Message")
    assert text == ("DetailedSuggestionsWindow is too long. The allowed limit = 62 days; the actual limit = 63 days.")
    assert read(wanting(window=_WINDOW.format("2026-11-24T00:00:00", "2027-01-25T00:00:00"))).window.length.days == 62

"""GetUserAvailability, the answer, written; and both directions together."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Fault, RequestError
from protocols.ews.manner import EXCHANGE, Manner
from protocols.ews.query import Guest, SuggestionsAsked, View
from protocols.ews.response import encode, encode_refusal, read
from protocols.ews.soap import read_envelope
from protocols.model.freebusy import Availability, Detail, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.suggesting import Terms
from protocols.model.window import TimeWindow
from protocols.zones.rules import RuleZone, rules_of
from protocols.zones.wall import to_utc
from tests.protocols.ews.samples import (
    ANN,
    BERLIN,
    BOB,
    HOURS,
    START,
    WEEK,
    ZONES,
    answered,
    asking,
    block,
    blocks,
    event_details,
    known,
    request_of,
    soap_request,
    texts,
    valid,
    xml_text,
)

_SECRET = EventDetails(subject="merger", location="room 9")


@pytest.mark.parametrize("view", View)
def test_each_view_holds_what_it_says(view: View) -> None:
    root = valid(answered(request_of(view=view), known([block(9, details=_SECRET)], hours=HOURS)))
    assert texts(root, "FreeBusyViewType") == [view.value]
    assert bool(texts(root, "MergedFreeBusy")) == view.merged
    assert bool(texts(root, "CalendarEvent")) == (view is not View.MERGED_ONLY)
    assert bool(texts(root, "WorkingHours")) == (view is not View.MERGED_ONLY)
    assert bool(texts(root, "Subject")) == (view.detail is Detail.DETAILS)


@pytest.mark.parametrize("view", View)
def test_who_may_see_busy_only_is_told_so(view: View) -> None:
    root = valid(answered(request_of(view=view), known([block(9)], detail=Detail.BUSY)))
    assert texts(root, "FreeBusyViewType") == [view.value.replace("Detailed", "FreeBusy")]


@pytest.mark.parametrize("view", View)
@given(found=blocks(event_details()), other=event_details())
def test_a_busy_only_answer_is_the_same_whatever_the_subjects(
    view: View, found: list[BusyInterval], other: EventDetails
) -> None:
    changed = [BusyInterval(one.window, one.status, other) for one in found]
    request = request_of(view=view)
    answers = {answered(request, known(some, detail=Detail.BUSY)) for some in (found, changed)}
    assert len(answers) == 1


def test_callers_that_read_events_get_them_with_the_merged_string() -> None:
    manner = Manner(always_events=True)
    root = valid(answered(request_of(view=View.MERGED_ONLY), known([block(9, details=_SECRET)]), manner=manner))
    assert texts(root, "FreeBusyViewType") == ["FreeBusyMerged"]
    assert len(texts(root, "CalendarEvent")) == 1
    assert texts(root, "Subject") == []


def test_digits() -> None:
    found = [block(index, 0.5, status) for index, status in enumerate(BusyStatus)]
    root = valid(answered(request_of(), known(found)))
    assert texts(root, "MergedFreeBusy")[0][:10] == "0000102030"
    assert len(texts(root, "MergedFreeBusy")[0]) == 7 * 48


@given(blocks(), st.integers(5, 1440))
def test_the_merged_string_has_the_right_length_and_no_digit_over_three(
    found: list[BusyInterval], minutes: int
) -> None:
    request = request_of()
    assert request.question is not None
    question = replace(request.question, interval=timedelta(minutes=minutes))
    (digits,) = texts(valid(answered(replace(request, question=question), known(found))), "MergedFreeBusy")
    assert len(digits) == -(-7 * 1440 // minutes)
    assert set(digits) <= set("0123")


@pytest.mark.parametrize(
    ("version", "word"), [("", "Free"), ("Exchange2010_SP2", "Free"), ("Exchange2013", "WorkingElsewhere")]
)
def test_working_elsewhere_by_version(version: str, word: str) -> None:
    found = known([block(9, status=BusyStatus.WORKING_ELSEWHERE)])
    assert texts(valid(answered(request_of(version=version), found)), "BusyType") == [word]


def test_order_and_duplicates_and_one_bad_mailbox() -> None:
    down = Unavailable(mailbox=BOB, reason=Reason.TIMEOUT)
    root = valid(answered(request_of(ANN, BOB, ANN), known([block(9)]), down, known([block(9)])))
    assert texts(root, "ResponseCode") == ["NoError", "ErrorTimeoutExpired", "NoError"]


def test_a_wrong_number_of_answers_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="1 answers for 2"):
        encode(request_of(ANN, BOB), [known()], EXCHANGE)


@pytest.mark.parametrize(
    "doubtful",
    [
        known(unknown=(TimeWindow(START, START + timedelta(hours=1)),)),
        known(window=TimeWindow(START + timedelta(seconds=1), WEEK.end)),
        known(window=TimeWindow(START, WEEK.end - timedelta(seconds=1))),
    ],
)
def test_any_doubt_in_the_window_is_an_error(doubtful: Availability) -> None:
    root = valid(answered(request_of(), doubtful))
    assert texts(root, "ResponseCode") == ["ErrorFreeBusyGenerationFailed"]
    assert texts(root, "FreeBusyViewType") == ["None"]


def test_doubt_outside_the_window_does_not_matter() -> None:
    wide = TimeWindow(START - timedelta(days=7), WEEK.end)
    found = known(window=wide, unknown=(TimeWindow(START - timedelta(days=1), START),))
    assert texts(valid(answered(request_of(), found)), "ResponseCode") == ["NoError"]


_WANTED = SuggestionsAsked(window=WEEK, terms=Terms(), guests=(Guest(),))


def test_suggestions_are_refused_beside_the_answers_and_alone() -> None:
    beside = valid(answered(replace(request_of(), suggestions=_WANTED), known()))
    assert texts(beside, "ResponseCode") == ["NoError", "ErrorMeetingSuggestionGenerationFailed"]
    alone = valid(answered(replace(request_of(), suggestions=_WANTED, question=None)))
    assert texts(alone, "ResponseCode") == ["ErrorMeetingSuggestionGenerationFailed"]
    assert texts(alone, "FreeBusyResponseArray") == []


def test_working_hours_are_in_the_persons_own_zone() -> None:
    root = valid(answered(request_of(zone=ZONES[2]), known(hours=HOURS)))
    assert texts(root, "Bias")[0] == "-60"
    assert texts(root, "DayOfWeek")[-1] == "Monday Friday"
    assert (texts(root, "StartTimeInMinutes"), texts(root, "EndTimeInMinutes")) == (["480"], ["1020"])


def test_a_refusal_per_mailbox() -> None:
    envelope = read_envelope(asking("a", "b", "c", start="2027-01-01T00:00:00"))
    data = encode_refusal(envelope, RequestError(Fault.INVALID_WINDOW))
    assert data is not None
    root = valid(data)
    assert texts(root, "ResponseCode") == ["ErrorInvalidTimeInterval"] * 3
    assert texts(root, "FreeBusyViewType") == ["None"] * 3


@pytest.mark.parametrize("body", ["<m:GetUserAvailabilityRequest/>", "<m:ConvertId/>"])
def test_no_refusal_per_mailbox_where_there_is_none(body: str) -> None:
    assert encode_refusal(read_envelope(soap_request(body)), RequestError(Fault.NO_MAILBOXES)) is None


def test_a_refusal_does_not_multiply_a_flood() -> None:
    flood = "<m:GetUserAvailabilityRequest><m:MailboxDataArray>{}</m:MailboxDataArray></m:GetUserAvailabilityRequest>"
    envelope = read_envelope(soap_request(flood.format("<t:MailboxData/>" * 1001)))
    assert encode_refusal(envelope, RequestError(Fault.TOO_MANY_MAILBOXES)) is None


@pytest.mark.parametrize("view", [View.FREE_BUSY, View.FREE_BUSY_MERGED, View.DETAILED, View.DETAILED_MERGED])
@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(found=blocks(st.none() | event_details(xml_text)), offsets=st.booleans(), detail=st.sampled_from(Detail))
def test_what_is_written_reads_the_same_as_far_as_the_view_shows_it(
    view: View, zone: tzinfo, found: list[BusyInterval], offsets: bool, detail: Detail
) -> None:
    request = request_of(ANN, BOB, view=view, zone=zone)
    assert request.question is not None
    manner = Manner(offsets=offsets)
    down = Unavailable(mailbox=BOB, reason=Reason.TIMEOUT)
    data = answered(request, known(found, detail=detail, hours=HOURS), down, manner=manner)
    again, other = read(data, [ANN, BOB], request.question, zone=zone, source="here", as_of=START)
    assert isinstance(again, Availability)
    assert other == down
    seen = Detail.DETAILS if Detail.BUSY not in (view.detail, detail) else Detail.BUSY
    intervals = Intervals.pack(found)
    assert again.intervals == (intervals if seen is Detail.DETAILS else intervals.bare()).overlapping(WEEK)
    assert (again.detail, again.window, again.unknown) == (seen, WEEK, ())
    assert again.working_hours is not None
    assert again.working_hours.periods == HOURS.periods


def test_the_clocks_going_back_do_not_confuse_the_reader() -> None:
    night = TimeWindow(START.replace(month=10, day=24), START.replace(month=10, day=26))
    twice = TimeWindow(START.replace(month=10, day=25, hour=1), START.replace(month=10, day=25, hour=2))
    request = request_of(zone=BERLIN, window=night)
    assert request.question is not None
    found = known([BusyInterval(twice, BusyStatus.BUSY)], window=night)
    (again,) = read(answered(request, found), [ANN], request.question, zone=BERLIN, source="here", as_of=START)
    assert isinstance(again, Availability)
    assert [one.window.covers(twice) for one in again.intervals] == [True]


_CHANGING = (
    *((name, 3, 29, 10, 25) for name in ("Europe/Berlin", "Europe/London", "Europe/Bucharest")),
    ("America/New_York", 3, 8, 11, 1),
    ("America/Santiago", 9, 6, 4, 5),
    ("Australia/Lord_Howe", 10, 4, 4, 5),
    ("Pacific/Chatham", 9, 27, 4, 5),
    ("America/St_Johns", 3, 8, 11, 1),
    ("Asia/Kolkata", 3, 29, 10, 25),
)


@st.composite
def _nights(draw: st.DrawFn) -> tuple[tzinfo, TimeWindow, list[BusyInterval]]:
    """A zone, the two days around a change of its clocks, and blocks in them on the quarter of an hour."""
    name, *days = draw(st.sampled_from(_CHANGING))
    month, day = draw(st.sampled_from([(days[0], days[1]), (days[2], days[3])]))
    zone = ZoneInfo(name)
    noon = datetime(2026, month, day, 12, tzinfo=zone).astimezone(UTC)
    window = TimeWindow(noon - timedelta(days=1), noon)
    quarter = timedelta(minutes=15)
    starts = draw(st.lists(st.integers(0, 95), min_size=1, max_size=8, unique=True))
    lengths = [draw(st.integers(1, 12)) for _ in starts]
    found = [
        TimeWindow(window.start + start * quarter, window.start + (start + length) * quarter)
        for start, length in zip(starts, lengths, strict=True)
    ]
    rules = draw(st.booleans())
    return (
        (RuleZone(rules_of(zone, 2026)) if rules else zone),
        window,
        [BusyInterval(w, BusyStatus.BUSY) for w in found],
    )


@given(_nights())
def test_no_busy_time_is_lost_when_the_clocks_change(night: tuple[tzinfo, TimeWindow, list[BusyInterval]]) -> None:
    zone, window, found = night
    request = request_of(zone=zone, window=window)
    assert request.question is not None
    data = answered(request, known(found, window=window))
    truth = list(Intervals.pack(found))
    written = [
        (_instant(start, zone), _instant(end, zone))
        for start, end in zip(texts(valid(data), "StartTime"), texts(valid(data), "EndTime"), strict=True)
    ]
    assert written == [(one.window.start, one.window.end) for one in truth], "for who takes the first of two times"
    (again,) = read(data, [ANN], request.question, zone=zone, source="here", as_of=START)
    assert isinstance(again, Availability)
    longest = timedelta(hours=1)  # we read an end as the second of two times
    assert again.unknown == ()
    events = list(again.intervals)
    assert [one.window.start for one in events[: len(truth)]] == [one.window.start for one in truth]
    assert all(
        shown.window.end - longest <= one.window.end <= shown.window.end
        for shown, one in zip(events, truth, strict=True)
    )


def _instant(text: str, zone: tzinfo) -> datetime:
    written = datetime.fromisoformat(text)
    return written.astimezone(UTC) if written.tzinfo else to_utc(written, zone)


@pytest.mark.parametrize("view", View)
@given(found=blocks(event_details()), detail=st.sampled_from(Detail))
def test_kept_fragments_change_no_byte(view: View, found: list[BusyInterval], detail: Detail) -> None:
    fragments: dict[Hashable, bytes] = {}
    request, answer = request_of(view=view), known(found, detail=detail, hours=HOURS)
    fresh = encode(request, [answer], EXCHANGE)
    assert [encode(request, [answer], EXCHANGE, fragments=fragments) for _ in range(2)] == [fresh] * 2
    assert len(fragments) == 1


def test_fragments_of_other_zones_manners_and_levels_are_kept_apart() -> None:
    fragments: dict[Hashable, bytes] = {}
    found = known([block(9, details=_SECRET, status=BusyStatus.WORKING_ELSEWHERE)])
    bare = known([block(9, status=BusyStatus.WORKING_ELSEWHERE)], detail=Detail.BUSY)
    requests = [request_of(zone=zone, version=version) for zone in ZONES for version in ("", "Exchange2016")]
    for request in requests:
        for answer in (found, bare):
            for manner in (EXCHANGE, Manner(offsets=True)):
                assert encode(request, [answer], manner, fragments=fragments) == encode(request, [answer], manner)
    assert len(fragments) == len(requests) * 4

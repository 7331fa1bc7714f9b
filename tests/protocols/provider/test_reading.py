"""Every answer, and every way to spoil one: only what is told whole is shown."""

import json
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.model.freebusy import Availability, Detail, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.provider import tables
from tests.protocols.mutation import covered, mutated
from tests.protocols.provider.samples import ANN, BOB, DETAILS, EVENT, WINDOW, answer, at, available, entry, told

HOUR = TimeWindow(at(23, 9), at(23, 10))


def reason(found: object) -> Reason | None:
    return found.reason if isinstance(found, Unavailable) else None


def test_what_is_free_is_said_to_be() -> None:
    [ann] = told(answer(entry()))
    assert (list(available(ann).intervals), available(ann).unknown, available(ann).detail) == ([], (), Detail.BUSY)


@pytest.mark.parametrize(("word", "status"), tables.STATUSES.items())
def test_statuses(word: str, status: BusyStatus) -> None:
    [ann] = told(answer(entry({**EVENT, "status": word})))
    assert list(available(ann).intervals) == [BusyInterval(HOUR, status)]


def test_without_a_status_it_is_busy() -> None:
    for event in (EVENT, {**EVENT, "status": None}):
        [ann] = told(answer(entry(event)))
        assert [one.status for one in available(ann).intervals] == [BusyStatus.BUSY]


def test_details_come_where_they_are_wanted_and_never_of_what_is_private() -> None:
    shown = {**EVENT, "subject": "Night shift", "location": "Gate 2", "recurring": True}
    for private in (False, True):
        [ann] = told(answer(entry({**shown, "private": private})), question=DETAILS)
        subject, location = (None, None) if private else ("Night shift", "Gate 2")
        details = EventDetails(subject=subject, location=location, recurring=True, private=private)
        assert [one.details for one in available(ann).intervals] == [details]
        [bare] = told(answer(entry({**shown, "private": private})))
        assert not available(bare).intervals.has_details


def test_long_texts_are_cut() -> None:
    [ann] = told(answer(entry({**EVENT, "subject": "x" * 5000})), question=DETAILS)
    assert [len(one.details.subject or "") for one in available(ann).intervals if one.details] == [1000]


def test_entries_are_found_by_address_in_any_order_and_spelling() -> None:
    stranger = entry({**EVENT}, mailbox="stranger@fabrikam.example")
    odd = [stranger, 1, None, {"mailbox": 7}, {"mailbox": "no address"}, {}]
    ann = entry(EVENT, mailbox="SMTP:ANN@Fabrikam.example")
    found = told(answer(entry(mailbox="bob@fabrikam.example"), *odd, ann), ANN, BOB, ANN)
    assert [len(available(each).intervals) for each in found] == [1, 0, 1]
    assert [each.mailbox for each in found] == [ANN, BOB, ANN]


def test_one_that_is_missing_is_incomplete_and_one_told_twice_garbled() -> None:
    assert [reason(each) for each in told(answer(entry(EVENT)), ANN, BOB)] == [None, Reason.INCOMPLETE]
    twice = answer(entry(EVENT), entry(mailbox="bob@fabrikam.example"), entry(mailbox="ANN@fabrikam.example"))
    assert [reason(each) for each in told(twice, ANN, BOB)] == [Reason.GARBLED, None]


@pytest.mark.parametrize(("code", "meant"), [*tables.REASONS.items(), ("new-in-version-1", Reason.PEER_FAILED)])
def test_errors_of_one_mailbox(code: str, meant: Reason) -> None:
    refused = {"mailbox": "ann@fabrikam.example", "error": {"code": code, "retryAfter": 30, "message": "secret"}}
    ann, bob = told(answer(refused, entry(EVENT, mailbox="bob@fabrikam.example")), ANN, BOB)
    assert isinstance(ann, Unavailable)
    assert (ann.reason, ann.retry_after) == (meant, timedelta(seconds=30))
    assert "secret" not in ann.detail
    assert len(available(bob).intervals) == 1


def test_a_wait_is_a_day_at_most() -> None:
    error = {"code": "try-later", "retryAfter": 10**30}
    [ann] = told(
        b'{"version":1,"mailboxes":[{"mailbox":"ann@fabrikam.example","error":%b}]}' % json.dumps(error).encode()
    )
    assert isinstance(ann, Unavailable)
    assert ann.retry_after == timedelta(days=1)


def test_an_error_beside_events_is_an_error() -> None:
    [ann] = told(answer(entry(EVENT, error={"code": "failed"})))
    assert reason(ann) is Reason.PEER_FAILED
    [ann] = told(answer(entry(EVENT, error=None)))
    assert len(available(ann).intervals) == 1


def test_events_come_whole_and_those_elsewhere_not_at_all() -> None:
    over = {"start": "2026-11-22T22:00:00Z", "end": "2026-11-23T02:00:00Z"}
    before = {"start": "2026-11-22T22:00:00Z", "end": "2026-11-23T00:00:00Z"}
    [ann] = told(answer(entry(before, over)))
    assert [one.window for one in available(ann).intervals] == [TimeWindow(at(22, 22), at(23, 2))]


@pytest.mark.parametrize(
    ("more", "unknown"),
    [
        ({"completeFrom": "2026-11-24T00:00:00Z"}, [(23, 24)]),
        ({"completeUntil": "2026-11-24T00:00:00Z"}, [(24, 30)]),
        ({"completeFrom": "2026-11-01T00:00:00Z", "completeUntil": "2026-12-24T00:00:00Z"}, []),
        ({"completeUntil": "2026-11-20T00:00:00Z"}, [(23, 30)]),
        ({"unknown": [{"start": "2026-11-25", "end": "2026-11-26", "zone": "UTC"}]}, [(25, 26)]),
        ({"unknown": [{"start": "2026-11-01T00:00:00Z", "end": "2026-11-24T00:00:00Z"}]}, [(23, 24)]),
        ({"unknown": [{"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"}]}, []),
        ({"unknown": None, "completeFrom": None, "completeUntil": None}, []),
    ],
)
def test_what_is_not_known_is_told(more: dict[str, Any], unknown: list[tuple[int, int]]) -> None:
    [ann] = told(answer(entry(EVENT, **more)))
    assert available(ann).unknown == tuple(TimeWindow(at(low, 0), at(high, 0)) for low, high in unknown)


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": None},
        {"events": {}},
        {"events": [None]},
        {"events": [{}]},
        {"events": [{**EVENT, "status": "vacation"}]},
        {"events": [{**EVENT, "status": 2}]},
        {"events": [{**EVENT, "status": ["busy"]}]},
        {"events": [{**EVENT, "end": "2026-11-23T08:00:00Z"}]},
        {"events": [{**EVENT, "start": "2026-11-23T08:00:00"}]},
        {"events": [{**EVENT, "subject": 7}]},
        {"events": [{**EVENT, "private": "no"}]},
        {"events": [], "unknown": {}},
        {"events": [], "unknown": [7]},
        {"events": [], "unknown": [EVENT] * 1001},
        {"events": [], "completeFrom": "tomorrow"},
        {"events": [], "completeUntil": 0},
        {"events": [], "workingHours": "nine to five"},
        {"error": "not-found"},
        {"error": {}},
        {"error": {"code": 404}},
        {"error": {"code": "failed", "retryAfter": "soon"}},
        {"error": {"code": "failed", "retryAfter": -1}},
        {"error": {"code": "failed", "retryAfter": True}},
        {},
    ],
)
def test_a_wrong_entry_is_garbled_and_spoils_no_other(wrong: dict[str, Any]) -> None:
    data = answer({"mailbox": "ann@fabrikam.example", **wrong}, entry(EVENT, mailbox="bob@fabrikam.example"))
    assert [reason(each) for each in told(data, ANN, BOB)] == [Reason.GARBLED, None]


def test_what_is_not_known_to_us_is_passed_over() -> None:
    document = {"version": 1, "kind": "x", "mailboxes": [entry({**EVENT, "colour": "red"}, team={"a": [1]})]}
    [ann] = told(orjson.dumps(document))
    assert len(available(ann).intervals) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (answer(entry(EVENT))[:-5], "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "not of version 1"),
        (answer(entry(EVENT), version=2), "not of version 1"),
        (answer(entry(EVENT), version=True), "not of version 1"),
        (answer(entry(EVENT), version="1"), "not of version 1"),
        (b'{"version":1}', "no list of mailboxes"),
        (b'{"version":1,"mailboxes":{}}', "no list of mailboxes"),
    ],
)
def test_what_is_no_answer_is_garbled_for_all(data: bytes, words: str) -> None:
    with pytest.raises(PeerError, match=words) as raised:
        told(data, ANN, BOB)
    assert raised.value.reason is Reason.GARBLED


def test_bounds() -> None:
    [ann] = told(answer(entry(*[EVENT] * 5000)))
    assert len(available(ann).intervals) == 5000
    [ann, bob] = told(answer(entry(*[EVENT] * 5001), entry(mailbox=BOB.address)), ANN, BOB)
    assert [reason(ann), reason(bob)] == [Reason.TOO_MANY_ENTRIES, None]
    with pytest.raises(PeerError) as raised:
        told(answer(entry()) + b" " * tables.MOST_BYTES)
    assert raised.value.reason is Reason.TOO_MANY_ENTRIES


_KEYS = ["mailbox", "events", "error", "code", "start", "end", "zone", "status", "unknown", "version", "mailboxes"]
_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=20)
    | st.sampled_from([*EVENT.values()]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100)
@given(_JUNK)
def test_junk_never_raises_and_is_free_only_where_it_says_so(junk: Any) -> None:
    data = orjson.dumps({"version": 1, "mailboxes": [junk]})
    mailbox = Mailbox.parse("ann@fabrikam.example")
    [found] = told(data, mailbox)
    if isinstance(found, Availability):
        assert isinstance(junk, dict)
        assert isinstance(junk["events"], list)
        assert found.window == WINDOW


BUSY_TIMES = {
    "version": 1,
    "mailboxes": [
        entry(
            {**EVENT, "status": "tentative", "subject": "x", "private": False},
            {"start": "2026-11-24", "end": "2026-11-25", "zone": "UTC", "status": "out-of-office"},
            workingHours={"zone": "UTC", "periods": [{"days": ["monday"], "start": "09:00", "end": "17:00"}]},
        )
    ],
}


@settings(max_examples=200)
@given(mutated(BUSY_TIMES))
def test_a_damaged_answer_shows_nothing_as_free_that_is_taken(document: dict[str, Any]) -> None:
    try:
        [ann] = told(orjson.dumps(document))
    except PeerError:
        return
    assert covered(ann, HOUR)
    assert covered(ann, TimeWindow(at(24, 0), at(25, 0)))

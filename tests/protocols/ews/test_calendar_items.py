"""Tests of protocols/ews/calendar_items.py."""

import pytest

from protocols.errors import PeerError
from protocols.ews.calendar_items import MOST, create, delete, in_parts, item_id, some, update
from protocols.ews.calendar_reading import Appointment, Unreadable
from protocols.ews.contacts import Done
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.calendar_samples import TIMES, text
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message
from tests.protocols.ews.test_calendar_reading import MOVED, SERIES
from tests.protocols.scripted import Peer, html, run


def _items(*inside: str) -> HttpResponse:
    return answer("GetItem", *(message("GetItem", f"<m:Items>{each}</m:Items>") for each in inside))


def test_each_is_read_and_what_is_gone_is_none() -> None:
    gone = message("GetItem", code="ErrorItemNotFound")
    corrupt = message("GetItem", code="ErrorItemCorrupt")
    peer = Peer(answer("GetItem", message("GetItem", f"<m:Items>{text(TIMES, '1')}</m:Items>"), gone, corrupt))
    found = run(some(access(peer), ["1", "2", "3", "1"], as_of=NOW))
    assert isinstance(found["1"], Appointment)
    assert found["2"] is None
    assert isinstance(found["3"], Unreadable)
    assert "ErrorItemCorrupt" in found["3"].words


def test_a_series_is_told_with_its_occurrences() -> None:
    peer = Peer(_items(text(SERIES, "1")), _items(text(f"<t:Subject>Other</t:Subject>{MOVED}", "o")))
    [found] = run(some(access(peer), ["1"], as_of=NOW)).values()
    assert isinstance(found, Appointment)
    assert len(found.event.exceptions) == 2
    assert b'<t:ItemId Id="o"/>' in peer.requests[1].body


def test_an_answer_that_cannot_be_read_is_asked_for_in_smaller_parts() -> None:
    bad = HttpResponse(200, body=b"<Envelope>\x01</Envelope>")
    peer = Peer(bad, _items(text(TIMES, "1")), bad, _items(text("", "2")))
    found = run(some(access(peer), ["1", "2"], as_of=NOW))
    assert isinstance(found["1"], Appointment)
    assert isinstance(found["2"], Unreadable)


def test_a_server_that_cannot_be_read_at_all_fails() -> None:
    with pytest.raises(PeerError):
        run(some(access(Peer(*[html()] * 3)), ["1", "2"], as_of=NOW))


def test_another_refusal_fails_the_reading() -> None:
    with pytest.raises(PeerError) as raised:
        run(
            some(
                access(Peer(answer("GetItem", message("GetItem", code="ErrorServerBusy", wait=3000)))), ["1"], as_of=NOW
            )
        )
    assert raised.value.reason is Reason.THROTTLED


def test_fifty_at_a_time() -> None:
    keys = [str(number) for number in range(MOST + 3)]
    peer = Peer(_items(*(text(TIMES, key) for key in keys[:MOST])), _items(*(text(TIMES, key) for key in keys[MOST:])))
    assert list(run(some(access(peer), keys, as_of=NOW))) == keys
    assert [len(part) for part in in_parts(keys)] == [MOST, 3]


def test_writes_never_mail_and_each_has_its_result() -> None:
    done = message("UpdateItem", f"<m:Items>{text('', '1', 'v2')}</m:Items>")
    stale = message("UpdateItem", code="ErrorIrresolvableConflict")
    peer = Peer(answer("UpdateItem", done, stale, message("UpdateItem")))
    one, two, three = run(update(access(peer), ["<a/>", "<b/>", "<c/>"], as_of=NOW))
    assert one == Done("1", "v2")
    assert isinstance(two, PeerError)
    assert isinstance(three, PeerError)
    assert three.reason is Reason.GARBLED
    [request] = peer.requests
    assert b'ConflictResolution="NeverOverwrite"' in request.body
    assert b'SendMeetingInvitationsOrCancellations="SendToNone"' in request.body


def test_occurrences_are_written_whatever_their_version() -> None:
    peer = Peer(answer("UpdateItem", message("UpdateItem", f"<m:Items>{text('', '1')}</m:Items>")))
    run(update(access(peer), ["<a/>"], as_of=NOW, strict=False))
    assert b'ConflictResolution="AlwaysOverwrite"' in peer.requests[0].body


def test_a_creation_never_mails() -> None:
    peer = Peer(answer("CreateItem", message("CreateItem", f"<m:Items>{text('', '1', 'v')}</m:Items>")))
    assert run(create(access(peer), "<f/>", ["<t:CalendarItem/>"], as_of=NOW)) == [Done("1", "v")]
    assert b'SendMeetingInvitations="SendToNone"' in peer.requests[0].body


def test_what_is_gone_is_deleted() -> None:
    codes = ("NoError", "ErrorItemNotFound", "ErrorCalendarOccurrenceIsDeletedFromRecurrence", "ErrorAccessDenied")
    peer = Peer(answer("DeleteItem", *(message("DeleteItem", code=code) for code in codes)))
    one, two, three, four = run(delete(access(peer), [item_id("1", "v")] * 4, as_of=NOW))
    assert (one, two, three) == (None, None, None)
    assert four is not None
    assert b'DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone"' in peer.requests[0].body
    assert b'<t:ItemId Id="1" ChangeKey="v"/>' in peer.requests[0].body


def test_nothing_is_asked_for_nothing() -> None:
    nobody = access(Peer())
    assert run(some(nobody, [], as_of=NOW)) == {}
    assert run(create(nobody, "", [], as_of=NOW)) == []
    assert run(update(nobody, [], as_of=NOW)) == []
    assert run(delete(nobody, [], as_of=NOW)) == []

"""What becomes of writes to a CalDAV server that answers oddly, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.caldav_writing import Place, write_all
from protocols.caldav.item_writing import new
from protocols.caldav.sync_reading import fetch
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.event import Span
from protocols.model.freebusy import Reason
from tests.contracts.spoke_events import SINGLE
from tests.contracts.spoke_world import NOW, creation, token
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import START
from tests.protocols.caldav.sync_samples import PATH, URL, data, error, etag, gone, many, there
from tests.protocols.scripted import Peer, run

CREATE = creation(SINGLE["timed"])
KEY, UID = f"{token(1)}.ics", f"{token(1)}@busyline"
STORED = data(new(SINGLE["timed"], uid=UID, stamp=CREATE.mark, at=NOW))
UPDATE = Write(act=Act.UPDATE, content=SINGLE["free"], key=KEY, version='"1"', changes=frozenset({"shows"}))
DELETE = Write(act=Act.DELETE, key=KEY, version='"1"')
MISSING = PeerError(Reason.TIMEOUT, "no answer")


def status(code: int, **headers: str) -> HttpResponse:
    return HttpResponse(code, Headers({name.replace("_", "-"): value for name, value in headers.items()}), b"")


def stands(version: str = "1", key: str = KEY, content: str = STORED) -> HttpResponse:
    return many(there(f"{PATH}{key}", etag(version), content))


def written(peer: Peer, *writes: Write) -> list[Outcome]:
    return run(write_all(Place(send=peer, url=URL, zone=None, owners=()), writes, NOW))


def failed(peer: Peer, write: Write) -> Failed:
    [outcome] = written(peer, write)
    assert isinstance(outcome, Failed)
    assert outcome.words
    return outcome


def item(outcome: Outcome) -> Item:
    assert isinstance(outcome, Written)
    assert outcome.item is not None
    return outcome.item


def test_a_copy_whose_answer_was_lost_is_found_by_the_next_attempt() -> None:
    assert failed(Peer(MISSING), CREATE).doubt
    [outcome] = written(Peer(status(412), stands()), CREATE)
    assert (item(outcome).key, item(outcome).mark) == (KEY, CREATE.mark)


def test_a_copy_that_was_renamed_meanwhile_is_found_by_its_uid() -> None:
    conflict = error(f"<C:no-uid-conflict><href>{PATH}other.ics</href></C:no-uid-conflict>", 403)
    [outcome] = written(Peer(conflict, stands(key="other.ics")), CREATE)
    assert item(outcome).key == "other.ics"
    silent = error("<C:no-uid-conflict/>", 403)
    found = many(there(f"{PATH}other.ics", etag("1")))
    [outcome] = written(Peer(silent, found, stands(key="other.ics")), CREATE)
    assert item(outcome).key == "other.ics"
    assert not failed(Peer(silent, many()), CREATE).doubt


def test_one_look_is_enough_for_a_batch() -> None:
    other = creation(SINGLE["timed"], 2)
    answers = many(there(f"{PATH}{KEY}", etag("1"), STORED), there(f"{PATH}{token(2)}.ics", etag("1"), STORED))
    peer = Peer(status(201), status(201), answers)
    assert [item(outcome).key for outcome in written(peer, CREATE, other)] == [KEY, f"{token(2)}.ics"]
    assert [request.method for request in peer.requests] == ["PUT", "PUT", "REPORT"]


def test_what_is_written_and_never_seen_is_in_doubt() -> None:
    assert failed(Peer(status(201), MISSING), CREATE).doubt
    assert failed(Peer(status(201), many(gone(f"{PATH}{KEY}"))), CREATE).doubt


@pytest.mark.parametrize(("error", "doubt"), [(MISSING, True), (PeerError(Reason.UNREACHABLE, "off"), False)])
def test_doubt_is_where_it_may_have_been_done(error: PeerError, doubt: bool) -> None:
    outcome = failed(Peer(stands(), error), DELETE)
    assert (outcome.reason, outcome.doubt) == (error.reason, doubt)


def test_one_failure_leaves_the_others() -> None:
    other = creation(SINGLE["timed"], 2)
    first, second = written(Peer(status(507), status(201), stands(key=f"{token(2)}.ics")), CREATE, other)
    assert isinstance(first, Failed)
    assert "room" in first.words
    assert item(second).key == f"{token(2)}.ics"


def test_what_stands_there_as_another_version_is_stale() -> None:
    for write in (UPDATE, DELETE):
        peer = Peer(stands("2"))
        assert failed(peer, write).stale
        assert len(peer.requests) == 1
        assert failed(Peer(stands(), status(412)), write).stale


def test_what_went_meanwhile() -> None:
    absent = many(gone(f"{PATH}{KEY}"))
    assert failed(Peer(absent), UPDATE).gone
    assert failed(Peer(stands(), status(404)), UPDATE).gone
    assert written(Peer(absent), DELETE) == [Written(None)]
    assert written(Peer(stands(), status(410)), DELETE) == [Written(None)]


def test_what_became_a_meeting_is_guarded_in_any_version() -> None:
    meeting = data(cal(*event(START, "ATTENDEE:mailto:bob@elsewhere.example")))
    for write in (UPDATE, DELETE, replace(UPDATE, version='"0"')):
        peer = Peer(stands(content=meeting))
        assert failed(peer, write).guarded
        assert len(peer.requests) == 1


def test_what_cannot_be_read_by_now_is_read_again() -> None:
    for content in (data(cal(*event("DTSTART:never"))), data(cal("BEGIN:VTODO", "END:VTODO"))):
        assert failed(Peer(stands(content=content)), UPDATE).stale


def test_a_server_that_will_never_take_it() -> None:
    assert failed(Peer(error("<C:max-resource-size/>", 403)), CREATE).refused
    nowhere = Span(NOW, NOW + timedelta(hours=1), "Middle-earth/Shire")
    unknown = replace(CREATE, content=replace(SINGLE["timed"], when=nowhere))
    assert failed(Peer(), unknown).refused


def test_patience_is_passed_on() -> None:
    assert failed(Peer(status(503, Retry_After="9")), CREATE).retry_after == timedelta(seconds=9)


def test_without_an_etag_nothing_is_written() -> None:
    told = many(there(f"{PATH}{KEY}", STORED))
    found = run(fetch(Peer(told), URL, [KEY], NOW))[KEY]
    assert found is not None
    for write in (UPDATE, DELETE):
        peer = Peer(told)
        outcome = failed(peer, replace(write, version=found.version))
        assert (outcome.refused, "no ETag" in outcome.words) == (True, True)
        assert len(peer.requests) == 1
        assert failed(Peer(told), write).stale


def test_a_text_too_long_to_be_read_whole_is_never_written() -> None:
    stored = data(new(replace(SINGLE["timed"], body="x" * 40_000), uid=UID, stamp=CREATE.mark, at=NOW))
    short = replace(SINGLE["free"], body="short")
    assert failed(Peer(stands(content=stored)), replace(UPDATE, content=short, changes=frozenset({"body"}))).refused
    peer = Peer(stands(content=stored), status(204), stands("2"))
    written(peer, replace(UPDATE, content=short, changes=frozenset({"body", "shows"})))
    [put] = [request for request in peer.requests if request.method == "PUT"]
    assert b"short" not in put.body
    assert put.body.count(b"x") == 40_000
    assert b"TRANSPARENT" in put.body

"""Tests of protocols/ews/calendar_listing.py."""

from datetime import UTC, datetime

import pytest

from protocols.errors import PeerError
from protocols.ews.calendar_listing import Listed, listing, stamped, with_tokens
from protocols.ews.calendar_shape import TOKEN
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.calendar_samples import STAMPED, text
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message, page
from tests.protocols.scripted import Peer, run

FOLDER = '<t:FolderId Id="f"/>'
CHANGED = "<t:LastModifiedTime>2026-11-02T08:00:00Z</t:LastModifiedTime>"
EIGHT = datetime(2026, 11, 2, 8, tzinfo=UTC)


def _page(*keys: str, total: int, last: bool = True) -> HttpResponse:
    entries = [text(CHANGED, key) for key in keys]
    return answer("FindItem", message("FindItem", page("Items", *entries, total=total, last=last)))


def test_all_pages_are_read() -> None:
    peer = Peer(_page("1", "2", total=3, last=False), _page("3", total=3))
    found = run(listing(access(peer), FOLDER, as_of=NOW))
    assert found == [Listed(key, "v", EIGHT) for key in "123"]
    assert b'Offset="2"' in peer.requests[1].body
    assert b"Restriction" not in peer.requests[0].body


def test_what_was_changed_since_is_asked_for_by_the_time() -> None:
    peer = Peer(_page(total=0))
    assert run(listing(access(peer), FOLDER, as_of=NOW, since=EIGHT)) == []
    body = peer.requests[0].body
    assert b'<t:IsGreaterThanOrEqualTo><t:FieldURI FieldURI="item:LastModifiedTime"/>' in body
    assert b'Value="2026-11-02T08:00:00Z"' in body
    order = [body.index(each) for each in (b"<m:ItemShape", b"<m:IndexedPage", b"<m:Restriction", b"<m:SortOrder")]
    assert order == sorted(order)  # FindItemType of the published schema is a sequence


def test_a_folder_that_changed_meanwhile_is_read_again() -> None:
    peer = Peer(_page("1", "2", total=3, last=False), _page("4", total=4), _page("1", "2", "3", total=3))
    assert [each.key for each in run(listing(access(peer), FOLDER, as_of=NOW))] == ["1", "2", "3"]


def test_a_folder_that_never_rests_fails() -> None:
    pages = [_page("1", total=2, last=False), _page("1", total=2)] * 3
    with pytest.raises(PeerError) as raised:
        run(listing(access(Peer(*pages)), FOLDER, as_of=NOW))
    assert raised.value.reason is Reason.INCOMPLETE


def test_an_empty_page_that_is_not_the_last_fails() -> None:
    with pytest.raises(PeerError):
        run(listing(access(Peer(_page(total=2, last=False))), FOLDER, as_of=NOW))


def test_a_time_that_is_none_is_left_out() -> None:
    entry = text("<t:LastModifiedTime>never</t:LastModifiedTime>", "1")
    peer = Peer(answer("FindItem", message("FindItem", page("Items", entry, total=1))))
    assert run(listing(access(peer), FOLDER, as_of=NOW)) == [Listed("1", "v", None)]


def test_copies_are_found_by_their_tokens() -> None:
    entry = text(STAMPED.format(name=TOKEN, value="two"), "k2")
    peer = Peer(answer("FindItem", message("FindItem", page("Items", entry, total=1))))
    assert run(with_tokens(access(peer), FOLDER, ["one", "two"], as_of=NOW)) == {"two": "k2"}
    assert peer.requests[0].body.count(b"<t:IsEqualTo>") == 2
    assert run(with_tokens(access(Peer()), FOLDER, [], as_of=NOW)) == {}


def test_ours_are_found_by_the_beginning_of_their_stamp() -> None:
    peer = Peer(_page("1", total=1))
    assert run(stamped(access(peer), FOLDER, "busyline:hub/", as_of=NOW)) == ["1"]
    assert b'ContainmentMode="Prefixed"' in peer.requests[0].body
    assert b'Value="busyline:hub/"' in peer.requests[0].body

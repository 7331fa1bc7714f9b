"""Tests of protocols/ews/contacts.py."""

import pytest
from lxml import etree

from protocols.errors import PeerError
from protocols.ews.contact_fields import Contact
from protocols.ews.contacts import Done, contacts, create, delete, is_gone, is_stale, some, update
from protocols.ews.schema import mailbox_validator
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.mailbox_answers import NOW, access, answer, item, message, page
from tests.protocols.scripted import Peer, run

ANN = Contact(key="1", version="v1", stamp="", address=None, addresses=(), texts={})


def _page(*entries: str, total: int, last: bool) -> HttpResponse:
    return answer("FindItem", message("FindItem", page("Items", *entries, total=total, last=last)))


def _items(*keys: str) -> HttpResponse:
    return answer("GetItem", *(message("GetItem", f"<m:Items>{item(key)}</m:Items>") for key in keys))


async def _all(peer: Peer) -> list[list[str]]:
    return [[each.key for each in found] async for found in contacts(access(peer), "f&1", as_of=NOW)]


def test_a_folder_is_read_in_pages_and_lists_are_nobody() -> None:
    peer = Peer(
        _page(item("1"), item("2", element="DistributionList"), total=3, last=False),
        _items("1"),
        _page(item("3"), total=3, last=True),
        _items("3"),
    )
    assert run(_all(peer)) == [["1"], ["3"]]
    for request in peer.requests:
        [asked] = etree.fromstring(request.body).iterfind("{*}Body/*")
        mailbox_validator().assertValid(asked)
    assert b'<t:FolderId Id="f&amp;1"/>' in peer.requests[0].body
    assert b'Offset="2"' in peer.requests[2].body


def test_who_is_deleted_meanwhile_is_not_there() -> None:
    gone = answer("GetItem", message("GetItem", code="ErrorItemNotFound"))
    assert run(_all(Peer(_page(item("1"), total=1, last=True), gone))) == [[]]


@pytest.mark.parametrize(
    "second",
    [
        _page(item("3"), total=2, last=True),
        _page(item("1"), total=3, last=True),
        _page(total=3, last=True),
        _page(total=3, last=False),
    ],
)
def test_a_folder_that_changes_is_never_read_as_whole(second: HttpResponse) -> None:
    peer = Peer(_page(item("1"), item("2"), total=3, last=False), _items("1", "2"), second, _items("3"))
    with pytest.raises(PeerError) as raised:
        run(_all(peer))
    assert raised.value.reason is Reason.INCOMPLETE


def test_one_that_cannot_be_read_fails_the_reading() -> None:
    denied = answer("GetItem", message("GetItem", f"<m:Items>{item('1')}</m:Items>"), message("GetItem", code="ErrorX"))
    with pytest.raises(PeerError):
        run(some(access(Peer(denied)), ["1", "2"], as_of=NOW))
    with pytest.raises(PeerError):
        run(some(access(Peer(answer("GetItem", message("GetItem")))), ["1"], as_of=NOW))


def test_a_key_is_asked_for_once_and_a_hundred_in_one_call() -> None:
    keys = [str(number) for number in range(150)]
    peer = Peer(_items(*keys[:100]), _items(*keys[100:]))
    assert list(run(some(access(peer), [*keys, "3"], as_of=NOW))) == keys
    assert run(some(access(Peer()), [], as_of=NOW)) == {}


def test_each_that_is_written_has_its_result() -> None:
    told = answer(
        "UpdateItem",
        message("UpdateItem", f"<m:Items>{item('1', version='v2')}</m:Items>"),
        message("UpdateItem", code="ErrorIrresolvableConflict"),
        message("UpdateItem"),
    )
    peer = Peer(told)
    done, stale, garbled = run(update(access(peer), [(ANN, "<a/>")] * 3, as_of=NOW))
    assert done == Done("1", "v2")
    assert isinstance(stale, PeerError)
    assert is_stale(stale)
    assert isinstance(garbled, PeerError)
    assert garbled.reason is Reason.GARBLED
    assert b'ConflictResolution="NeverOverwrite"' in peer.requests[0].body
    assert peer.requests[0].body.count(b'<t:ItemId Id="1" ChangeKey="v1"/>') == 3


def test_what_is_gone_is_deleted() -> None:
    messages = [message("DeleteItem", code=code) for code in ("NoError", "ErrorItemNotFound", "ErrorAccessDenied")]
    peer = Peer(answer("DeleteItem", *messages))
    one, two, three = run(delete(access(peer), [ANN] * 3, as_of=NOW))
    assert (one, two) == (None, None)
    assert three is not None
    assert not is_gone(three)
    assert b'DeleteType="HardDelete"' in peer.requests[0].body


def test_nothing_is_asked_for_nothing() -> None:
    assert run(create(access(Peer()), "f", [], as_of=NOW)) == []
    assert run(update(access(Peer()), [], as_of=NOW)) == []
    assert run(delete(access(Peer()), [], as_of=NOW)) == []

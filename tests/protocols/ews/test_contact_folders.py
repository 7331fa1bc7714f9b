"""Tests of protocols/ews/contact_folders.py."""

import pytest

from protocols.errors import PeerError
from protocols.ews.contact_folders import Folder, folders, make, marked
from protocols.ews.contact_paths import LIST, our_own
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message, page
from tests.protocols.scripted import Peer, run


def _folder(key: str, name: str, mark: str = "") -> str:
    told = our_own(LIST, mark) if mark else ""
    return f'<t:ContactsFolder><t:FolderId Id="{key}"/><t:DisplayName>{name}</t:DisplayName>{told}</t:ContactsFolder>'


def _found(*entries: str, total: int, last: bool = True) -> HttpResponse:
    return answer("FindFolder", message("FindFolder", page("Folders", *entries, total=total, last=last)))


def test_folders_come_in_pages() -> None:
    first = _found(_folder("1", "A &amp; B", "mine"), _folder("2", "C"), total=3, last=False)
    peer = Peer(first, _found(_folder("3", "D"), total=3))
    assert run(folders(access(peer), as_of=NOW)) == [Folder("1", "A & B", "mine"), Folder("2", "C"), Folder("3", "D")]
    assert b'Offset="2"' in peer.requests[1].body


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (_found(total=1, last=False), Reason.INCOMPLETE),
        (answer("FindFolder", message("FindFolder")), Reason.INCOMPLETE),
        (answer("FindFolder", message("FindFolder", code="ErrorFolderNotFound")), Reason.NO_SUCH_MAILBOX),
        (_found("<t:Folder/>", total=1), Reason.GARBLED),
    ],
)
def test_what_is_no_list_of_folders(told: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(folders(access(Peer(told)), as_of=NOW))
    assert raised.value.reason is reason


def test_a_folder_is_made_as_one_of_contacts_with_its_mark() -> None:
    peer = Peer(answer("CreateFolder", message("CreateFolder", f"<m:Folders>{_folder('9', '')}</m:Folders>")))
    assert run(make(access(peer), "A & B", "mine", as_of=NOW)) == Folder("9", "A & B", "mine")
    body = peer.requests[0].body
    assert b"<t:FolderClass>IPF.Contact</t:FolderClass><t:DisplayName>A &amp; B</t:DisplayName>" in body
    assert b'PropertyName="BusylineList"' in body


@pytest.mark.parametrize(
    ("told", "detail"),
    [
        (message("CreateFolder", code="ErrorFolderExists"), "ErrorFolderExists"),
        (message("CreateFolder"), "a folder was made, and is not told of"),
    ],
)
def test_a_folder_that_was_not_made(told: str, detail: str) -> None:
    with pytest.raises(PeerError) as raised:
        run(make(access(Peer(answer("CreateFolder", told))), "A", "mine", as_of=NOW))
    assert raised.value.detail == detail


def test_the_mark_decides_and_then_the_name() -> None:
    found = [Folder("3", "Copy", "mine"), Folder("2", "List", "mine"), Folder("1", "List", "theirs")]
    assert marked(found, "mine", "List") == found[1]
    assert marked(found[:1], "mine", "List") == found[0]
    assert marked(found, "nobody's", "List") is None

"""Tests of protocols/ews/public_folders.py."""

import base64
import uuid

import pytest

from protocols.errors import PeerError
from protocols.ews.autodiscover.soap import AUTODISCOVER, SOAP11
from protocols.ews.public_folders import PublicFolder, below, find, mailbox_guid
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message, page
from tests.protocols.scripted import Peer, run

GUID = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0002"
SVC = "https://mail.b.example/autodiscover/autodiscover.svc"
REPLICA = (
    '<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x6698" PropertyType="Binary"/>'
    f"<t:Value>{base64.b64encode(GUID.encode() + bytes(1)).decode()}</t:Value></t:ExtendedProperty>"
)


def _level(*names: str, last: bool = True, extra: str = "") -> HttpResponse:
    entries = [
        f'<t:Folder><t:FolderId Id="id of {name}" ChangeKey="1"/><t:FolderClass>IPF.Appointment</t:FolderClass>'
        f"<t:DisplayName>{name}</t:DisplayName>{extra}</t:Folder>"
        for name in names
    ]
    return answer("FindFolder", message("FindFolder", page("Folders", *entries, total=len(names), last=last)))


def _settings(**settings: str) -> HttpResponse:
    values = "".join(
        f"<UserSetting><Name>{name}</Name><Value>{value}</Value></UserSetting>" for name, value in settings.items()
    )
    inside = f"<UserResponse><ErrorCode>NoError</ErrorCode><UserSettings>{values}</UserSettings></UserResponse>"
    text = (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><GetUserSettingsResponseMessage xmlns="{AUTODISCOVER}"><Response>'
        f"<UserResponses>{inside}</UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    )
    return HttpResponse(200, body=text.encode())


def _find(peer: Peer, path: str = "/Shared/Team", **more: str) -> PublicFolder:
    return run(find(access(peer, impersonates=False), path, as_of=NOW, **more))


def test_a_path_is_walked_level_by_level_in_any_letter_case() -> None:
    peer = Peer(_level("Other", last=False), _level("SHARED"), _level("Team"))
    found = _find(peer)
    assert found.element == '<t:FolderId Id="id of Team"/>'
    assert found.kind == "IPF.Appointment"
    assert b'Id="publicfoldersroot"' in peer.requests[0].body
    assert b'Offset="1"' in peer.requests[1].body
    assert b'<t:FolderId Id="id of SHARED"/>' in peer.requests[2].body
    assert all(b'Traversal="Shallow"' in each.body for each in peer.requests)


def test_mailboxes_that_are_named_are_used_and_nothing_is_asked() -> None:
    peer = Peer(_level("Shared"), _level("Team", extra=REPLICA))
    found = _find(peer, hierarchy="tree@b.example", content="content@b.example", autodiscover=SVC)
    assert found.access.public == "content@b.example"
    for request in peer.requests:
        assert request.headers["X-PublicFolderMailbox"] == request.headers["X-AnchorMailbox"] == "tree@b.example"


def test_autodiscover_tells_the_tree_and_the_content() -> None:
    peer = Peer(
        _settings(PublicFolderInformation="anchor@b.example"),
        _settings(InternalRpcClientServer="tree@b.example"),
        _level("Shared"),
        _level("Team", extra=REPLICA),
        _settings(AutoDiscoverSMTPAddress="content@b.example"),
    )
    found = _find(peer, autodiscover=SVC)
    assert (found.access.public, found.access.anchor) == ("content@b.example", "")
    assert b"<a:Mailbox>ann@b.example<" in peer.requests[0].body
    assert b"<a:Mailbox>anchor@b.example<" in peer.requests[1].body
    assert f"<a:Mailbox>{GUID}@b.example<".encode() in peer.requests[4].body
    walk = peer.requests[2].headers
    assert (walk["X-AnchorMailbox"], walk["X-PublicFolderMailbox"]) == ("anchor@b.example", "tree@b.example")


def test_without_autodiscover_the_content_is_named_by_its_guid() -> None:
    assert _find(Peer(_level("Shared"), _level("Team", extra=REPLICA))).access.public == f"{GUID}@b.example"


def test_a_server_without_such_mailboxes_finds_its_way_alone() -> None:
    peer = Peer(_settings(), _level("Shared"), _level("Team"))
    assert _find(peer, autodiscover=SVC).access.public == ""
    assert "X-PublicFolderMailbox" not in peer.requests[1].headers


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(PeerError, match="/Shared/Team") as raised:
        _find(Peer(_level("Shared"), _level("Others")))
    assert raised.value.reason is Reason.NO_CALENDAR
    with pytest.raises(PeerError, match="names none"):
        _find(Peer(), "/")


def test_an_empty_page_that_is_not_the_last_fails() -> None:
    with pytest.raises(PeerError) as raised:
        _find(Peer(_level(last=False)))
    assert raised.value.reason is Reason.INCOMPLETE


def test_what_autodiscover_refuses_is_told() -> None:
    with pytest.raises(PeerError, match="Autodiscover"):
        _find(Peer(HttpResponse(401)), autodiscover=SVC)


def test_below_any_folder() -> None:
    peer = Peer(_level("Team"))
    way = access(peer)
    assert run(below(way, way.own("calendar"), "Team", as_of=NOW)) == '<t:FolderId Id="id of Team"/>'


@pytest.mark.parametrize(
    ("value", "guid"),
    [
        (base64.b64encode(GUID.encode() + bytes(1)).decode(), GUID),
        (base64.b64encode(uuid.UUID(GUID).bytes_le).decode(), GUID),
        (base64.b64encode(b"/o=Org/ou=First/cn=Server").decode(), ""),
        ("", ""),
        ("no base64!", ""),
    ],
)
def test_the_mailbox_of_a_replica(value: str, guid: str) -> None:
    assert mailbox_guid(value) == guid

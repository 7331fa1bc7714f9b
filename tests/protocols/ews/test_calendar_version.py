"""Tests of protocols/ews/calendar_version.py."""

import pytest

from protocols.errors import PeerError
from protocols.ews.calendar_version import VERSIONS, spoken
from protocols.ews.names import SOAP
from protocols.http import HttpResponse
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message
from tests.protocols.scripted import Peer, run

FOLDER = '<t:DistinguishedFolderId Id="calendar"/>'


def _fault(code: str) -> HttpResponse:
    inside = f"<s:Fault><faultcode>x</faultcode><detail><ResponseCode>{code}</ResponseCode></detail></s:Fault>"
    text = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inside}</s:Body></s:Envelope>'
    return HttpResponse(500, body=text.encode())


def test_the_newest_that_is_understood() -> None:
    well = answer("GetFolder", message("GetFolder", code="ErrorFolderNotFound"))
    peer = Peer(_fault("ErrorInvalidServerVersion"), _fault("ErrorSchemaValidation"), well)
    assert run(spoken(access(peer), FOLDER, as_of=NOW)).version == VERSIONS[2]
    assert [
        f'Version="{version}"'.encode() in each.body for version, each in zip(VERSIONS, peer.requests, strict=False)
    ]


def test_the_oldest_is_left_where_none_is_understood() -> None:
    peer = Peer(*[_fault("ErrorInvalidServerVersion")] * (len(VERSIONS) - 1))
    assert run(spoken(access(peer), FOLDER, as_of=NOW)).version == VERSIONS[-1]


def test_another_refusal_is_no_matter_of_the_version() -> None:
    with pytest.raises(PeerError):
        run(spoken(access(Peer(_fault("ErrorImpersonateUserDenied"))), FOLDER, as_of=NOW))

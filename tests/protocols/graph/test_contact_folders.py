"""The folder of a mailbox that holds a list of contacts."""

from datetime import UTC, datetime

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.contact_fields import EXTENDED, LIST
from protocols.graph.contact_folders import Folder, folders, folders_of, make, marked
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://graph.example"
OURS = {"id": "1", "displayName": "B", EXTENDED: [{"id": LIST.lower(), "value": "b"}]}


def test_a_folder_says_whose_list_it_holds() -> None:
    peer = Peer(json({"value": [OURS, {"id": "2", "displayName": "Own"}]}))
    found = run(folders(peer, "u", api_url=URL, as_of=NOW))
    assert found == [Folder("1", "B", "b"), Folder("2", "Own")]
    assert "BusylineList" in peer.requests[0].url


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {"code": "ErrorInvalidUser"}}, 404), Reason.NO_SUCH_MAILBOX),
        (json({"error": {"code": "x"}}, 403), Reason.NO_ACCESS),
        (json({"value": [{"displayName": "no id"}]}), Reason.GARBLED),
    ],
)
def test_what_is_not_told_is_an_error(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(folders(Peer(answer), "u", api_url=URL, as_of=NOW))
    assert raised.value.reason is reason


def test_the_mark_decides_and_then_the_name() -> None:
    found = [Folder("3", "Copy", "b"), Folder("2", "B", "b"), Folder("1", "B", ""), Folder("0", "B", "other")]
    assert marked(found, "b", "B") == found[1]
    assert marked(found[:1], "b", "B") == found[0]
    assert marked(found[2:], "b", "B") is None


def test_of_many_only_who_was_told_of_whole_is_known() -> None:
    bodies = [
        (200, {"value": [OURS]}),
        (404, {"error": {"code": "ErrorInvalidUser"}}),
        (200, {"value": [], "@odata.nextLink": f"{URL}/2"}),
        (200, {"value": []}),
        (200, {"value": ["no folder"]}),
        (200, {"value": [{"displayName": "no id"}]}),
        (200, {}),
    ]
    responses = [{"id": str(n), "status": status, "body": body} for n, (status, body) in enumerate(bodies)]
    found = run(folders_of(Peer(json({"responses": responses})), list("abcdefg"), api_url=URL, as_of=NOW))
    assert found == {"a": [Folder("1", "B", "b")], "d": []}


def test_a_new_folder_bears_the_mark() -> None:
    peer = Peer(json({"id": "9"}, 201))
    assert run(make(peer, "u", "B", "b", api_url=URL, as_of=NOW)) == Folder("9", "B", "b")
    assert orjson.loads(peer.requests[0].body) == {"displayName": "B", EXTENDED: [{"id": LIST, "value": "b"}]}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {"code": "ErrorInvalidUser"}}, 404), Reason.NO_SUCH_MAILBOX),
        (json({"error": {"code": "ErrorFolderExists"}}, 409), Reason.PEER_FAILED),
        (json({}, 201), Reason.GARBLED),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT),
    ],
)
def test_a_folder_that_was_not_made_says_why(answer: HttpResponse | Exception, reason: Reason) -> None:
    failure = run(make(Peer(answer), "u", "B", "b", api_url=URL, as_of=NOW))
    assert isinstance(failure, PeerError)
    assert failure.reason is reason

"""The contacts of one folder of a mailbox."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.contact_fields import Contact, contact
from protocols.graph.contacts import change, contacts, creation, removal, some
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
URL = "https://graph.example"
THERE = contact({"id": "one/1", "@odata.etag": 'W/"x"'})


async def gathered(pages: AsyncIterator[list[Contact]]) -> list[str]:
    return [each.key async for page in pages for each in page]


def read(*answers: HttpResponse | Exception, folder: str = "f=") -> tuple[list[str], Peer]:
    peer = Peer(*answers)
    return run(gathered(contacts(peer, "anna@a.example", folder, api_url=URL, as_of=NOW))), peer


def test_all_pages_are_read_with_immutable_ids() -> None:
    following = f"{URL}/v1.0/next"
    found, peer = read(
        json({"value": [{"id": "1"}], "@odata.nextLink": following}), json({"value": [{"id": "2"}, {"id": "3"}]})
    )
    assert found == ["1", "2", "3"]
    assert peer.requests[0].url.startswith(f"{URL}/v1.0/users/anna@a.example/contactFolders/f%3D/contacts?$select=id,")
    assert "BusylineStamp" in peer.requests[0].url
    assert {each.headers["Prefer"] for each in peer.requests} == {'IdType="ImmutableId"'}


def test_no_folder_means_the_mailbox_s_own() -> None:
    _, peer = read(json({"value": []}), folder="")
    assert peer.requests[0].url.startswith(f"{URL}/v1.0/users/anna@a.example/contacts?")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([json({"error": {"code": "ErrorInvalidUser"}}, 404)], Reason.NO_SUCH_MAILBOX),
        ([json({"error": {"code": "ErrorAccessDenied"}}, 403)], Reason.NO_ACCESS),
        ([json({"value": [], "@odata.nextLink": f"{URL}/2"}), json({}, 404)], Reason.INCOMPLETE),
        ([json({"value": [], "@odata.nextLink": "https://else.example/2"})], Reason.GARBLED),
        ([json({"value": [{"displayName": "no id"}]})], Reason.GARBLED),
        ([json({"error": {"code": "syncStateNotFound"}}, 410)], Reason.INCOMPLETE),
    ],
)
def test_a_part_is_never_all(answers: list[HttpResponse], reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        read(*answers)
    assert raised.value.reason is reason


def test_some_are_there_some_are_not_and_some_cannot_be_told() -> None:
    bodies: list[Any] = [{"id": "1"}, {"error": {"code": "ErrorItemNotFound"}}, {"error": {"code": "x"}}, {}]
    responses = [
        {"id": str(number), "status": status, "body": bodies[number]}
        for number, status in enumerate((200, 404, 503, 200))
    ]
    peer = Peer(json({"responses": responses}))
    found = run(some(peer, "anna@a.example", "f", ["a", "b", "c", "d", "a"], api_url=URL, as_of=NOW))
    assert isinstance(found["a"], Contact)
    assert found["b"] is None
    assert [getattr(found[key], "reason", None) for key in "cd"] == [Reason.THROTTLED, Reason.GARBLED]
    assert len(orjson.loads(peer.requests[0].body)["requests"]) == 4


def test_more_than_twenty_are_asked_for_in_several_batches() -> None:
    answers = [
        json({"responses": [{"id": str(n), "status": 404, "body": {}} for n in range(size)]}) for size in (20, 5)
    ]
    found = run(some(Peer(*answers), "u", "f", [str(number) for number in range(25)], api_url=URL, as_of=NOW))
    assert list(found.values()) == [None] * 25


def test_writes_name_the_contact_and_the_version_that_they_mean() -> None:
    made, patched, gone = creation("u", "f", {"a": 1}), change("u", "f", THERE, {"a": 2}), removal("u", "f", THERE)
    assert (made.method, made.path, made.body) == ("POST", "/users/u/contactFolders/f/contacts", {"a": 1})
    assert (patched.method, patched.path) == ("PATCH", "/users/u/contactFolders/f/contacts/one%2F1")
    assert (gone.method, gone.path, gone.body) == ("DELETE", patched.path, None)
    assert [each.headers.get("If-Match") for each in (made, patched, gone)] == [None, 'W/"x"', 'W/"x"']

"""Which contacts of one folder in Microsoft 365 have changed."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.card_feed import Changes, changes, in_folder, resource_of, stamped
from protocols.graph.contact_fields import EXTENDED, STAMP, Contact
from protocols.graph.streamed import Expired
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, json, run

API = "https://graph.example/v1.0"
PLACE = f"{API}/users/ann@b.example/contactFolders/f%3D/contacts/delta"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def asked(peer: Peer, token: str = "", folder: str = "f=") -> Changes:
    return run(changes(peer, "ann@b.example", folder, token, api_url=API, as_of=NOW))


def last(*values: dict[str, Any], link: str = f"{PLACE}?$deltatoken=1") -> Any:
    return json({"value": list(values), "@odata.deltaLink": link})


def test_what_is_there_and_what_went() -> None:
    peer = Peer(
        json({"value": [{"id": "1", "parentFolderId": "p"}, {"id": "2"}], "@odata.nextLink": f"{PLACE}?$skiptoken=2"}),
        last({"id": "2", "@removed": {"reason": "deleted"}}, {"id": "3", "@removed": {}}, {"id": "3"}),
    )
    told = asked(peer)
    assert (told.there, told.gone, told.parent) == (["1", "3"], ["2"], "p")
    first = peer.requests[0]
    assert first.url.startswith(f"{PLACE}?$select=id,")
    assert first.headers["Prefer"] == 'IdType="ImmutableId", odata.maxpagesize=500'
    again = Peer(last())
    assert asked(again, told.token).parent == "p"
    assert again.requests[0].url == f"{PLACE}?$deltatoken=1"


def test_the_folder_that_every_mailbox_has() -> None:
    peer = Peer(last(link=f"{API}/x"))
    asked(peer, folder="")
    assert peer.requests[0].url.startswith(f"{API}/users/ann@b.example/contacts/delta?")


@pytest.mark.parametrize(
    "token",
    [
        "no json",
        "[]",
        "{}",
        orjson.dumps({"of": PLACE, "link": "https://elsewhere.example/v1.0/x"}).decode(),
        orjson.dumps({"of": f"{API}/users/bob@b.example/contacts/delta", "link": PLACE}).decode(),
    ],
)
def test_a_token_of_something_else_is_never_followed(token: str) -> None:
    peer = Peer()
    with pytest.raises(Expired):
        asked(peer, token)
    assert peer.requests == []


def test_an_expired_token() -> None:
    token = asked(Peer(last())).token
    with pytest.raises(Expired):
        asked(Peer(json({"error": {"code": "SyncStateNotFound"}}, 410)), token)


def test_half_a_chain_is_an_error() -> None:
    with pytest.raises(PeerError, match="no delta link"):
        asked(Peer(json({"value": []})))
    with pytest.raises(PeerError) as caught:
        asked(Peer(json({"error": {"code": "ErrorItemNotFound"}}, 404)))
    assert caught.value.reason is Reason.NO_SUCH_MAILBOX


def test_copies_are_found_by_their_stamps() -> None:
    entry = {"id": "1", EXTENDED: [{"id": STAMP, "value": "busyline:h/o'1"}]}
    responses = [
        {"id": "0", "status": 200, "body": {"value": [{**entry, "id": "9"}, entry]}},
        {"id": "1", "status": 200, "body": {"value": []}},
        {"id": "2", "status": 503, "body": {"error": {"code": "x"}}},
    ]
    peer = Peer(json({"responses": responses}))
    found = run(stamped(peer, "ann@b.example", "", ["busyline:h/o'1", "s", "t"], api_url=API, as_of=NOW))
    assert isinstance(found[0], Contact)
    assert (found[0].key, found[1], type(found[2])) == ("1", None, PeerError)
    [one, *_] = orjson.loads(peer.requests[0].body)["requests"]
    assert "ep/value%20eq%20'busyline:h/o''1')" in one["url"].replace("%2F", "/").replace("%3A", ":")


def test_where_a_contact_is() -> None:
    assert in_folder({"parentFolderId": "p"}, "p")
    assert not in_folder({"parentFolderId": "deleted"}, "p")
    assert in_folder({"parentFolderId": "p"}, "")
    assert in_folder({}, "p")


def test_what_a_subscription_names_is_not_escaped() -> None:
    assert resource_of("ann@b.example", "") == "users/ann@b.example/contacts"
    assert resource_of("ann@b.example", "f=") == "users/ann@b.example/contactFolders/f=/contacts"

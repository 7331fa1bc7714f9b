"""Users created once, however often it is asked for, and found and deleted again."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.new_users import Made, NewUser, Taken, User, create, delete, find, find_stamped, read, signed_in
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, json, run

WHERE: Any = {"api_url": "https://graph.microsoft.com", "as_of": datetime(2026, 11, 20, tzinfo=UTC)}
USERS = "https://graph.microsoft.com/v1.0/users"
ANN = NewUser(sign_in="Ann@b.example", name="Ann Lee", alias="ann", location="DE", stamp="busyline:p/1", surname="Lee")
THERE = User(key="u1", sign_in="Ann@b.example", name="Ann Lee", enabled=False, location="DE", stamp="busyline:p/1")
CONFLICT = json(
    {"error": {"code": "Request_BadRequest", "message": "Another object with the same value ... already exists."}}, 400
)
NOBODY = json({"error": {"code": "Request_ResourceNotFound"}}, 404)


def entry(**more: Any) -> dict[str, Any]:
    told = {"id": "u1", "userPrincipalName": "Ann@b.example", "displayName": "Ann Lee", "accountEnabled": False}
    extras = {"onPremisesExtensionAttributes": {"extensionAttribute15": "busyline:p/1"}}
    return {**told, **extras, "usageLocation": "DE", "mail": "Ann.Lee@b.example", **more}


def made(*answers: Any, user: NewUser = ANN, **more: Any) -> tuple[Made | Taken | PeerError, Peer]:
    peer = Peer(*answers)
    return run(create(peer, user, "Pa55-word-of-nobody", **WHERE, **more)), peer


def test_a_user_is_created_blocked_and_has_to_change_the_password() -> None:
    told, peer = made(json({"id": "u1"}, 201))
    assert isinstance(told, Made)
    assert told.new
    assert (told.user.key, told.user.enabled) == ("u1", False)
    assert told.user.addresses == {"ann@b.example"}
    assert (peer.requests[0].method, peer.requests[0].url) == ("POST", USERS)
    assert orjson.loads(peer.requests[0].body) == {
        "accountEnabled": False,
        "displayName": "Ann Lee",
        "mailNickname": "ann",
        "userPrincipalName": "Ann@b.example",
        "passwordProfile": {"forceChangePasswordNextSignIn": True, "password": "Pa55-word-of-nobody"},
        "usageLocation": "DE",
        "surname": "Lee",
        "onPremisesExtensionAttributes": {"extensionAttribute15": "busyline:p/1"},
    }
    assert "Pa55" not in repr(peer.requests[0])


def test_the_stamp_stands_where_it_shall() -> None:
    _, peer = made(json({"id": "u1"}, 201), stamp_at="employeeType")
    body = orjson.loads(peer.requests[0].body)
    assert (body["employeeType"], "onPremisesExtensionAttributes" in body) == ("busyline:p/1", False)
    _, peer = made(json({"id": "u1"}, 201), user=NewUser(sign_in="a@b.example", name="A", alias="a", enabled=True))
    body = orjson.loads(peer.requests[0].body)
    assert (body["accountEnabled"], "usageLocation" in body) == (True, False)
    assert "onPremisesExtensionAttributes" not in body


def test_who_was_created_before_is_known_by_the_stamp() -> None:
    told, peer = made(CONFLICT, json(entry()))
    assert isinstance(told, Made)
    assert not told.new
    assert told.user.addresses == {"ann@b.example", "ann.lee@b.example"}
    assert peer.requests[1].url.startswith(f"{USERS}/Ann%40b.example?$select=id,userPrincipalName,")


def test_another_who_has_the_name_is_left_alone() -> None:
    other = entry(onPremisesExtensionAttributes={"extensionAttribute15": "busyline:q/9"})
    told, peer = made(CONFLICT, json(other))
    assert isinstance(told, Taken)
    assert told.user is not None
    assert told.user.stamp == "busyline:q/9"
    assert len(peer.requests) == 2
    told, _ = made(CONFLICT, json(entry(onPremisesExtensionAttributes=None)))
    assert isinstance(told, Taken)
    without = NewUser(sign_in="Ann@b.example", name="A", alias="a")
    told, _ = made(CONFLICT, json(entry(onPremisesExtensionAttributes=None)), user=without)
    assert isinstance(told, Taken)


def test_the_name_of_somebody_deleted() -> None:
    told, _ = made(CONFLICT, NOBODY)
    assert told == Taken(None)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((json({"error": {"message": "A value is required."}}, 400), NOBODY), Reason.PEER_FAILED),
        ((CONFLICT, json({"error": {}}, 503)), Reason.THROTTLED),
        ((CONFLICT, json(entry(accountEnabled=None))), Reason.GARBLED),
        ((json({"error": {"code": "Authorization_RequestDenied"}}, 403),), Reason.NO_ACCESS),
        ((html(400),), Reason.GARBLED),
        ((json({}, 201),), Reason.GARBLED),
        ((html(201),), Reason.GARBLED),
        ((PeerError(Reason.TIMEOUT),), Reason.TIMEOUT),
    ],
)
def test_nothing_is_falsely_made(answers: tuple[Any, ...], reason: Reason) -> None:
    told, _ = made(*answers)
    assert isinstance(told, PeerError)
    assert told.reason is reason


def test_found_by_any_address() -> None:
    peer = Peer(json({"value": [entry(mail=None), entry(id="u2", proxyAddresses=["smtp:o'x@b.example"])]}))
    found = run(find(peer, "O'x@b.example", **WHERE))
    assert isinstance(found, User)
    assert found.key == "u2"
    assert "userPrincipalName eq 'O''x@b.example'" in peer.requests[0].url.replace("%20", " ").replace("%40", "@")
    assert run(find(Peer(json({"value": []})), "x@b.example", **WHERE)) is None
    assert run(find(Peer(json({"value": [entry()]})), "else@b.example", **WHERE)) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NOBODY, Reason.PEER_FAILED),
        (json({"value": [entry(userPrincipalName=None)]}), Reason.GARBLED),
        (json({"error": {}}, 429), Reason.THROTTLED),
        (PeerError(Reason.UNREACHABLE), Reason.UNREACHABLE),
    ],
)
def test_a_failure_is_not_nobody(answer: Any, reason: Reason) -> None:
    found = run(find(Peer(answer), "x@b.example", **WHERE))
    assert isinstance(found, PeerError)
    assert found.reason is reason


def test_read_by_id() -> None:
    found = run(read(Peer(json(entry())), "u1", **WHERE))
    assert isinstance(found, User)
    assert (found.key, found.location, found.enabled) == ("u1", "DE", False)
    assert run(read(Peer(NOBODY), "u1", **WHERE)) is None
    assert isinstance(run(read(Peer(html()), "u1", **WHERE)), PeerError)


@pytest.mark.parametrize(
    ("activity", "ever"),
    [
        ({}, False),
        ({"signInActivity": None}, False),
        ({"signInActivity": {"lastSignInDateTime": None}}, False),
        ({"signInActivity": {"lastNonInteractiveSignInDateTime": "2026-11-01T00:00:00Z"}}, True),
    ],
)
def test_whether_anybody_signed_in(activity: dict[str, Any], *, ever: bool) -> None:
    peer = Peer(json({"id": "u1", **activity}))
    assert run(signed_in(peer, "u1", **WHERE)) is ever
    assert peer.requests[0].url == f"{USERS}/u1?$select=id,signInActivity"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}, 403), Reason.NO_ACCESS),
        (NOBODY, Reason.NO_SUCH_MAILBOX),
        (json({}), Reason.GARBLED),
        (json({"id": "u1", "signInActivity": "x"}), Reason.GARBLED),
    ],
)
def test_where_nobody_knows_it_is_not_never(answer: HttpResponse, reason: Reason) -> None:
    told = run(signed_in(Peer(answer), "u1", **WHERE))
    assert isinstance(told, PeerError)
    assert told.reason is reason


def test_deleted_once() -> None:
    peer = Peer(HttpResponse(204), NOBODY, json({"error": {}}, 403), html())
    assert run(delete(peer, "u1", **WHERE)) is None
    assert run(delete(peer, "u1", **WHERE)) is None
    assert isinstance(run(delete(peer, "u1", **WHERE)), PeerError)
    assert isinstance(run(delete(peer, "u1", **WHERE)), PeerError)
    assert {(each.method, each.url) for each in peer.requests} == {("DELETE", f"{USERS}/u1")}


def test_found_by_the_stamp_whatever_they_are_called_by_now() -> None:
    peer = Peer(json({"value": [entry(id="u2"), entry(id="u1", userPrincipalName="Ann.Jones@b.example")]}))
    found = run(find_stamped(peer, "busyline:p/1", **WHERE))
    assert isinstance(found, User)
    assert (found.key, found.sign_in) == ("u1", "Ann.Jones@b.example")
    url = peer.requests[0].url.replace("%20", " ").replace("%2F", "/")
    assert "onPremisesExtensionAttributes/extensionAttribute15 eq 'busyline:p/1'" in url
    assert run(find_stamped(Peer(json({"value": [entry()]})), "busyline:P/1", **WHERE)) is None
    assert run(find_stamped(Peer(json({"value": []})), "o'x", stamp_at="employeeType", **WHERE)) is None
    assert isinstance(run(find_stamped(Peer(NOBODY), "x", **WHERE)), PeerError)
    assert isinstance(run(find_stamped(Peer(json({"value": [{}]})), "x", **WHERE)), PeerError)

"""One user's contacts: every page or an error, and one result for each contact of a batch."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from protocols.errors import PeerError
from protocols.google import contact_person
from protocols.google.personal_contacts import (
    PersonalContact,
    contacts,
    create,
    delete,
    fetched,
    group,
    put_photo,
    update,
)
from protocols.google.writing import STALE, Refusal
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.google.samples import NOW
from tests.protocols.scripted import Peer, html, json, run


def person(number: int, stamp: str = "") -> dict[str, Any]:
    sources = [{"type": "PROFILE", "etag": "p"}, {"type": "CONTACT", "etag": f"#{number}"}]
    one: dict[str, Any] = {"resourceName": f"people/c{number}", "etag": "%x", "metadata": {"sources": sources}}
    contact_person.put_stamp(one, stamp)
    return one


def told(number: int, stamp: str = "") -> dict[str, Any]:
    return {"requestedResourceName": f"people/c{number}", "person": person(number, stamp), "status": {}}


def error(status: int, word: str) -> HttpResponse:
    return json({"error": {"code": status, "status": word, "message": word}}, status)


def body(peer: Peer, number: int = -1) -> dict[str, Any]:
    return dict(orjson.loads(peer.requests[number].body))


def test_every_page_with_the_contacts_own_version() -> None:
    peer = Peer(json({"connections": [person(1)], "nextPageToken": "t"}), json({"totalItems": 1}))

    async def everything() -> list[PersonalContact]:
        return [one async for page in contacts(peer, as_of=NOW) for one in page]

    assert [(one.key, one.etag) for one in run(everything())] == [("people/c1", "#1")]
    query = parse_qs(urlsplit(peer.requests[0].url).query)
    assert (query["pageSize"], query["sources"]) == (["1000"], ["READ_SOURCE_TYPE_CONTACT"])
    assert {"clientData", "metadata"} <= set(query["personFields"][0].split(","))


def test_fewer_contacts_than_google_counts_are_not_all() -> None:
    async def everything(peer: Peer) -> list[PersonalContact]:
        return [one async for page in contacts(peer, as_of=NOW) for one in page]

    for page in ({"connections": [person(1)], "totalItems": 900}, {"totalItems": 1}, {"error": {"code": 503}}):
        with pytest.raises(PeerError):
            run(everything(Peer(json(page))))
    assert run(everything(Peer(json({})))) == []


def test_some_by_their_names() -> None:
    missing = {"requestedResourceName": "people/c2", "status": {"code": 5}}
    peer = Peer(json({"responses": [told(1), missing]}))
    found = run(fetched(peer, ["people/c1", "people/c2"], as_of=NOW))
    assert list(found) == ["people/c1"]
    assert parse_qs(urlsplit(peer.requests[0].url).query)["resourceNames"] == ["people/c1", "people/c2"]
    assert run(fetched(Peer(), [], as_of=NOW)) == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json({"responses": []}), Reason.INCOMPLETE),
        (json({"responses": [{"requestedResourceName": "people/c1", "status": {"code": 7}}]}), Reason.NO_ACCESS),
        (json({"responses": [{"requestedResourceName": "people/c1"}]}), Reason.INCOMPLETE),
        (error(429, "RESOURCE_EXHAUSTED"), Reason.THROTTLED),
        (html(), Reason.GARBLED),
    ],
)
def test_half_an_answer_is_an_error(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        run(fetched(Peer(answer), ["people/c1"], as_of=NOW))
    assert caught.value.reason is reason


def test_the_contact_group_is_found_or_made() -> None:
    system = {"resourceName": "contactGroups/b", "name": "B", "groupType": "SYSTEM_CONTACT_GROUP"}
    own = {"resourceName": "contactGroups/1", "name": "B", "groupType": "USER_CONTACT_GROUP"}
    assert run(group(Peer(json({"contactGroups": [system, own]})), "B", as_of=NOW)) == "contactGroups/1"
    peer = Peer(json({"contactGroups": [system]}), json({"resourceName": "contactGroups/2"}))
    assert run(group(peer, "B", as_of=NOW)) == "contactGroups/2"
    assert body(peer)["contactGroup"] == {"name": "B"}
    for made in (error(409, "ALREADY_EXISTS"), json({})):
        with pytest.raises(PeerError):
            run(group(Peer(json({}), made), "B", as_of=NOW))


def stamped(*names: str) -> list[dict[str, Any]]:
    people = [contact_person.blank([]) for _ in names]
    for one, name in zip(people, names, strict=True):
        contact_person.put_stamp(one, name)
    return people


def test_new_contacts_are_known_by_their_stamps_whatever_the_order() -> None:
    peer = Peer(json({"createdPeople": [told(2, "b"), told(1, "a")]}))
    first, second, third = run(create(peer, stamped("a", "b", "c"), as_of=NOW))
    assert isinstance(first, PersonalContact)
    assert isinstance(second, PersonalContact)
    assert isinstance(third, Refusal)
    assert (first.key, second.key, third.doubt) == ("people/c1", "people/c2", True)
    assert len(body(peer)["contacts"]) == 3
    assert run(create(Peer(), [], as_of=NOW)) == []


def test_the_one_that_was_refused_is_told_apart() -> None:
    peer = Peer(json({"createdPeople": [told(1, "a"), {"status": {"code": 3, "message": "bad"}}]}))
    first, second = run(create(peer, stamped("a", "b"), as_of=NOW))
    assert isinstance(first, PersonalContact)
    assert isinstance(second, Refusal)
    assert (second.reason, second.doubt, second.retry_after) == (Reason.PEER_FAILED, False, None)


def test_a_batch_that_is_refused_for_the_sake_of_one_is_made_again_in_halves() -> None:
    bad = error(400, "FAILED_PRECONDITION")
    done = [json({"updateResult": {f"people/c{n}": told(n)}}) for n in (1, 3, 4)]
    peer = Peer(bad, bad, done[0], bad, json({"updateResult": {"people/c3": told(3), "people/c4": told(4)}}))
    results = run(update(peer, [person(n) for n in (1, 2, 3, 4)], as_of=NOW))
    assert [one.key if isinstance(one, PersonalContact) else one for one in results] == [
        "people/c1",
        STALE,
        "people/c3",
        "people/c4",
    ]
    assert set(body(peer, 0)["contacts"]) == {f"people/c{n}" for n in (1, 2, 3, 4)}
    assert "memberships" not in body(peer, 0)["updateMask"]


def test_what_is_gone_when_it_shall_go_is_gone() -> None:
    peer = Peer(error(404, "NOT_FOUND"), json({}), error(404, "NOT_FOUND"))
    assert run(delete(peer, ["people/c1", "people/c2"], as_of=NOW)) == [None, None]
    assert [body(peer, number)["resourceNames"] for number in range(3)] == [
        ["people/c1", "people/c2"],
        ["people/c1"],
        ["people/c2"],
    ]


@pytest.mark.parametrize("answer", [html(404), html(200), json({"error": {"code": 503}}), json({"ok": True})])
def test_what_somebody_else_says_of_a_contact_is_no_proof_that_it_is_gone(answer: HttpResponse) -> None:
    peer = Peer(answer)
    for refusal in run(delete(peer, ["people/c1", "people/c2"], as_of=NOW)):
        assert isinstance(refusal, Refusal)
        assert refusal.doubt
    assert len(peer.requests) == 1
    assert isinstance(run(put_photo(Peer(answer), "people/c1", b"", as_of=NOW)), Refusal)


@pytest.mark.parametrize(
    ("answer", "reason", "doubt"),
    [
        (error(429, "RESOURCE_EXHAUSTED"), Reason.THROTTLED, False),
        (error(403, "PERMISSION_DENIED"), Reason.NO_ACCESS, False),
        (error(503, "UNAVAILABLE"), Reason.PEER_FAILED, True),
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT, True),
        (html(), Reason.GARBLED, True),
    ],
)
def test_a_call_that_fails_fails_for_each(answer: HttpResponse | Exception, reason: Reason, doubt: bool) -> None:
    results = run(create(Peer(answer), stamped("a", "b"), as_of=NOW))
    assert len(results) == 2
    for one in results:
        assert isinstance(one, Refusal)
        assert (one.reason, one.doubt) == (reason, doubt)


@pytest.mark.parametrize(
    ("status", "result"),
    [({"code": 5}, None), ({"code": 9}, STALE), ({"code": 10}, STALE)],
)
def test_one_that_went_or_changed(status: dict[str, int], result: object) -> None:
    answer = json({"updateResult": {"people/c1": {"status": status}}})
    assert run(update(Peer(answer), [person(1)], as_of=NOW)) == [result]


def test_a_photo_is_set_and_taken_away() -> None:
    peer = Peer(json({"person": person(1)}), json({"person": person(1)}), error(404, "NOT_FOUND"))
    for photo in (b"x", b""):
        after = run(put_photo(peer, "people/c1", photo, as_of=NOW))
        assert isinstance(after, PersonalContact)
    assert run(put_photo(peer, "people/c1", b"", as_of=NOW)) is None
    first, second, _ = peer.requests
    assert (first.method, urlsplit(first.url).path) == ("PATCH", "/v1/people/c1:updateContactPhoto")
    assert (second.method, urlsplit(second.url).path) == ("DELETE", "/v1/people/c1:deleteContactPhoto")
    assert body(peer, 0)["photoBytes"] == "eA=="
    assert "metadata" in parse_qs(urlsplit(second.url).query)["personFields"][0]

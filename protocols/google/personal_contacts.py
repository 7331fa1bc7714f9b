"""Lists and changes the contacts of one Google user, the one that the Send acts as (People API, people/v1)."""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

import orjson

from protocols.errors import PeerError
from protocols.google.contact_person import READ_MASK, WRITE_MASK, stamp
from protocols.google.errors import json_object, problem
from protocols.google.listing import pages
from protocols.google.writing import STALE, Refusal, refused
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

API_URL: Final = "https://people.googleapis.com"
SCOPE: Final = "https://www.googleapis.com/auth/contacts"
MOST: Final = 200
"""Contacts in one call: batchCreateContacts, batchUpdateContacts and people.batchGet take no more."""
MY_CONTACTS: Final = "contactGroups/myContacts"
"""Only what is in this group is shown among the contacts, and on phones."""
_SOURCES: Final = "READ_SOURCE_TYPE_CONTACT"
_CODES: Final = {
    3: Reason.PEER_FAILED,  # INVALID_ARGUMENT
    7: Reason.NO_ACCESS,
    8: Reason.THROTTLED,  # RESOURCE_EXHAUSTED
    16: Reason.UNAUTHORIZED,
}
_NOT_FOUND, _STALE, _DOUBTFUL = 5, frozenset({9, 10}), frozenset({2, 4, 13, 14, 15})  # google.rpc.Code


@dataclass(frozen=True, slots=True)
class PersonalContact:
    """One contact; ``etag`` is that of the contact itself, as the version of a person depends on what was asked for.
    ``person`` is all of it, to be changed in a copy."""

    key: str
    etag: str
    person: Mapping[str, Any] = field(repr=False, compare=False)


Result: TypeAlias = PersonalContact | Refusal | None
"""None: there is no such contact, or not any more."""


async def contacts(send: Send, *, api_url: str = API_URL, as_of: datetime) -> AsyncIterator[list[PersonalContact]]:
    """Every contact of the user, page by page. Raises PeerError."""
    query = {"pageSize": "1000", "personFields": READ_MASK, "sources": _SOURCES}
    url = f"{api_url.rstrip('/')}/v1/people/me/connections"
    async for page in pages(send, url, "connections", query, as_of=as_of, kind=""):
        yield [contact_of(person) for person in page]


async def fetched(
    send: Send, keys: Sequence[str], *, api_url: str = API_URL, as_of: datetime, mask: str = READ_MASK
) -> dict[str, PersonalContact]:
    """Those of the contacts with these keys (at most :data:`MOST`) that there are, with the lists that ``mask`` names.
    Raises PeerError."""
    if not keys:
        return {}
    query = [("personFields", mask), ("sources", _SOURCES), *(("resourceNames", key) for key in keys)]
    url = f"{api_url.rstrip('/')}/v1/people:batchGet?{urlencode(query)}"
    response = await send(HttpRequest("GET", url, Headers({"Accept": "application/json"})))
    failure = problem(response, as_of)
    if failure is not None:
        raise failure
    found: dict[str, PersonalContact] = {}
    answers = _dicts(json_object(response.body).get("responses"))
    for answer in answers:
        result = _result(answer)
        if isinstance(result, Refusal):
            raise PeerError(result.reason, result.words)
        if result is not None:
            found[str(answer.get("requestedResourceName") or result.key)] = result
    if len(answers) != len(set(keys)):
        raise PeerError(Reason.INCOMPLETE, f"an answer to {len(answers)} of {len(set(keys))} contacts")
    return found


async def group(send: Send, name: str, *, api_url: str = API_URL, as_of: datetime) -> str:
    """The resource name of the user's contact group of that name, which is made where there is none. Raises
    PeerError."""
    if found := await group_called(send, name, api_url=api_url, as_of=as_of):
        return found
    url = f"{api_url.rstrip('/')}/v1/contactGroups"
    made = await send(_post(url, {"contactGroup": {"name": name}, "readGroupFields": "name"}))
    failure = problem(made, as_of)
    if failure is not None:
        raise failure
    resource = json_object(made.body).get("resourceName")
    if not isinstance(resource, str) or not resource:
        raise PeerError(Reason.GARBLED, "a contact group without its resourceName")
    return resource


async def group_called(send: Send, name: str, *, api_url: str = API_URL, as_of: datetime) -> str:
    """The resource name of the user's contact group of that name, "" where there is none. Raises PeerError."""
    url = f"{api_url.rstrip('/')}/v1/contactGroups"
    query = {"pageSize": "1000", "groupFields": "name,groupType"}
    async for page in pages(send, url, "contactGroups", query, as_of=as_of, kind=""):
        for one in page:
            if one.get("name") == name and one.get("groupType") == "USER_CONTACT_GROUP" and one.get("resourceName"):
                return str(one["resourceName"])
    return ""


async def create(
    send: Send,
    people: Sequence[Mapping[str, Any]],
    *,
    api_url: str = API_URL,
    as_of: datetime,
    mask: str = READ_MASK,
) -> list[Result]:
    """The result for each of ``people``, in order, always. Each has a stamp of its own, by which it is known again:
    nothing is documented of the order of the answers. ``mask`` names the lists that are told of it then."""

    async def once(part: Sequence[Mapping[str, Any]]) -> HttpResponse:
        body = {"contacts": [{"contactPerson": one} for one in part], "readMask": mask, "sources": [_SOURCES]}
        return await send(_post(f"{api_url.rstrip('/')}/v1/people:batchCreateContacts", body))

    def read(document: Mapping[str, Any], part: Sequence[Mapping[str, Any]]) -> list[Result]:
        told = _dicts(document.get("createdPeople"))
        by_stamp = {stamp(one["person"]): one for one in told if isinstance(one.get("person"), dict)}
        failed = [one for one in told if not isinstance(one.get("person"), dict)]
        lost = [one for one in part if stamp(one) not in by_stamp]
        by_stamp |= dict(zip(map(stamp, lost), failed, strict=False)) if len(lost) == len(failed) else {}
        return [_result(by_stamp[stamp(one)]) if stamp(one) in by_stamp else _LOST for one in part]

    return await _batched(once, read, people, as_of)


async def update(
    send: Send,
    people: Sequence[Mapping[str, Any]],
    *,
    api_url: str = API_URL,
    as_of: datetime,
    mask: str = READ_MASK,
    written: str = WRITE_MASK,
) -> list[Result]:
    """The result for each of ``people``, in order, always. Each is a whole person as it was read, with its etags, and
    changed: all lists that ``written`` names are replaced (all that we ever write), and ``mask`` names those that are
    told of it then."""

    async def once(part: Sequence[Mapping[str, Any]]) -> HttpResponse:
        whole = {str(one["resourceName"]): one for one in part}
        body = {"contacts": whole, "updateMask": written, "readMask": mask, "sources": [_SOURCES]}
        return await send(_post(f"{api_url.rstrip('/')}/v1/people:batchUpdateContacts", body))

    def read(document: Mapping[str, Any], part: Sequence[Mapping[str, Any]]) -> list[Result]:
        told = document.get("updateResult")
        results = {key: _result(one) for key, one in told.items()} if isinstance(told, dict) else {}
        return [results.get(str(one["resourceName"]), _LOST) for one in part]

    return await _batched(once, read, people, as_of)


async def delete(send: Send, keys: Sequence[str], *, api_url: str = API_URL, as_of: datetime) -> list[Refusal | None]:
    """For each of ``keys``, in order, always: None where it is gone now, whoever removed it. Google says so with an
    empty object, or with a 404 of its own."""

    async def once(part: Sequence[str]) -> HttpResponse:
        return await send(_post(f"{api_url.rstrip('/')}/v1/people:batchDeleteContacts", {"resourceNames": list(part)}))

    def read(document: Mapping[str, Any], part: Sequence[str]) -> list[Result]:
        return [_LOST if document else None] * len(part)

    results = await _batched(once, read, keys, as_of)
    return [one if isinstance(one, Refusal) else None for one in results]


async def put_photo(send: Send, key: str, photo: bytes, *, api_url: str = API_URL, as_of: datetime) -> Result:
    """The contact with this photo from now on; without one where ``photo`` is empty."""
    url = f"{api_url.rstrip('/')}/v1/{quote(key)}"
    if photo:
        body = {"photoBytes": b64encode(photo).decode(), "personFields": READ_MASK, "sources": [_SOURCES]}
        request = replace(_post(f"{url}:updateContactPhoto", body), method="PATCH")
    else:
        query = urlencode({"personFields": READ_MASK, "sources": _SOURCES})
        request = HttpRequest("DELETE", f"{url}:deleteContactPhoto?{query}", Headers({"Accept": "application/json"}))

    async def once(_: Sequence[Any]) -> HttpResponse:
        return await send(request)

    return (await _batched(once, lambda document, _: [_result(document)], [key], as_of))[0]


_LOST: Final = refused(PeerError(Reason.INCOMPLETE, "the answer says nothing of it: it is looked at again"), doubt=True)


async def _batched(
    once: Callable[[Sequence[Any]], Awaitable[HttpResponse]],
    read: Callable[[Mapping[str, Any], Sequence[Any]], list[Result]],
    asked: Sequence[Any],
    as_of: datetime,
) -> list[Result]:
    """The results of one call. One that is refused as a whole for the sake of some is made again in halves, so that a
    bad one spoils no other."""
    if not asked:
        return []
    try:
        response = await once(asked)
        failure = problem(response, as_of)
        if failure is None:
            return read(json_object(response.body), asked)
    except PeerError as error:
        return [refused(error, doubt=True)] * len(asked)
    if response.status in (400, 404, 409, 412) and failure.reason is not Reason.GARBLED and len(asked) > 1:
        middle = len(asked) // 2
        first = await _batched(once, read, asked[:middle], as_of)
        return [*first, *await _batched(once, read, asked[middle:], as_of)]
    return [_refused_whole(response, failure)] * len(asked)


def _refused_whole(response: HttpResponse, failure: PeerError) -> Result:
    if failure.reason is Reason.NO_SUCH_MAILBOX:
        return None
    if failure.reason is Reason.GARBLED:  # by something that stands between us and Google: who knows what it let pass
        return refused(failure, doubt=True, status=response.status)
    if response.status == 412 or b"FAILED_PRECONDITION" in response.body or b"failedPrecondition" in response.body:
        return STALE
    return refused(failure, doubt=response.status >= 500, status=response.status)


def _result(answer: Mapping[str, Any]) -> Result:
    """A PersonResponse."""
    status = answer.get("status")
    code = status.get("code", 0) if isinstance(status, dict) else 0
    person = answer.get("person")
    if code == _NOT_FOUND or (not code and answer.get("httpStatusCode") == 404):
        return None
    if code in _STALE:
        return STALE
    if code:
        words = f"Google refuses it (code {code})"
        error, doubt = PeerError(_CODES.get(code, Reason.PEER_FAILED), words), code in _DOUBTFUL
        return refused(error, doubt=doubt, status=500 if doubt else 400)
    return contact_of(person) if isinstance(person, dict) and person.get("resourceName") else _LOST


def contact_of(person: Mapping[str, Any]) -> PersonalContact:
    """A person as a contact. Raises PeerError(INCOMPLETE) where it has no name of its own."""
    key, metadata = person.get("resourceName"), person.get("metadata")
    if not isinstance(key, str) or not key:
        raise PeerError(Reason.INCOMPLETE, "a contact without its resourceName")
    sources = _dicts(metadata.get("sources")) if isinstance(metadata, dict) else []
    etags = [str(one.get("etag") or "") for one in sources if one.get("type") == "CONTACT"]
    return PersonalContact(key, etags[0] if etags else str(person.get("etag") or ""), person)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _post(url: str, document: Mapping[str, Any]) -> HttpRequest:
    headers = Headers({"Accept": "application/json", "Content-Type": "application/json"})
    return HttpRequest("POST", url, headers, orjson.dumps(document))

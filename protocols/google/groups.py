"""Makes, changes and removes groups of a Google Workspace, and lets members come and go (directory_v1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

import orjson

from protocols.errors import PeerError
from protocols.google.directory import API_URL
from protocols.google.errors import problem
from protocols.google.listing import readable
from protocols.google.writing import PAUSE, STALE, Refusal, refused
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox, canonical

_AUTH: Final = "https://www.googleapis.com/auth/admin.directory"
GROUPS_SCOPE: Final = f"{_AUTH}.group"
MEMBERS_SCOPE: Final = f"{_AUTH}.group.member"
_PATH: Final = "/admin/directory/v1"
_NOBODY: Final = frozenset({400, 404})
"""Of members.insert: an address that is none, or one of the organisation's own domains that nobody has."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group without its members; ``key`` is its id, ``etag`` its version, "" where none was told."""

    key: str
    address: Mailbox | None
    name: str = ""
    description: str = field(default="", repr=False)
    aliases: tuple[str, ...] = ()
    etag: str = ""


class Joined(Enum):
    """What became of somebody who was to be a member."""

    MEMBER = "is a member, now or already"
    NOBODY = "nobody has the address"
    NOT_TAKEN = "the group takes none of another domain"
    CIRCLE = "the group would be a member of itself"


TAKEN: Final = Refusal(Reason.FORBIDDEN, "somebody has the address already: it is looked at again")
GONE: Final = Refusal(Reason.NO_SUCH_MAILBOX, "the group is not there any more: it is looked at again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of one organisation, as ``send`` may write them. Nothing here asks again, and nothing raises but
    :meth:`find`: what is refused, or was lost, is a Refusal, and in doubt where it may have been done."""

    send: Send
    api_url: str = API_URL

    async def find(self, key: str, *, as_of: datetime) -> Group | None:
        """The group of that id or address; None where there is none. Raises PeerError."""
        answer = await self._asked("GET", _group(key), as_of)
        if isinstance(answer, dict):
            return _read(answer)
        if answer.status == 404 and answer.error.reason is Reason.NO_SUCH_MAILBOX:
            return None
        raise answer.error

    async def insert(self, address: str, name: str, description: str, *, as_of: datetime) -> Group | Refusal:
        """A new group; :data:`TAKEN` where somebody has the address."""
        body = {"email": address, "name": name, "description": description}
        answer = await self._asked("POST", "/groups", as_of, body)
        if isinstance(answer, dict):
            return _written(answer)
        if answer.is_status(409):
            return TAKEN
        refusal = refused(answer.error, doubt=True, status=answer.status)
        # which of these Google gives to a domain of others is unconfirmed
        if answer.is_status(400, 403, 404) and not answer.tells("insufficientPermissions"):
            words = f"{refusal.words}: Google makes groups in the organisation's own domains alone: see group_address"
            return Refusal(refusal.reason, words, refusal.retry_after)
        return refusal

    async def patch(self, group: Group, changes: Mapping[str, str], *, as_of: datetime) -> Group | Refusal:
        """``group`` with ``changes`` (email, name, description), unless it is another by now (STALE).

        That Google minds If-Match here is unconfirmed: the group is to be read right before.
        """
        answer = await self._asked("PATCH", _group(group.key), as_of, dict(changes), etag=group.etag)
        return _written(answer) if isinstance(answer, dict) else answer.of_group()

    async def delete(self, group: Group, *, as_of: datetime) -> Refusal | None:
        """``group`` is gone, now or already; its members stay where they are."""
        answer = await self._asked("DELETE", _group(group.key), as_of, etag=group.etag)
        return None if isinstance(answer, dict) or answer.is_status(404) else answer.of_group()

    async def drop_alias(self, group: Group, alias: str, *, as_of: datetime) -> Refusal | None:
        """``group`` does not answer to ``alias`` any more."""
        answer = await self._asked("DELETE", f"{_group(group.key)}/aliases/{quote(alias, safe='@')}", as_of)
        return None if isinstance(answer, dict) or answer.is_status(404) else answer.of_group()

    async def join(self, key: str, address: str, *, as_of: datetime) -> Joined | Refusal:
        """``address`` becomes a member of the group of that id; :data:`GONE` where there is no such group.

        Which status Google gives where a group takes nobody of another domain is unconfirmed: 412 (conditionNotMet).
        """
        body = {"email": address, "role": "MEMBER"}
        answer = await self._asked("POST", f"{_group(key)}/members", as_of, body)
        if isinstance(answer, dict):
            return Joined.MEMBER
        if answer.is_status(404) and "groupkey" in answer.message.lower():
            return GONE
        if answer.tells("cyclicMembershipsNotAllowed"):
            return Joined.CIRCLE
        if answer.is_status(*_NOBODY):
            return Joined.NOBODY
        if answer.is_status(409):
            busy = answer.tells("conflict")
            return Refusal(Reason.PEER_FAILED, str(answer.error), PAUSE) if busy else Joined.MEMBER
        return Joined.NOT_TAKEN if answer.is_status(412) else refused(answer.error, doubt=True, status=answer.status)

    async def leave(self, key: str, address: str, *, as_of: datetime) -> Refusal | None:
        """``address`` is no member of the group of that id, now or already."""
        path = f"{_group(key)}/members/{quote(address, safe='@')}"
        answer = await self._asked("DELETE", path, as_of)
        if isinstance(answer, dict) or answer.is_status(400, 404):  # 400: Invalid Input: memberKey
            return None
        return refused(answer.error, doubt=True, status=answer.status)

    async def _asked(
        self, method: str, path: str, as_of: datetime, body: Mapping[str, str] | None = None, *, etag: str = ""
    ) -> "dict[str, Any] | _Refused":
        """What was told, {} where nothing is to be told."""
        headers = {"Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"If-Match": etag} if etag else {}
        url = f"{self.api_url.rstrip('/').removesuffix(_PATH)}{_PATH}{path}"
        content = orjson.dumps(body) if body is not None else b""
        try:
            response = await self.send(HttpRequest(method, url, Headers(headers), content))
            failure = problem(response, as_of)
            if failure is not None:
                return _Refused(failure, response.status, *_told(response.body))
            told = readable(response.body) if method != "DELETE" else {}
            if "error" in told:
                raise PeerError(Reason.GARBLED, f"HTTP {response.status}, and an error in it")
        except PeerError as error:
            return _Refused(error)
        return told


@dataclass(frozen=True, slots=True)
class _Refused:
    error: PeerError
    status: int = 0
    message: str = ""
    reasons: tuple[str, ...] = ()

    def is_status(self, *statuses: int) -> bool:
        """One of these, and said by Google: not by a page of something in between, nor of a quota."""
        return self.status in statuses and self.error.reason not in (Reason.GARBLED, Reason.THROTTLED)

    def tells(self, reason: str) -> bool:
        return reason in self.reasons

    def of_group(self) -> Refusal:
        if self.is_status(404):
            return GONE
        if self.is_status(409):
            return TAKEN
        return STALE if self.is_status(412) else refused(self.error, doubt=True, status=self.status)


def _told(body: bytes) -> tuple[str, tuple[str, ...]]:
    """The message of an error, and its reasons."""
    try:
        error = readable(body).get("error")
    except PeerError:
        return "", ()
    told = error if isinstance(error, dict) else {}
    each = told.get("errors")
    reasons = (one.get("reason") for one in (each if isinstance(each, list) else []) if isinstance(one, dict))
    return str(told.get("message") or "")[:200], tuple(one for one in reasons if isinstance(one, str))


def _group(key: str) -> str:
    return f"/groups/{quote(key, safe='@')}"


def _written(told: Mapping[str, Any]) -> Group | Refusal:
    try:
        return _read(told)
    except PeerError as error:
        return refused(error, doubt=True)


def _read(told: Mapping[str, Any]) -> Group:
    key, email = told.get("id"), told.get("email")
    if not isinstance(key, str) or not key:
        raise PeerError(Reason.INCOMPLETE, "a group without its id")
    try:
        address = Mailbox.parse(email) if isinstance(email, str) else None
    except ValueError:
        address = None
    listed = told.get("aliases")
    return Group(
        key=key,
        address=address,
        name=str(told.get("name") or "").strip(),
        description=str(told.get("description") or ""),
        aliases=tuple(filter(None, map(_address, listed if isinstance(listed, list) else []))),
        etag=str(told.get("etag") or ""),
    )


def _address(text: Any) -> str:
    try:
        return canonical(text) if isinstance(text, str) else ""
    except ValueError:
        return ""

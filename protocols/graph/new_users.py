"""Creates the accounts of people who will move to a Microsoft 365 organisation, and takes them away again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.accounts import STAMP, account
from protocols.graph.by_id import query_of, quoted
from protocols.graph.errors import json_object, problem
from protocols.graph.paging import api, entries
from protocols.graph.people import EXTENSIONS, USER, identity, text
from protocols.graph.tried import answered, done, message, refused_with, tried
from protocols.http import HttpResponse, Send
from protocols.model.freebusy import Reason

PERMISSIONS: Final = ("User.ReadWrite.All", "AuditLog.Read.All")
"""The second for :func:`signed_in` alone, which asks for a P1 licence of Entra as well."""
_SELECT: Final = ",".join((*USER, "otherMails", "onPremisesSyncEnabled", "usageLocation"))
_ALREADY: Final = "already exists"  # unconfirmed: seen by others, Graph has one code for all that is refused
_ACTIVITIES: Final = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Somebody to be created. ``sign_in`` is the userPrincipalName, in a verified domain; ``alias`` the mailNickname;
    ``location`` the usageLocation (ISO 3166, two letters), without which no licence is given. ``stamp`` is kept with
    them, so that a repetition after a crash knows its own."""

    sign_in: str
    name: str
    alias: str
    location: str = ""
    enabled: bool = False
    given_name: str = ""
    surname: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who is there. ``addresses`` are all they answer to, in lower case, the sign-in name among them."""

    key: str
    sign_in: str
    name: str
    enabled: bool
    location: str = ""
    stamp: str = ""
    addresses: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Made:
    """``user`` was created by this call, or by an earlier one with the same stamp (``new`` is False)."""

    user: User
    new: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """Another has the sign-in name or the alias: ``user``, where they are there.

    Unconfirmed: that somebody deleted, who can be restored for 30 days, keeps them.
    """

    user: User | None = None


async def create(
    send: Send, user: NewUser, password: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> Made | Taken | PeerError:
    """Creates the user (Graph, Create user). They change the password when they first sign in.

    May be repeated: who is there with the same sign-in name and stamp is Made; with another stamp, or none, Taken, and
    nothing of them has changed. A failure is returned; after TIMEOUT or UNREACHABLE nobody knows, so repeat it.
    """
    response = await answered(send, "POST", f"{api(api_url)}/users", _body(user, password, stamp_at))
    failure = response if isinstance(response, PeerError) else problem(response, as_of)
    if isinstance(response, HttpResponse) and failure is None:
        return _made(response, user)
    if failure is None or not refused_with(failure, 400, 409):
        return failure or PeerError(Reason.GARBLED)
    # One code stands for all that a request can have wrong: whether the name is taken, the directory itself tells.
    found = await read(send, user.sign_in, api_url=api_url, as_of=as_of, stamp_at=stamp_at)
    if isinstance(found, PeerError):
        return found
    if found is None:
        return Taken() if _ALREADY in message(response) else failure
    return Made(found, new=False) if user.stamp and found.stamp == user.stamp else Taken(found)


async def find(
    send: Send, address: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> User | PeerError | None:
    """The user who signs in with or answers to ``address``; None where there is none. A failure is returned.

    Somebody who was created a moment ago may not be found yet: :func:`read` by the sign-in name finds them earlier.
    """
    told = quoted(address)
    tests = (f"userPrincipalName eq '{told}'", f"mail eq '{told}'", f"proxyAddresses/any(p:p eq 'smtp:{told}')")
    try:
        users = await _users(send, " or ".join(tests), api_url=api_url, as_of=as_of, stamp_at=stamp_at)
    except PeerError as error:
        return error
    return next((each for each in users if address.lower() in each.addresses), None)


async def find_stamped(
    send: Send, stamp: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> User | PeerError | None:
    """The user with this very stamp, whatever they sign in with by now; of several the one with the smallest id.

    None where there is none. A failure is returned. (Graph, user: onPremisesExtensionAttributes and employeeType can be
    filtered by.)
    """
    name = stamp_at if stamp_at == "employeeType" else f"{EXTENSIONS}/{stamp_at}"
    try:
        users = await _users(send, f"{name} eq '{quoted(stamp)}'", api_url=api_url, as_of=as_of, stamp_at=stamp_at)
    except PeerError as error:
        return error
    return min((each for each in users if each.stamp == stamp), key=lambda each: each.key, default=None)


async def _users(send: Send, test: str, *, api_url: str, as_of: datetime, stamp_at: str) -> list[User]:
    found = await entries(send, f"{api(api_url)}/users?{query_of({'$filter': test, '$select': _SELECT})}", as_of=as_of)
    if found is None:
        raise PeerError(Reason.PEER_FAILED, "HTTP 404: the address of Graph is wrong")
    return [_user(entry, stamp_at) for entry in found]


async def read(
    send: Send, key: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> User | PeerError | None:
    """The user with this id or sign-in name; None where there is none. A failure is returned."""
    url = f"{api(api_url)}/users/{quote(key, safe='')}?{query_of({'$select': _SELECT})}"
    response = await tried(send, "GET", url, as_of=as_of)
    if isinstance(response, PeerError):
        return None if refused_with(response, 404) else response
    try:
        return _user(json_object(response.body), stamp_at)
    except PeerError as error:
        return error


async def signed_in(send: Send, key: str, *, api_url: str, as_of: datetime) -> bool | PeerError:
    """Whether the user has ever signed in (Graph, signInActivity), as far as Entra remembers.

    A failure is returned, NO_ACCESS where the permission or the P1 licence lacks: then nobody knows. Not told until an
    hour or so after.
    """
    url = f"{api(api_url)}/users/{quote(key, safe='')}?$select=id,signInActivity"
    response = await tried(send, "GET", url, as_of=as_of)
    if isinstance(response, PeerError):
        return PeerError(Reason.NO_SUCH_MAILBOX, response.detail) if refused_with(response, 404) else response
    try:
        entry = json_object(response.body)
        identity(entry)
    except PeerError as error:
        return error
    told = entry.get("signInActivity")  # left out of who never did
    if told is None:
        return False
    if not isinstance(told, dict):
        return PeerError(Reason.GARBLED, "signInActivity is no object")
    return any(text(told.get(name)) for name in _ACTIVITIES)


async def delete(send: Send, key: str, *, api_url: str, as_of: datetime) -> PeerError | None:
    """Deletes the user (it can be restored for 30 days: Graph, Delete user); None where it is done, or was before."""
    error = done(await tried(send, "DELETE", f"{api(api_url)}/users/{quote(key, safe='')}", as_of=as_of))
    return None if error and refused_with(error, 404) else error


def _body(user: NewUser, password: str, stamp_at: str) -> dict[str, Any]:
    told = {"usageLocation": user.location, "givenName": user.given_name, "surname": user.surname}
    stamp = {stamp_at: user.stamp} if stamp_at == "employeeType" else {EXTENSIONS: {stamp_at: user.stamp}}
    return {
        "accountEnabled": user.enabled,
        "displayName": user.name,
        "mailNickname": user.alias,
        "userPrincipalName": user.sign_in,
        "passwordProfile": {"forceChangePasswordNextSignIn": True, "password": password},
        **{name: value for name, value in told.items() if value},
        **(stamp if user.stamp else {}),
    }


def _made(response: HttpResponse, user: NewUser) -> Made | PeerError:
    try:
        key = identity(json_object(response.body))
    except PeerError as error:
        return error
    return Made(
        User(
            key=key,
            sign_in=user.sign_in,
            name=user.name,
            enabled=user.enabled,
            location=user.location,
            stamp=user.stamp,
            addresses=frozenset({user.sign_in.lower()}),
        )
    )


def _user(entry: Mapping[str, Any], stamp_at: str) -> User:
    told = account("users", entry, stamp_at)
    sign_in = text(entry.get("userPrincipalName"))
    if not sign_in or not isinstance(entry.get("accountEnabled"), bool):
        raise PeerError(Reason.GARBLED, "a user without a sign-in name, or without whether it is enabled")
    return User(
        key=told.key,
        sign_in=sign_in,
        name=text(entry.get("displayName")),
        enabled=told.enabled,
        location=text(entry.get("usageLocation")),
        stamp=told.stamp,
        addresses=told.addresses | {sign_in.lower()},
    )

"""Reads and writes the guests of a Microsoft 365 organisation, and looks who else has a mail address there."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.accounts import FIELDS, STAMP, Account, account
from protocols.graph.by_id import MOST, by_id, query_of, quoted
from protocols.graph.errors import people_object
from protocols.graph.paging import api
from protocols.graph.people import EXTENSIONS, EXTRAS, GROUP, USER, identity
from protocols.graph.streamed import unbroken
from protocols.graph.tried import done, tried
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.person import Field

_USER: Final = (*USER, "otherMails", "onPremisesSyncEnabled")
_CONTACT: Final = ("id", "displayName", "mail", "proxyAddresses", "onPremisesSyncEnabled")
_SELECTS: Final = {"users": _USER, "contacts": _CONTACT, "groups": (*GROUP, "onPremisesSyncEnabled")}
_PAGE: Final = 999
_FIELDS_OF_USERS: Final = ("mail", "userPrincipalName")


async def everything(
    send: Send, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> AsyncIterator[Account]:  # fmt: skip
    """Every user, contact and group that has an address, page by page. All of them or PeerError."""
    for collection, select in _SELECTS.items():
        query = query_of({"$select": ",".join(select), "$top": str(_PAGE)})
        async for page in unbroken(send, f"{api(api_url)}/{collection}?{query}", as_of=as_of):
            for entry in page.values:
                told = account(collection, entry, stamp_at)
                if told.addresses or told.stamp:
                    yield told


async def some(
    send: Send,
    keys: Sequence[str],
    addresses: Iterable[str],
    *,
    api_url: str,
    as_of: datetime,
    stamp_at: str = STAMP,
) -> list[Account]:
    """Who has one of the ids, or answers to one of the addresses (as in Account.addresses), each once.

    Raises PeerError.
    """
    found: dict[str, Account] = {}
    users = await by_id(send, "users", keys, select=_USER, api_url=api_url, as_of=as_of)
    for entry in users.values():
        found[identity(entry)] = account("users", entry, stamp_at)
    wanted = tuple(dict.fromkeys(addresses))
    for collection, select in _SELECTS.items():
        for tests in _tests(collection, wanted):
            query = query_of({"$filter": " or ".join(tests), "$select": ",".join(select), "$top": str(_PAGE)})
            async for page in unbroken(send, f"{api(api_url)}/{collection}?{query}", as_of=as_of):
                told = (account(collection, entry, stamp_at) for entry in page.values)
                found |= {each.key: each for each in told if not each.addresses.isdisjoint(wanted)}
    return list(found.values())


async def who_has(
    send: Send, address: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP
) -> list[Account] | PeerError:
    """Who answers to one address. A failure is returned."""
    try:
        return await some(send, (), (address,), api_url=api_url, as_of=as_of, stamp_at=stamp_at)
    except PeerError as error:
        return error


async def one(send: Send, key: str, *, api_url: str, as_of: datetime, stamp_at: str = STAMP) -> Account | PeerError:
    """The user with this id; NO_SUCH_MAILBOX where there is none. A failure is returned."""
    url = f"{_url(api_url, key)}?{query_of({'$select': ','.join(_USER)})}"
    response = await tried(send, "GET", url, as_of=as_of)
    if isinstance(response, PeerError):
        return _missing(response)
    try:
        return account("users", people_object(response.body), stamp_at)
    except PeerError as error:
        return error


def properties(
    texts: Mapping[Field, str], names: Iterable[Field], *, stamp: str = "", stamp_at: str = STAMP
) -> dict[str, Any]:
    """The body of a PATCH that writes ``names`` as ``texts`` has them, empty where it has nothing, and the stamp.

    A display name cannot be empty: where there is none, it is left alone.
    """
    written = {FIELDS[key]: texts.get(key) or None for key in names if key in FIELDS and FIELDS[key] != stamp_at}
    if stamp:
        written[stamp_at] = stamp
    extras = {name: value for name, value in written.items() if name in EXTRAS.values()}
    body = {name: value for name, value in written.items() if name not in extras}
    if body.get("displayName", "") is None:
        del body["displayName"]
    return body | ({EXTENSIONS: extras} if extras else {})


async def change(
    send: Send, key: str, body: Mapping[str, Any], *, api_url: str, as_of: datetime
) -> PeerError | None:  # fmt: skip
    """Writes these properties of a user and no others (Graph, Update user); None where it is done."""
    failure = done(await tried(send, "PATCH", _url(api_url, key), body, as_of=as_of))
    return _missing(failure) if failure is not None else None


async def remove(send: Send, key: str, *, api_url: str, as_of: datetime) -> PeerError | None:
    """Deletes the user (it can be restored for 30 days: Graph, Delete user); None where it is done, or was before."""
    failure = done(await tried(send, "DELETE", _url(api_url, key), as_of=as_of))
    return failure if failure is not None and _missing(failure).reason is not Reason.NO_SUCH_MAILBOX else None


def _missing(error: PeerError) -> PeerError:
    """Of one user, 404 says that there is none."""
    if error.reason is Reason.PEER_FAILED and error.detail.startswith("HTTP 404"):
        return PeerError(Reason.NO_SUCH_MAILBOX, error.detail)
    return error


def _url(api_url: str, key: str) -> str:
    return f"{api(api_url)}/users/{quote(key, safe='')}"


def _tests(collection: str, addresses: Sequence[str]) -> Iterable[list[str]]:
    tests: list[str] = []
    for address in addresses:
        text = quoted(address)
        plain = ":" not in address
        more = [f"proxyAddresses/any(p:p eq '{'smtp:' if plain else ''}{text}')"]
        if plain:
            more += [f"{name} eq '{text}'" for name in (_FIELDS_OF_USERS if collection == "users" else ("mail",))]
            more += [f"otherMails/any(o:o eq '{text}')"] if collection == "users" else []
        if len(tests) + len(more) > MOST:
            yield tests
            tests = []
        tests += more
    if tests:
        yield tests

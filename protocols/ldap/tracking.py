"""What changed in Active Directory since a token: by DirSync, or by the update numbers of one domain controller."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from protocols.errors import PeerError
from protocols.ldap.names import guid_text
from protocols.ldap.operations import DIRSYNC, SHOW_DELETED, Changes, NextPage, Scope, Search
from protocols.ldap.replies import Found
from protocols.ldap.results import SUCCESS, RefusedError
from protocols.ldap.searching import Ask, one, pages
from protocols.model.freebusy import Reason

_PEOPLE: Final = "(&(|(objectClass=user)(objectClass=group))(!(objectClass=computer)))"
_NOBODY: Final = "(!(objectClass=*))"
_MOST_ROUNDS: Final = 10_000
_NOT_THE_TOKEN: Final = frozenset({Reason.THROTTLED, Reason.UNREACHABLE, Reason.TIMEOUT, Reason.UNAUTHORIZED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """What a domain controller says of itself ([MS-ADTS] 3.1.1.3.2).

    ``domain`` and ``schema`` are the names of those parts; ``invocation`` names the copy of the directory that its
    update numbers are of, and ``update`` is the highest of them ([MS-ADTS] 3.1.1.1.9).
    """

    domain: str
    schema: str
    invocation: str
    update: int
    controls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """The objectGUIDs of what may have changed and of what was deleted, and the token for the next time.

    ``changed`` may name what has not changed, and objects that nobody is interested in.
    """

    changed: frozenset[str]
    deleted: frozenset[str]
    token: str = field(repr=False)


async def root(ask: Ask) -> Root:
    """Raises PeerError where it is no domain controller of Active Directory."""
    names = ("defaultNamingContext", "schemaNamingContext", "dsServiceName", "highestCommittedUSN", "supportedControl")
    found = await one(ask, "", names)
    if found is None or not found.text(names[0]):
        raise PeerError(Reason.PEER_FAILED, "this is no domain controller of Active Directory: check host")
    service = found.text("dsServiceName")
    settings = await one(ask, service, ("invocationId",)) if service else None
    invocation = settings.octets("invocationId").hex() if settings else ""
    return Root(
        domain=found.text(names[0]),
        schema=found.text("schemaNamingContext"),
        invocation=invocation,
        update=found.number("highestCommittedUSN") or 0,
        controls=frozenset(found.texts("supportedControl")),
    )


async def mark(ask: Ask, here: Root) -> str | None:
    """A token of now. None where changes cannot be told: where the account sees nothing of what was deleted, nobody
    would ever go. That is the rule until it may list the container Deleted Objects and read what is in it; to have the
    right to replicate is not enough for Samba. In a domain where nothing was ever deleted it cannot be known either.

    DirSync gives its cookie without the objects when nothing matches (seen with Samba; of Windows unconfirmed).
    """
    if not await _sees_deleted(ask, here):
        return None
    if DIRSYNC in here.controls:
        try:
            _, cookie = await _rounds(ask, here, b"", _NOBODY, ("objectGUID",))
        except RefusedError as error:
            if error.reason in _NOT_THE_TOKEN:
                raise
        else:
            return _token("dirsync", base64.b64encode(cookie).decode())
    return _token("usn", f"{here.invocation}.{here.update}") if here.invocation else None


async def since(ask: Ask, here: Root, token: str, attributes: tuple[str, ...]) -> Changed | None:
    """What changed since ``token``, as far as it concerns ``attributes``, names and places; None where the token is not
    good here: of another domain controller, too old, nobody's, or of an account that does not see any more what is
    deleted. Raises PeerError."""
    if not await _sees_deleted(ask, here):
        return None
    kind, _, text = token.partition(":")
    if kind == "dirsync":
        return await _by_dirsync(ask, here, text, attributes)
    if kind == "usn":
        return await _by_numbers(ask, here, text)
    return None


async def _by_dirsync(ask: Ask, here: Root, text: str, attributes: tuple[str, ...]) -> Changed | None:
    try:
        cookie = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    if not cookie:
        return None
    try:
        entries, cookie = await _rounds(ask, here, cookie, _PEOPLE, (*attributes, "name", "isDeleted"))
    except RefusedError as error:
        if error.reason in _NOT_THE_TOKEN:
            raise
        return None
    changed, deleted = _sorted(entries)
    return Changed(changed, deleted, _token("dirsync", base64.b64encode(cookie).decode()))


async def _by_numbers(ask: Ask, here: Root, text: str) -> Changed | None:
    invocation, _, number = text.partition(".")
    if not number.isdecimal() or not invocation or invocation != here.invocation or int(number) > here.update:
        return None  # another domain controller has other numbers; one that was restored has gone back in time
    later = f"(uSNChanged>={int(number) + 1})"
    attributes = ("objectGUID", "isDeleted")
    alive = Search(base=here.domain, filter=f"(&{_PEOPLE}{later})", attributes=attributes)
    dead = Search(base=here.domain, filter=f"(&(isDeleted=TRUE){later})", attributes=attributes)
    found: list[Found] = []
    for search, controls in ((alive, ()), (dead, (SHOW_DELETED,))):
        async for each in pages(ask, search, controls=controls):
            found += each.entries
    changed, deleted = _sorted(found)
    return Changed(changed, deleted, _token("usn", f"{here.invocation}.{here.update}"))


async def _rounds(
    ask: Ask, here: Root, cookie: bytes, filter_: str, attributes: tuple[str, ...]
) -> tuple[list[Found], bytes]:
    """Every round of DirSync at the root of the domain, which is the only place where it may be asked."""
    found: list[Found] = []
    search = Search(base=here.domain, filter=filter_, attributes=attributes)
    for _ in range(_MOST_ROUNDS):
        reply = (await ask(search, (Changes(cookie), SHOW_DELETED))).checked()
        found += (_named(entry) for entry in reply.entries)
        if reply.more is None:
            raise PeerError(Reason.GARBLED, "an answer to DirSync without its cookie")
        cookie = reply.more.cookie
        if not reply.more.now:
            return found, cookie
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_ROUNDS} rounds of DirSync")


def _named(entry: Found) -> Found:
    """Without the values, which may be many and are read again."""
    kept = ("objectguid", "isdeleted")
    return Found(entry.dn, {name: entry.attributes[name] for name in kept if name in entry.attributes})


def _sorted(entries: Sequence[Found]) -> tuple[frozenset[str], frozenset[str]]:
    deleted: dict[str, bool] = {}
    for entry in entries:
        octets = entry.octets("objectGUID")
        if len(octets) != 16:
            raise PeerError(Reason.GARBLED, "a change without its objectGUID")
        deleted[guid_text(octets)] = entry.true("isDeleted")
    gone = frozenset(guid for guid, dead in deleted.items() if dead)
    return frozenset(deleted) - gone, gone


async def _sees_deleted(ask: Ask, here: Root) -> bool:
    base = f"CN=Deleted Objects,{here.domain}"
    search = Search(base=base, scope=Scope.ONE, filter="(isDeleted=TRUE)", attributes=("1.1",))
    reply = await ask(search, (NextPage(1), SHOW_DELETED))
    return reply.code == SUCCESS and bool(reply.entries)


def _token(kind: str, text: str) -> str:
    return f"{kind}:{text}"

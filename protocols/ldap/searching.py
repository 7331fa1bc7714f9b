"""Searches a directory: every page or an error, attributes that come in ranges, addresses behind names."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.ldap.names import quoted
from protocols.ldap.operations import NO_REFERRALS, Control, NextPage, Request, Scope, Search
from protocols.ldap.replies import Found, Reply
from protocols.ldap.results import told
from protocols.model.freebusy import Reason

Ask: TypeAlias = Callable[[Request, Sequence[Control]], Awaitable[Reply]]
"""The one way to a directory: a request, and its whole answer. Raises PeerError where none comes."""
PAGE: Final = 1000
"""MaxPageSize, the most that Active Directory gives at once by default."""
_MOST_PAGES: Final = 10_000
_AT_ONCE: Final = 50  # names in one filter
_MOST_RANGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the entries, and the servers that hold others."""

    entries: tuple[Found, ...]
    referrals: tuple[str, ...] = ()


async def pages(ask: Ask, search: Search, *, size: int = PAGE, controls: Sequence[Control] = ()) -> AsyncIterator[Page]:
    """The result of ``search`` in pages of ``size``, as the directory orders it.

    Raises RefusedError where the directory refuses the first page, PeerError(INCOMPLETE) where a later one is missing.
    """
    cookie = b""
    for count in range(_MOST_PAGES):
        reply = await ask(search, (NextPage(size, cookie), NO_REFERRALS, *controls))
        if reply.code and count:
            raise PeerError(Reason.INCOMPLETE, f"a later page: {told(reply.code, reply.diagnostic)[1]}")
        reply.checked()
        yield Page(reply.entries, reply.referrals)
        previous, cookie = cookie, reply.more.cookie if reply.more else b""
        if not cookie:
            return
        if cookie == previous and not reply.entries:
            raise PeerError(Reason.GARBLED, "a page without entries leads to itself")
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages")


async def everything(ask: Ask, search: Search, *, size: int = PAGE, controls: Sequence[Control] = ()) -> list[Found]:
    """All that :func:`pages` gives; for results that are known to be small."""
    return [found async for each in pages(ask, search, size=size, controls=controls) for found in each.entries]


async def one(ask: Ask, dn: str, attributes: tuple[str, ...], filter_: str = "(objectClass=*)") -> Found | None:
    """The entry ``dn``, None where there is none or it does not match. Raises RefusedError."""
    reply = await ask(Search(base=dn, scope=Scope.BASE, filter=filter_, attributes=attributes), ())
    if reply.code == 32:
        return None
    entries = reply.checked().entries
    return entries[0] if entries else None


async def matching(ask: Ask, search: Search, items: Iterable[str], *, controls: Sequence[Control] = ()) -> list[Found]:
    """The entries under the base of ``search`` that match its filter and any of ``items``, which are filters; an entry
    that matches several is told once. Asked in chunks."""
    wanted = sorted(set(items))
    found: dict[str, Found] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        either = "".join(wanted[start : start + _AT_ONCE])
        chunk = replace(search, filter=f"(&{search.filter}(|{either}))")
        for entry in await everything(ask, chunk, controls=controls):
            found[entry.dn] = entry
    return list(found.values())


def named(dns: Iterable[str]) -> list[str]:
    """Filters that each match the entry of one distinguished name."""
    return [f"(distinguishedName={quoted(dn)})" for dn in dns]


async def complete(ask: Ask, found: Found, name: str) -> Found:
    """``found`` with all values of an attribute that may have come in ranges ([MS-ADTS] 3.1.1.3.1.3.3).

    Raises PeerError(INCOMPLETE) where a range does not come.
    """
    values: list[bytes] = []
    entry: Found | None = found
    for _ in range(_MOST_RANGES):
        ranged = _range(entry, name) if entry is not None else None
        if entry is None or (ranged is None and entry is not found):
            raise PeerError(Reason.INCOMPLETE, f"a range of {name} did not come")
        if ranged is None:
            return found
        key, last = ranged
        values += entry.attributes[key]
        if last == "*":
            rest = {each: kept for each, kept in found.attributes.items() if not each.startswith(f"{name};")}
            return Found(found.dn, {**rest, name: values})
        entry = await one(ask, found.dn, (f"{name};range={int(last) + 1}-*",))
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_RANGES} ranges of {name}")


def _range(found: Found, name: str) -> tuple[str, str] | None:
    for key in found.attributes:
        if key.startswith(f"{name};range="):
            last = key.rpartition("-")[2]
            if last == "*" or last.isdecimal():
                return key, last
    return None

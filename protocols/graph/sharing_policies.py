"""Reads and writes the sharing policies of an Exchange: with which domains people may share their own calendars.

By the cmdlets of protocols.graph.cmdlets, which Microsoft does not document over HTTP; their parameters are those of
Get- and Set-SharingPolicy (Exchange PowerShell). Unconfirmed: the JSON shapes of their values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.graph.cmdlets import Cmdlet, Endpoint, called
from protocols.graph.people import text
from protocols.graph.put_back import put_back
from protocols.http import Send
from protocols.model.freebusy import Reason

ACTIONS: Final[Mapping[str, str]] = {
    "availability": "CalendarSharingFreeBusySimple",
    "limited-details": "CalendarSharingFreeBusyDetail",
    "reviewer": "CalendarSharingFreeBusyReviewer",
}
"""What may be shared, by the word of the settings."""
ANONYMOUS: Final = "Anonymous"
"""Stands in a policy for whoever has a link: no domain, but a word of Exchange's, and written back as that."""
EVERYBODY: Final = "*"
"""The domain of a policy that stands for all others."""
_NEEDED: Final = ("Guid", "Name", "Domains", "Enabled", "Default")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingPolicy:
    """One policy as it was read, or as it shall be (``key``, its Guid, is "" then).

    ``domains`` says for each domain, in lower case (but :data:`ANONYMOUS`), which actions it allows, as Exchange writes
    them and in order of name. ``default`` is the one that new mailboxes get.
    """

    key: str = ""
    name: str
    domains: Mapping[str, tuple[str, ...]]
    enabled: bool = True
    default: bool = False

    @property
    def text(self) -> str:
        """All of it in one line, to be kept: :meth:`read` gives an equal value."""
        told = {"key": self.key, "name": self.name, "enabled": self.enabled, "default": self.default}
        return orjson.dumps({**told, "domains": {name: list(each) for name, each in self.domains.items()}}).decode()

    @classmethod
    def read(cls, text: str) -> "SharingPolicy":
        """What :attr:`text` gave. Raises ValueError for anything else."""
        told = orjson.loads(text)
        if not isinstance(told, dict) or set(told) != {"key", "name", "domains", "enabled", "default"}:
            raise ValueError("it is no sharing policy")
        return cls(**{**told, "domains": {name: tuple(each) for name, each in told["domains"].items()}})


def wanted(was: SharingPolicy, domains: Iterable[str], detail: str) -> SharingPolicy:
    """``was``, which allows ``detail`` (a key of :data:`ACTIONS`) for these domains too.

    A domain that it names already stays as it is: nothing is widened that was narrowed. A policy that is not enabled
    stays so.
    """
    missing = {name: (ACTIONS[detail],) for name in map(str.lower, domains) if name not in was.domains}
    return replace(was, domains={**was.domains, **missing})


def taken_back(now: SharingPolicy, *, was: SharingPolicy, did: SharingPolicy) -> SharingPolicy:
    """``now`` without what was done when ``was`` was made ``did``: what somebody changed since then stays."""
    domains = put_back(now.domains, was=was.domains, did=did.domains)
    ours = now.enabled == did.enabled and was.enabled != did.enabled
    return replace(now, domains=domains, enabled=was.enabled if ours else now.enabled)


async def policies(send: Send, endpoint: Endpoint, *, as_of: datetime) -> Sequence[SharingPolicy] | PeerError:
    """All of them; one is the default. A failure is returned."""
    found = await _read(send, endpoint, Cmdlet("Get-SharingPolicy"), as_of)
    if isinstance(found, PeerError) or sum(each.default for each in found) == 1:
        return found
    return PeerError(Reason.GARBLED, "not exactly one sharing policy is the default")


async def change(
    send: Send, endpoint: Endpoint, now: SharingPolicy, shall: SharingPolicy, *, as_of: datetime
) -> PeerError | None:
    """Makes ``now`` into ``shall`` by what differs; None where it is done, or nothing differs.

    The domains are written all at once, so ``now`` has to be what was just read. Name and default stay.
    """
    other: dict[str, Any] = {}
    if now.domains != shall.domains:
        other["Domains"] = _told(shall.domains)
    if now.enabled != shall.enabled:
        other["Enabled"] = shall.enabled
    if not other:
        return None
    done = await called(send, endpoint, Cmdlet("Set-SharingPolicy", {"Identity": now.key, **other}), as_of=as_of)
    return done if isinstance(done, PeerError) else None


async def _read(
    send: Send, endpoint: Endpoint, cmdlet: Cmdlet, as_of: datetime
) -> list[SharingPolicy] | PeerError:  # fmt: skip
    rows = await called(send, endpoint, cmdlet, as_of=as_of)
    if isinstance(rows, PeerError):
        return rows
    try:
        return list(map(_policy, rows))
    except PeerError as error:
        return error


def _policy(row: Mapping[str, Any]) -> SharingPolicy:
    if missing := [name for name in _NEEDED if name not in row]:
        raise PeerError(Reason.GARBLED, f"a sharing policy without its {missing[0]}")
    key, name, enabled, default = text(row["Guid"]), text(row["Name"]), row["Enabled"], row["Default"]
    if not key or not name or not isinstance(enabled, bool) or not isinstance(default, bool):
        raise PeerError(Reason.GARBLED, "a sharing policy that cannot be read")
    return SharingPolicy(key=key, name=name, domains=_domains(row["Domains"]), enabled=enabled, default=default)


def _domains(told: Any) -> dict[str, tuple[str, ...]]:
    """From ``contoso.com:CalendarSharingFreeBusySimple, ContactsSharing``, as Set-SharingPolicy takes it."""
    found: dict[str, tuple[str, ...]] = {}
    for each in told if isinstance(told, list) else [None]:
        domain, colon, actions = each.partition(":") if isinstance(each, str) else ("", "", "")
        names = sorted({action.strip() for action in actions.split(",")} - {""})
        if not domain.strip() or not colon or not names:
            raise PeerError(Reason.GARBLED, "a sharing policy whose domains cannot be read")
        domain = domain.strip().lower()
        found[ANONYMOUS if domain == ANONYMOUS.lower() else domain] = tuple(names)
    return found


def _told(domains: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [f"{domain}:{', '.join(actions)}" for domain, actions in domains.items()]

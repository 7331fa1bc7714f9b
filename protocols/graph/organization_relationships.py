"""Reads and writes the organization relationships of an Exchange: who outside may ask whether our people are free.

By the cmdlets of protocols.graph.cmdlets, which Microsoft does not document over HTTP; their parameters are those of
Get-, New-, Set- and Remove-OrganizationRelationship (Exchange PowerShell). Unconfirmed: the JSON shapes of the values.
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

ROLE: Final = "Exchange Administrator"
"""The role that the application needs for these cmdlets and those of sharing policies, beside the permission of
protocols.graph.cmdlets; the smaller one of recipients is not enough."""
LEVELS: Final[Mapping[str, str]] = {"availability": "AvailabilityOnly", "limited-details": "LimitedDetails"}
"""FreeBusyAccessLevel by the word of the settings."""
TO_EXCHANGE_ONLINE: Final[Mapping[str, str]] = {
    "TargetApplicationUri": "outlook.com",
    "TargetAutodiscoverEpr": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc/WSSecurity",
}
"""Where a partner in Exchange Online is asked, in Microsoft's worldwide cloud."""
PARAMETERS: Final = (
    *("DomainNames", "Enabled", "FreeBusyAccessEnabled", "FreeBusyAccessLevel", "FreeBusyAccessScope"),
    *("MailTipsAccessEnabled", "MailTipsAccessLevel", "MailTipsAccessScope", "PhotosEnabled", "ArchiveAccessEnabled"),
    *("DeliveryReportEnabled", "OrganizationContact", "TargetApplicationUri", "TargetAutodiscoverEpr"),
    *("TargetOwaURL", "TargetSharingEpr", "MailboxMoveEnabled", "MailboxMoveCapability", "OAuthApplicationId"),
)
"""What is read of a relationship, and written: parameters of both New- and Set-OrganizationRelationship."""
_NEEDED: Final = ("Guid", "Name", "DomainNames", "Enabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One relationship as it was read, or as it shall be (``key``, its Guid, is "" then).

    ``settings`` are its parameters by the cmdlets' names: texts, truths and lists of texts in order; None for what is
    not set. What has another shape is left out, and never written.
    """

    key: str = ""
    name: str
    settings: Mapping[str, Any]

    @property
    def domains(self) -> frozenset[str]:
        """The partner's domains that it names, in lower case."""
        return frozenset(map(str.lower, self.settings.get("DomainNames") or ()))

    @property
    def enabled(self) -> bool:
        """Whether it counts: while it does, it wins over the cross-tenant access policy for its domains."""
        return self.settings.get("Enabled") is True

    @property
    def text(self) -> str:
        """All of it in one line, to be kept: :meth:`read` gives an equal value."""
        return orjson.dumps({"key": self.key, "name": self.name, "settings": dict(self.settings)}).decode()

    @classmethod
    def read(cls, text: str) -> "Relationship":
        """What :attr:`text` gave. Raises ValueError for anything else."""
        told = orjson.loads(text)
        if not isinstance(told, dict) or set(told) != {"key", "name", "settings"}:
            raise ValueError("it is no organization relationship")
        return cls(**told)


def wanted(name: str, domains: Iterable[str], detail: str) -> Relationship:
    """A new relationship with a partner in Exchange Online; ``detail`` is a key of :data:`LEVELS`."""
    settings = {
        "DomainNames": sorted({domain.lower() for domain in domains}),
        "Enabled": True,
        "FreeBusyAccessEnabled": True,
        "FreeBusyAccessLevel": LEVELS[detail],
        **TO_EXCHANGE_ONLINE,
    }
    return Relationship(name=name, settings=settings)


def disabled(was: Relationship) -> Relationship:
    """``was``, not counting any more and otherwise as it was."""
    return replace(was, settings={**was.settings, "Enabled": False})


def without(was: Relationship, domains: Iterable[str]) -> Relationship:
    """``was``, not counting for ``domains`` any more: disabled where it names no others, else without them."""
    gone = {domain.lower() for domain in domains}
    kept = [domain for domain in was.settings.get("DomainNames") or () if domain.lower() not in gone]
    return replace(was, settings={**was.settings, "DomainNames": kept}) if kept else disabled(was)


def naming(known: Iterable[Relationship], domains: Iterable[str]) -> list[Relationship]:
    """Those that name any of ``domains``, enabled or not, in their order."""
    wanted_domains = {domain.lower() for domain in domains}
    return [each for each in known if not wanted_domains.isdisjoint(each.domains)]


def taken_back(now: Relationship, *, was: Relationship, did: Relationship) -> Relationship:
    """``now`` without what was done when ``was`` was made ``did``: what somebody changed since then stays."""
    return replace(now, settings=put_back(now.settings, was=was.settings, did=did.settings))


async def relationships(send: Send, endpoint: Endpoint, *, as_of: datetime) -> Sequence[Relationship] | PeerError:
    """All of them. A failure is returned."""
    return await _read(send, endpoint, Cmdlet("Get-OrganizationRelationship"), as_of)


async def create(
    send: Send, endpoint: Endpoint, shall: Relationship, *, as_of: datetime
) -> Relationship | PeerError:  # fmt: skip
    """The new relationship as it stands then. FORBIDDEN where the name is taken. A failure is returned.

    After TIMEOUT or UNREACHABLE nobody knows whether it is there: read all of them, and look for the name.
    """
    told = {name: value for name, value in shall.settings.items() if value not in (None, [])}
    found = await _read(send, endpoint, Cmdlet("New-OrganizationRelationship", {"Name": shall.name, **told}), as_of)
    if not isinstance(found, PeerError) and not found:
        found = await _read(send, endpoint, Cmdlet("Get-OrganizationRelationship", {"Identity": shall.name}), as_of)
    if isinstance(found, PeerError):
        return found
    return found[0] if len(found) == 1 else PeerError(Reason.GARBLED, f"{len(found)} relationships of one name")


async def change(
    send: Send, endpoint: Endpoint, now: Relationship, shall: Relationship, *, as_of: datetime
) -> PeerError | None:
    """Makes ``now`` into ``shall`` by the parameters that differ; None where it is done, or nothing differs.

    A relationship is known by the Guid of ``now``; its name stays.
    """
    other = {name: value for name, value in shall.settings.items() if value != now.settings.get(name)}
    if not other:
        return None
    done = await called(
        send, endpoint, Cmdlet("Set-OrganizationRelationship", {"Identity": now.key, **other}), as_of=as_of
    )
    return done if isinstance(done, PeerError) else None


async def remove(send: Send, endpoint: Endpoint, which: Relationship, *, as_of: datetime) -> PeerError | None:
    """Removes it by its Guid; None where it is done, or was before."""
    parameters = {"Identity": which.key, "Confirm": False}
    done = await called(send, endpoint, Cmdlet("Remove-OrganizationRelationship", parameters), as_of=as_of)
    gone = isinstance(done, PeerError) and done.reason is Reason.NO_SUCH_MAILBOX
    return done if isinstance(done, PeerError) and not gone else None


async def _read(
    send: Send, endpoint: Endpoint, cmdlet: Cmdlet, as_of: datetime
) -> list[Relationship] | PeerError:  # fmt: skip
    rows = await called(send, endpoint, cmdlet, as_of=as_of)
    if isinstance(rows, PeerError):
        return rows
    try:
        return list(map(_relationship, rows))
    except PeerError as error:
        return error


def _relationship(row: Mapping[str, Any]) -> Relationship:
    key, name, domains = text(row.get("Guid")), text(row.get("Name")), row.get("DomainNames")
    missing = [each for each in _NEEDED if each not in row]
    if missing or not key or not name or not _writable(domains) or not isinstance(row["Enabled"], bool):
        raise PeerError(Reason.GARBLED, f"an organization relationship without its {(missing or ['settings'])[0]}")
    settings = {each: _value(row[each]) for each in PARAMETERS if each in row and _writable(row[each])}
    return Relationship(key=key, name=name, settings=settings)


def _writable(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str | bool)


def _value(value: Any) -> Any:
    return sorted(value, key=str.lower) if isinstance(value, list) else value

"""What an organisation lets a partner organisation see: the Microsoft 365 cross-tenant access policy as a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import orjson

from protocols.errors import PeerError
from protocols.graph.put_back import put_back
from protocols.model.freebusy import Reason

AVAILABILITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "availability": "crossTenantCalendarAvailabilityBasic",
        "limited-details": "crossTenantCalendarAvailabilityLimitedDetails",
    }
)
"""Organisation sharing: whether the partner's people see when ours are busy, or subject and place as well."""
SHARING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "availability": "crossTenantCalendarSharingFreeBusySimple",
        "limited-details": "crossTenantCalendarSharingFreeBusyDetail",
        "reviewer": "crossTenantCalendarSharingFreeBusyReviewer",
    }
)
"""Individual sharing: how much of their own calendar each of ours may share with somebody of the partner."""
TRUST: Final = "m365CollaborationInbound"
"""The trust without which a capability is accepted and has no effect."""
_TRUSTED: Final = {"users": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """What the policy says of the partner organisation ``tenant`` (its id), as it was read.

    ``there`` is whether it has a partner of its own at all. ``trust`` is its m365CollaborationInbound and
    ``capabilities`` the inboundAccess of each by its name (the type's, such as crossTenantMailTipsAll), both as JSON;
    "" is a trust that is not set, so that the default policy's counts. ``more`` is whether anything else of the partner
    is set: such a partner is never removed. ``way`` is by which of Graph's addresses it was read, and no part of what
    it says. Equal is what means the same, however Graph orders it. Source: Graph,
    crossTenantAccessPolicyConfigurationPartner and m365CapabilityBase.
    """

    tenant: str
    there: bool = False
    trust: str = ""
    capabilities: Mapping[str, str] = field(default_factory=dict)
    more: bool = False
    way: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Partner):
            return NotImplemented
        known = {*self.capabilities, *other.capabilities}
        return (
            (self.tenant, self.there, self.more) == (other.tenant, other.there, other.more)
            and same(self.trust, other.trust)
            and all(same(self.capabilities.get(name), other.capabilities.get(name)) for name in known)
        )

    def __hash__(self) -> int:
        return hash((self.tenant, self.there, self.more))

    @property
    def text(self) -> str:
        """All of it in one line, to be kept: :meth:`read` gives an equal value."""
        told = {"tenant": self.tenant, "there": self.there, "trust": self.trust, "more": self.more}
        return orjson.dumps({**told, "capabilities": dict(self.capabilities), "way": self.way}).decode()

    @classmethod
    def read(cls, text: str) -> "Partner":
        """What :attr:`text` gave. Raises ValueError for anything else."""
        told = orjson.loads(text)
        if not isinstance(told, dict):
            raise ValueError("a partner is an object")
        try:
            return cls(**told)
        except TypeError as error:
            raise ValueError(f"it is no partner: {error}") from None

    @property
    def trusted(self) -> bool:
        """Whether the partner's people are trusted, all of them."""
        return self.trust != "" and same(self.trust, written(_TRUSTED))

    def allows(self, capability: str) -> bool:
        """Whether the capability is granted for all of our people *and* takes effect."""
        access = self.capabilities.get(capability, "")
        return self.trusted and access != "" and same(access, everybody(capability))


def wanted(was: Partner, capabilities: Iterable[str]) -> Partner:
    """``was`` with the trust and these capabilities for all of our people.

    What somebody set otherwise, :func:`limits` names it, stays as it is: nothing is widened that was narrowed, and
    what is more than asked for is kept.
    """
    missing = {name: everybody(name) for name in capabilities if name not in was.capabilities}
    return replace(
        was,
        there=True,
        trust=was.trust or written(_TRUSTED),
        capabilities={**was.capabilities, **missing},
    )


def narrowed(now: Partner, capabilities: Iterable[str], ours: Iterable[str]) -> Partner:
    """``now`` without those of ``ours``, which we granted, that show more than ``capabilities``: what somebody has set
    otherwise since then stays."""
    wanted_names = {*capabilities}
    more: set[str] = set()
    for family in (AVAILABILITY, SHARING):  # each in order of how much it shows
        names = list(family.values())
        most = max((place for place, name in enumerate(names) if name in wanted_names), default=-1)
        more |= {*names[most + 1 :]}
    gone = {name for name in more.intersection(ours) if same(now.capabilities.get(name), everybody(name))}
    return replace(now, capabilities={name: each for name, each in now.capabilities.items() if name not in gone})


def limits(was: Partner, capabilities: Iterable[str]) -> tuple[str, ...]:
    """What stands in the way because somebody set it so: "m365CollaborationInbound" where the trust is blocked or given
    to some alone, and the names of capabilities that are blocked or given for some. In the order asked, trust first."""
    trust = (TRUST,) if was.trust and not was.trusted else ()
    set_otherwise = (
        name
        for name in dict.fromkeys(capabilities)
        if (access := was.capabilities.get(name)) and not same(access, everybody(name))
    )
    return (*trust, *set_otherwise)


def taken_back(now: Partner, *, was: Partner, did: Partner) -> Partner:
    """``now`` without what was done when ``was`` was made ``did``: what somebody changed since then stays.

    The partner itself goes where we made it and nothing of it but ours is left.
    """
    capabilities = put_back(now.capabilities, was=was.capabilities, did=did.capabilities, same=same)
    ours = same(now.trust, did.trust) and not same(was.trust, did.trust)
    trust = was.trust if ours else now.trust
    made = did.there and not was.there
    there = now.there and (not made or bool(now.more or trust or capabilities))
    return replace(now, there=there, trust=trust, capabilities=capabilities)


def everybody(capability: str) -> str:
    """The inboundAccess that grants the capability for all of our people.

    Unconfirmed: that calendar sharing is scoped to all groups and the others to all users, as Microsoft's migration
    guide is quoted to do; the resource's description allows both.
    """
    scope = {"resourceId": "All", "resourceType": "group" if capability in SHARING.values() else "user"}
    return written({"isAllowed": True, "resourceScopes": {"included": [scope], "excluded": []}})


def written(value: Any) -> str:
    """``value`` as JSON, without the annotations of OData that stand in what Graph tells; "" for None.

    Raises PeerError(GARBLED) for what is no object.
    """
    if value is None:
        return ""
    if not isinstance(value, dict):
        raise PeerError(Reason.GARBLED, "a setting of the policy that is no object")
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if "@" not in name}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def says(value: Any) -> bool:
    """Whether a setting of Graph says anything: what is false, empty or not set all the way down does not."""
    if isinstance(value, dict):
        return any(says(each) for name, each in value.items() if "@" not in name)
    return bool(value)


def same(one: str | None, other: str | None) -> bool:
    """Whether two settings say the same: in any order, what is empty as if it were not there."""
    if not one or not other:
        return not one and not other
    return one == other or _meaning(orjson.loads(one)) == _meaning(orjson.loads(other))


def _meaning(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: told for name, each in value.items() if (told := _meaning(each)) not in (None, [], {})}
    if isinstance(value, list):
        return sorted((_meaning(each) for each in value), key=_in_order)
    return value


def _in_order(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)

"""What the people of one simulated Microsoft 365 organisation see of another's calendars, as its settings say."""

from collections.abc import Iterable
from typing import Final

from simulation.exchange_online.sharing import Sharing
from simulation.graph.policies import Policies

NOTHING: Final = ""
AVAILABILITY: Final = "availability"
DETAILS: Final = "limited-details"
_OF_RELATIONSHIPS: Final = {"AvailabilityOnly": AVAILABILITY, "LimitedDetails": DETAILS}


def seen(sharing: Sharing, policies: Policies, *, tenant: str, domains: Iterable[str]) -> str:
    """How much the organisation of ``sharing`` and ``policies`` shows the people of ``tenant`` with these domains.

    An organization relationship that names one of them wins while it is enabled, even where it shows less; a capability
    without the trust shows nothing (facts of the Microsoft 365 cross-tenant access policy).
    """
    for row in sharing.naming(domains):
        return _OF_RELATIONSHIPS.get(row["FreeBusyAccessLevel"], NOTHING) if row["FreeBusyAccessEnabled"] else NOTHING
    if policies.allows(tenant, "crossTenantCalendarAvailabilityLimitedDetails"):
        return DETAILS
    return AVAILABILITY if policies.allows(tenant, "crossTenantCalendarAvailabilityBasic") else NOTHING

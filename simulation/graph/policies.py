"""The cross-tenant access policy of a simulated Microsoft 365 organisation: partners, their trust and capabilities."""

import re
from collections.abc import Mapping
from typing import Any, Final

from simulation.graph.schedule import GraphRefusal

TRUST: Final = "m365CollaborationInbound"
OFFERED: Final = frozenset({"v1.0/m365Capabilities", "beta/m365Capabilities"})
"""The addresses that capabilities have, as Microsoft describes them."""
EARLY: Final = frozenset({"beta/microsoft365CapabilitiesInbound"})
"""Where the scripts of others look for them."""
_SETTINGS: Final = (
    *("b2bCollaborationInbound", "b2bCollaborationOutbound", "b2bDirectConnectInbound", "b2bDirectConnectOutbound"),
    *("inboundTrust", "tenantRestrictions", "m365CollaborationOutbound", "automaticUserConsentSettings"),
)
_CAPABILITIES: Final = re.compile(r"crossTenant(?:CalendarAvailability|CalendarSharing|MailTips)[A-Za-z]+")
_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PATH: Final = re.compile(
    r"/(?P<version>v1\.0|beta)/policies/crossTenantAccessPolicy/"
    r"(?:default/(?P<general>\w+)|partners(?:/(?P<tenant>[^/]+)(?:/(?P<segment>\w+)(?:/(?P<name>\w+))?)?)?)"
)
Told = tuple[int, Any]


class Policies:
    """``partners`` by tenant id as Graph tells them; ``capabilities`` of each by name, as their inboundAccess.

    ``ways`` are the addresses at which capabilities are offered, none where the organisation does not have the policy;
    ``absent`` is how that is said. ``own`` is the organisation's id.
    """

    def __init__(self, own: str) -> None:
        self.own = own
        self.partners: dict[str, dict[str, Any]] = {}
        self.capabilities: dict[str, dict[str, dict[str, Any]]] = {}
        self.ways = OFFERED
        self.absent = (400, "BadRequest", "Resource not found for the segment 'm365Capabilities'.")

    @property
    def state(self) -> dict[str, Any]:
        """All that is set, for comparison."""
        return {
            "partners": self.partners,
            "capabilities": {each: told for each, told in self.capabilities.items() if told},
        }

    def allows(self, tenant: str, capability: str) -> bool:
        """Whether the capability takes effect for everybody: without the trust it has none."""
        access = self.capabilities.get(tenant, {}).get(capability)
        included = (access or {}).get("resourceScopes", {}).get("included", [])
        everybody = any(each.get("resourceId") == "All" for each in included)
        return bool(access and access.get("isAllowed") and everybody and self.trusts(tenant))

    def trusts(self, tenant: str) -> bool:
        """Whether all people of the partner are trusted."""
        users = ((self.partners.get(tenant) or {}).get(TRUST) or {}).get("users") or {}
        targets = [each.get("target") for each in users.get("targets", [])]
        return users.get("accessType") == "allowed" and "AllUsers" in targets

    def is_asked(self, path: str) -> bool:
        """Whether the request is for the policy."""
        return _PATH.fullmatch(path) is not None

    def answer(self, method: str, path: str, body: Mapping[str, Any]) -> Told:
        """Status and body, None where there is none. Raises GraphRefusal."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
        segment = match["general"] or match["segment"]
        if segment and f"{match['version']}/{segment}" not in self.ways:
            raise GraphRefusal(*self.absent)
        if match["general"]:
            return 200, {"value": []}
        tells = any(way.startswith(match["version"]) for way in self.ways)
        tenant = match["tenant"]
        if tenant is None:
            return self._partners(method, body, tells=tells)
        if tenant not in self.partners:
            raise GraphRefusal(404, "ResourceNotFound", f"Resource '{tenant}' does not exist.")
        if segment is None:
            return self._partner(method, tenant, body, tells=tells)
        return self._capability(method, self.capabilities.setdefault(tenant, {}), match["name"], body)

    def _partners(self, method: str, body: Mapping[str, Any], *, tells: bool) -> Told:
        if method == "GET":
            return 200, {"value": [_shown(each, tells=tells) for each in self.partners.values()]}
        tenant = str(body.get("tenantId", ""))
        if not _GUID.fullmatch(tenant) or tenant == self.own:
            raise GraphRefusal(400, "Request_BadRequest", "Invalid value specified for property 'tenantId'.")
        if tenant in self.partners:
            text = "Another object with the same value for property tenantId already exists."
            raise GraphRefusal(409, "Request_MultipleObjectsWithSameKeyValue", text)
        made = dict.fromkeys((*_SETTINGS, TRUST)) | {"tenantId": tenant, "isServiceProvider": None}
        made["automaticUserConsentSettings"] = {"inboundAllowed": None, "outboundAllowed": None}
        self.partners[tenant] = made | _settings(body)
        return 201, _shown(self.partners[tenant], tells=tells)

    def _partner(self, method: str, tenant: str, body: Mapping[str, Any], *, tells: bool) -> Told:
        if method == "GET":
            return 200, _shown(self.partners[tenant], tells=tells)
        if method == "DELETE":
            del self.partners[tenant]
            self.capabilities.pop(tenant, None)
        else:
            self.partners[tenant] |= _settings(body)
        return 204, None

    def _capability(
        self, method: str, known: dict[str, dict[str, Any]], name: str | None, body: Mapping[str, Any]
    ) -> Told:
        if name is None and method == "GET":
            return 200, {"value": [_typed(each, access) for each, access in known.items()]}
        if name is None:
            made = str(body.get("@odata.type", "")).removeprefix("#microsoft.graph.")
            if not _CAPABILITIES.fullmatch(made):
                raise GraphRefusal(400, "BadRequest", "The type of the capability is required.")
            if made in known:
                raise GraphRefusal(409, "Conflict", "The capability exists already.")
            known[made] = _access(body)
            return 201, _typed(made, known[made])
        if name not in known:
            raise GraphRefusal(404, "ResourceNotFound", f"Resource '{name}' does not exist.")
        if method == "DELETE":
            del known[name]
        else:
            known[name] = _access(body)
        return 204, None


def _settings(body: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in body.items() if name != "tenantId"}
    if unknown := set(told) - {*_SETTINGS, TRUST}:
        raise GraphRefusal(400, "Request_BadRequest", f"Property '{unknown.pop()}' does not exist.")
    return told


def _shown(partner: Mapping[str, Any], *, tells: bool) -> dict[str, Any]:
    return {name: value for name, value in partner.items() if tells or name != TRUST}


def _typed(name: str, access: Mapping[str, Any]) -> dict[str, Any]:
    changed = "2026-11-20T08:00:00Z"
    typed = {"@odata.type": f"#microsoft.graph.{name}", "name": name, "lastModifiedDateTime": changed}
    return {**typed, "inboundAccess": dict(access)}


def _access(body: Mapping[str, Any]) -> dict[str, Any]:
    access = body.get("inboundAccess")
    scopes = access.get("resourceScopes") if isinstance(access, dict) else None
    if not isinstance(scopes, dict) or not isinstance(access, dict) or not isinstance(access.get("isAllowed"), bool):
        raise GraphRefusal(400, "BadRequest", "inboundAccess is required.")
    return access

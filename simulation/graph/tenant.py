"""What a simulated Microsoft 365 organisation says of itself: its id, its domains and its cross-tenant policy."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from simulation.faults import Call, Trouble
from simulation.graph.listing import page
from simulation.graph.policies import Policies
from simulation.graph.resource_units import Bucket
from simulation.graph.schedule import GraphRefusal

_MAY: Final = {
    "organization": {"Organization.Read.All", "Directory.Read.All"},
    "domains": {"Domain.Read.All", "Directory.Read.All"},
    "read": {"Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess", "Policy.ReadWrite.CrossTenantCapability"},
    "partners": {"Policy.ReadWrite.CrossTenantAccess"},
    "capabilities": {"Policy.ReadWrite.CrossTenantCapability"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation by its id, what it is called and its domains, the default one first."""

    tenant: str
    name: str
    domains: tuple[str, ...]


class TenantDesk:
    """Answers for ``own``; ``policies`` is its cross-tenant access policy.

    ``writes`` is the limit of changes, told by ``clock`` (seconds, monotonic); ``page`` the most objects of any page.
    """

    def __init__(self, own: Organisation, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.own = own
        self.policies = Policies(own.tenant)
        self.writes = Bucket(3000, 150, clock)
        self.page = 100

    def is_asked(self, path: str) -> bool:
        """Whether the request is for the organisation."""
        return path in {"/v1.0/organization", "/v1.0/domains"} or self.policies.is_asked(path)

    def answer(
        self, request: web.Request, call: Call, roles: frozenset[str], url: str, trouble: Trouble | None
    ) -> web.Response:
        """The answer of a healthy organisation, or that it has had enough. Raises GraphRefusal."""
        kind = self._kind(call)
        if not roles & _MAY[kind]:
            raise GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if call.method != "GET" and (wait := self.writes.take(1)):
            return _told(
                429, {"error": {"code": "TooManyRequests", "message": "Too many."}}, {"Retry-After": str(int(wait) + 1)}
            )
        if kind in ("organization", "domains"):
            values = [self._organisation()] if kind == "organization" else self._domains()
            lost = trouble is Trouble.LOST_PAGE
            return _told(200, page(values, dict(request.query), f"{url}{call.path}", most=self.page, lost=lost))
        return _told(*self.policies.answer(call.method, call.path, _body(call)))

    def _kind(self, call: Call) -> str:
        if not self.policies.is_asked(call.path):
            return call.path.rpartition("/")[2]
        if call.method == "GET":
            return "read"
        return "capabilities" if "Capabilities" in call.path else "partners"

    def _organisation(self) -> dict[str, Any]:
        return {"id": self.own.tenant, "displayName": self.own.name, "verifiedDomains": []}

    def _domains(self) -> list[dict[str, Any]]:
        return [
            {
                "id": domain,
                "isVerified": True,
                "isDefault": number == 0,
                "isInitial": "onmicrosoft" in domain,
                "supportedServices": ["Email", "OfficeCommunicationsOnline"],
            }
            for number, domain in enumerate(self.own.domains)
        ] + [{"id": f"unverified.{self.own.domains[0]}", "isVerified": False, "supportedServices": []}]


def _body(call: Call) -> dict[str, Any]:
    if call.method not in ("POST", "PATCH"):
        return {}
    try:
        body = json.loads(call.body)
    except ValueError:
        raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.") from None
    if not isinstance(body, dict):
        raise GraphRefusal(400, "BadRequest", "A JSON object is wanted.")
    return body


def _told(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status) if body is None else web.json_response(body, status=status, headers=headers)

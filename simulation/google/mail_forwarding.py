"""The forwarding of the simulated Gmail: where a user may forward to, where mail goes, and what a user sends as."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from simulation.estate import Estate
from simulation.google.refusals import GoogleRefusal, not_found
from simulation.google.tokens import Grant

_SETTINGS: Final = "/gmail/v1/users/me/settings/"
AUTO: Final = f"{_SETTINGS}autoForwarding"
ADDRESSES: Final = f"{_SETTINGS}forwardingAddresses"
SEND_AS: Final = f"{_SETTINGS}sendAs"
_SHARING: Final = "https://www.googleapis.com/auth/gmail.settings.sharing"
_BASIC: Final = "https://www.googleapis.com/auth/gmail.settings.basic"
_DISPOSITIONS: Final = frozenset({"leaveInInbox", "archive", "trash", "markRead"})


def is_forwarding(path: str) -> bool:
    """Whether the path is one of these settings."""
    return path in (AUTO, ADDRESSES, SEND_AS)


@dataclass(slots=True)
class MailForwarding:
    """By user: ``allowed`` are forwarding addresses with their status, ``auto`` what is forwarded. ``verifies``: a new
    address has to be confirmed by whoever reads its mail."""

    allowed: dict[str, dict[str, str]] = field(default_factory=dict)
    auto: dict[str, dict[str, Any]] = field(default_factory=dict)
    verifies: bool = False
    aliases: dict[str, list[str]] = field(default_factory=dict)
    """What a user sends as, beside their own address."""

    def answer(self, request: web.Request, body: bytes, estate: Estate, grant: Grant) -> web.Response:
        """What one request gets. Raises GoogleRefusal."""
        writes = request.method != "GET"
        if (_SHARING if writes else _BASIC) not in grant.scopes:
            raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if estate.find(grant.subject, "google") is None:
            raise not_found()
        wanted = json.loads(body) if writes else {}
        if request.path == SEND_AS:
            rows = [{"sendAsEmail": each} for each in self.aliases.get(grant.subject, ())]
            return web.json_response({"sendAs": [{"sendAsEmail": grant.subject, "isPrimary": True}, *rows]})
        if request.path == ADDRESSES:
            return web.json_response(self._addresses(grant.subject, wanted))
        return web.json_response(self._auto(grant.subject, wanted) if writes else self.auto.get(grant.subject, _OFF))

    def _addresses(self, user: str, wanted: dict[str, Any]) -> dict[str, Any]:
        allowed = self.allowed.setdefault(user, {})
        if wanted:
            address = str(wanted["forwardingEmail"])
            if address in allowed:
                raise GoogleRefusal(409, "duplicate", "Forwarding address exists")
            allowed[address] = "pending" if self.verifies else "accepted"
            return {"forwardingEmail": address, "verificationStatus": allowed[address]}
        rows = [{"forwardingEmail": each, "verificationStatus": status} for each, status in allowed.items()]
        return {"forwardingAddresses": rows} if rows else {}

    def _auto(self, user: str, wanted: dict[str, Any]) -> dict[str, Any]:
        if not wanted.get("enabled"):
            self.auto.pop(user, None)
            return _OFF
        if self.allowed.get(user, {}).get(str(wanted.get("emailAddress"))) != "accepted":
            raise GoogleRefusal(400, "failedPrecondition", "Unrecognized forwarding address")
        if wanted.get("disposition") not in _DISPOSITIONS:
            raise GoogleRefusal(400, "invalidArgument", "Invalid disposition")
        self.auto[user] = dict(wanted)
        return self.auto[user]


_OFF: Final[dict[str, Any]] = {"enabled": False}

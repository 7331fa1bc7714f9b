"""The vacation responder of the simulated Gmail, told to its owner alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from simulation.estate import Estate
from simulation.google.refusals import GoogleRefusal, not_found
from simulation.google.tokens import Grant
from simulation.replies import Reply

PATH: Final = "/gmail/v1/users/me/settings/vacation"
MAY_READ: Final = frozenset({"https://www.googleapis.com/auth/gmail.settings.basic", "https://mail.google.com/"})


def answer(estate: Estate, grant: Grant, replies: Mapping[str, Reply]) -> dict[str, Any]:
    """The settings of whom the token stands for; what is not set is left out, as Google does. Raises GoogleRefusal."""
    if not grant.scopes & MAY_READ:
        raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    if estate.find(grant.subject, "google") is None:
        raise not_found()
    reply = replies.get(grant.subject)
    if reply is None:
        return {"enableAutoReply": False}
    settings: dict[str, Any] = {
        "enableAutoReply": reply.enabled,
        "responseSubject": reply.internal,
        "responseBodyHtml": reply.external,
        "restrictToContacts": reply.audience == "known",
        "restrictToDomain": reply.audience == "none",
        "startTime": _milliseconds(reply.start),
        "endTime": _milliseconds(reply.end),
    }
    return {name: value for name, value in settings.items() if value}


def _milliseconds(at: datetime | None) -> str:
    return str(round(at.timestamp() * 1000)) if at is not None else ""

"""automaticRepliesSetting of the simulated Microsoft 365."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from simulation.estate import Estate
from simulation.graph.schedule import GraphRefusal
from simulation.replies import Reply

MAY_READ: Final = frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
_PATH: Final = re.compile(r"/v1\.0/users/(?P<user>[^/]+)/mailboxSettings/automaticRepliesSetting", re.IGNORECASE)
_AUDIENCES: Final = {"all": "all", "known": "contactsOnly", "none": "none"}
_NEVER: Final = datetime(2020, 1, 1, tzinfo=UTC)


def is_reply(path: str) -> bool:
    """Whether the request is about somebody's automatic reply."""
    return _PATH.fullmatch(path) is not None


def answer(path: str, estate: Estate, roles: frozenset[str], replies: Mapping[str, Reply]) -> dict[str, Any]:
    """The setting of the mailbox in the path. Raises GraphRefusal."""
    match = _PATH.fullmatch(path)
    if not roles & MAY_READ:
        raise GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    if match is None or estate.find(match["user"], "graph") is None:
        raise GraphRefusal(404, "ErrorInvalidUser", "The requested user is invalid.")
    reply = replies.get(match["user"].lower(), Reply(external="", enabled=False, audience="none"))
    scheduled = reply.start is not None or reply.end is not None
    return {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#automaticRepliesSetting",
        "status": ("scheduled" if scheduled else "alwaysEnabled") if reply.enabled else "disabled",
        "externalAudience": _AUDIENCES[reply.audience],
        "internalReplyMessage": reply.internal,
        "externalReplyMessage": reply.external,
        "scheduledStartDateTime": _time(reply.start),
        "scheduledEndDateTime": _time(reply.end),
    }


def _time(at: datetime | None) -> dict[str, str]:
    return {"dateTime": f"{(at or _NEVER).astimezone(UTC):%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}

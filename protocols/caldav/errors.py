"""What a CalDAV server's refusals mean: of a whole call, of a way of asking, of one person or calendar."""

from datetime import datetime
from typing import Final

from protocols.caldav.dav import CALDAV, DAV
from protocols.errors import PeerError
from protocols.http import HttpResponse, retry_after
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, parse

_STATUSES: Final = {
    401: Reason.UNAUTHORIZED,
    403: Reason.NO_ACCESS,
    404: Reason.NO_SUCH_MAILBOX,
    408: Reason.TIMEOUT,
    410: Reason.NO_SUCH_MAILBOX,
    413: Reason.TOO_MANY_ENTRIES,
    429: Reason.THROTTLED,
    503: Reason.THROTTLED,
    504: Reason.TIMEOUT,
    507: Reason.TOO_MANY_ENTRIES,
}
# Conditions that servers name in the body (RFC 4791 1.3, 5.3.2, 7.10; RFC 4918 16), whatever the status.
_CONDITIONS: Final = {
    f"{DAV}number-of-matches-within-limits": Reason.TOO_MANY_ENTRIES,
    f"{CALDAV}max-instances": Reason.TOO_MANY_ENTRIES,
    f"{CALDAV}min-date-time": Reason.WINDOW_TOO_LONG,
    f"{CALDAV}max-date-time": Reason.WINDOW_TOO_LONG,
    f"{DAV}need-privileges": Reason.NO_ACCESS,
}
_NOT_OFFERED: Final = frozenset(
    {f"{DAV}supported-report", f"{CALDAV}supported-filter", f"{CALDAV}supported-calendar-data"}
)
# What a server answers to a request that it does not know, RFC 9110 and the facts of single servers; only the first two
# mean nothing else.
_PLAINLY_NOT: Final = frozenset({405, 501})
_NOT_KNOWN: Final = _PLAINLY_NOT | {400, 406, 409, 415, 422, 500}
STANDING: Final = frozenset({Reason.UNAUTHORIZED, Reason.THROTTLED, Reason.UNREACHABLE, Reason.TIMEOUT})
"""Said of us or of the server, whoever is asked about."""
TOO_LARGE: Final = frozenset({Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG})


class NotOfferedError(PeerError):
    """This way of asking leads nowhere; another may. ``status`` is what the server answered.

    ``of_server``: it leads nowhere for anybody, as far as this answer tells. ``plain``: the server says so itself; else
    it may just as well have failed, and of a way that has worked before that is the only thing it can mean.
    """

    def __init__(self, detail: str, *, status: int = 0, of_server: bool = True, plain: bool = False) -> None:
        super().__init__(Reason.PEER_FAILED, detail)
        self.status = status
        self.of_server = of_server
        self.plain = plain


def check(response: HttpResponse, as_of: datetime, *expected: int, what: str) -> None:
    """Raises the PeerError that a status other than those ``expected`` stands for; ``what`` was asked, for the log.

    NotOfferedError where a server says so of what it does not support. ``as_of`` is the clock of Retry-After.
    """
    if response.status in expected:
        return
    conditions = _conditions(response)
    named = next((reason for condition in conditions if (reason := _CONDITIONS.get(condition))), None)
    detail = f"{what}: HTTP {response.status} {' '.join(map(_short, conditions))}".rstrip()
    plain = response.status in _PLAINLY_NOT or bool(_NOT_OFFERED & set(conditions))
    if named is None and (plain or response.status in _NOT_KNOWN):
        raise NotOfferedError(detail, status=response.status, plain=plain)
    if 200 <= response.status < 300:
        raise NotOfferedError(f"{detail}, which is no answer to it", status=response.status)
    if 300 <= response.status < 400:
        raise PeerError(Reason.GARBLED, f"{detail}: a redirect is not followed here; write the address it leads to")
    reason = named or _STATUSES.get(response.status, Reason.PEER_FAILED)
    raise PeerError(reason, detail, retry_after=retry_after(response.headers, as_of))


def _conditions(response: HttpResponse) -> list[str]:
    """The names inside a DAV:error (RFC 4918 14.5); none where the body is something else."""
    if "xml" not in response.headers.get("Content-Type", "").lower() or len(response.body) > 65_536:
        return []
    try:
        root = parse(response.body)
    except XmlRefused:
        return []
    return [str(element.tag) for element in root][:5] if root.tag == f"{DAV}error" else []


def _short(condition: str) -> str:
    return condition.rpartition("}")[2][:60]

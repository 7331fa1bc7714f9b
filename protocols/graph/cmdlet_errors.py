"""What a refused cmdlet of Exchange Online means: told by the type of its exception, never by its words.

The words of an exception hold names and addresses, so that only its type and the status are kept. The shape of an error
(``Ex6F9304|Full.Name.OfTheException|words`` in ``error.details``) is undocumented.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.errors import json_object
from protocols.http import HttpRequest, HttpResponse, Send, retry_after
from protocols.model.freebusy import Reason

_STATUSES: Final = {
    401: Reason.UNAUTHORIZED,
    403: Reason.NO_ACCESS,
    408: Reason.TIMEOUT,
    429: Reason.THROTTLED,
    503: Reason.THROTTLED,
    504: Reason.TIMEOUT,
}
EXCEPTIONS: Final = {  # by the last part of the type's name
    "ManagementObjectNotFoundException": Reason.NO_SUCH_MAILBOX,
    "ProxyAddressExistsException": Reason.FORBIDDEN,
    "ADObjectAlreadyExistsException": Reason.FORBIDDEN,
    "WLCDManagedMemberExistsException": Reason.FORBIDDEN,
    "UserWithMatchingUserPrincipalNameExistsException": Reason.FORBIDDEN,
    "CmdletAccessDeniedException": Reason.NO_ACCESS,
    "CommandNotFoundException": Reason.NO_ACCESS,  # a cmdlet that no role of ours has is not there for us
    "InvalidOperationInDehydratedContextException": Reason.NO_ACCESS,
    "OverBudgetException": Reason.THROTTLED,
    "ServerBusyException": Reason.THROTTLED,
    "ADTransientException": Reason.TIMEOUT,
}
"""Of a cmdlet: what stands in its way, or who. Any other type is PEER_FAILED."""
_CODES: Final = {
    "serverbusy": Reason.THROTTLED,
    "toomanyrequests": Reason.THROTTLED,
    "errorserverbusy": Reason.THROTTLED,
}
_TYPE: Final = re.compile(r"(?:Ex[0-9A-F]+)?\|(?:\w+\.)*(?P<name>\w{1,80})\|")


def problem(response: HttpResponse, as_of: datetime) -> PeerError | None:
    """The error that a response stands for; None where its status is success. ``as_of`` is the clock of Retry-After."""
    if 200 <= response.status < 300:
        return None
    error = _error_object(response.body)
    name = exception_of(error)
    reason = EXCEPTIONS.get(name) or _CODES.get(_code(error).lower()) or _STATUSES.get(response.status)
    if reason is None and error is None and response.status < 500:
        reason = Reason.GARBLED  # a page of something that stands between us and Exchange
    detail = f"HTTP {response.status} {name or _code(error)}".rstrip()
    return PeerError(reason or Reason.PEER_FAILED, detail, retry_after=retry_after(response.headers, as_of))


def exception_of(error: dict[str, Any] | None) -> str:
    """The name of the exception's type, without what it lies in; "" where none is told."""
    return next((match["name"] for text in _texts(error or {}) if (match := _TYPE.match(text))), "")


def busy_told_plainly(send: Send) -> Send:
    """``send``, where an error that says busy in its words alone has the status of one (429), so that it is waited
    for."""

    async def sending(request: HttpRequest) -> HttpResponse:
        response = await send(request)
        if response.status < 400 or response.status == 429:
            return response
        error = _error_object(response.body)
        told = EXCEPTIONS.get(exception_of(error)) or _CODES.get(_code(error).lower())
        busy = told is Reason.THROTTLED
        return HttpResponse(429, response.headers, response.body) if busy else response

    return sending


def _texts(error: dict[str, Any]) -> Iterator[str]:
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and isinstance(detail.get("message"), str):
            yield detail["message"]
    if isinstance(error.get("message"), str):
        yield error["message"]


def _error_object(body: bytes) -> dict[str, Any] | None:
    try:
        error = json_object(body).get("error")
    except PeerError:
        return None
    return error if isinstance(error, dict) else None


def _code(error: dict[str, Any] | None) -> str:
    code = (error or {}).get("code")
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_.]{1,60}", code) else ""

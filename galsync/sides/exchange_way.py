"""The way into the mailboxes of an Exchange server; while they are read, it waits where the server asks for peace."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galsync.sides.patience import patient
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.peer_faults import refusal
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

_FAULT: Final = "fault "
_PASSING: Final = frozenset(
    {
        "ErrorInternalServerError",
        "ErrorInternalServerTransientError",
        "ErrorMailboxStoreUnavailable",
        "ErrorTimeoutExpired",
    }
)
"""What may be gone at the next question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeWay:
    """``url`` is that of EWS. ``impersonates``: mailboxes are reached in their owners' names (ExchangeImpersonation,
    by the role ApplicationImpersonation with a scope), otherwise by the rights that owners gave to the account."""

    send: Send
    url: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    impersonates: bool = True

    def into(self, mailbox: str) -> MailboxAccess:
        """The way into one mailbox, for what may change something."""
        return MailboxAccess(send=self.send, url=self.url, mailbox=mailbox, impersonates=self.impersonates)

    def reading(self, mailbox: str) -> MailboxAccess:
        """The same for one reading: after BackOffMilliseconds it asks again, as others do after Retry-After."""
        send = patient(self._spoken, clock=self.clock, sleep=self.sleep)
        return MailboxAccess(send=send, url=self.url, mailbox=mailbox, impersonates=self.impersonates)

    async def _spoken(self, request: HttpRequest) -> HttpResponse:
        """A busy server says so in a fault: the same in the words of HTTP. Other faults are HTTP 500 as well, and the
        same the next time: they are raised at once, as PeerError."""
        response = await self.send(request)
        if response.status != 500:
            return response
        error = refusal(response, self.clock())
        if error.reason is not Reason.THROTTLED:
            if error.detail.startswith(_FAULT) and error.detail.removeprefix(_FAULT) not in _PASSING:
                raise error
            return response
        headers = response.headers
        if error.retry_after is not None:
            headers = headers.set("Retry-After", str(math.ceil(error.retry_after.total_seconds())))
        return HttpResponse(503, headers, response.body)

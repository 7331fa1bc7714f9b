"""Reaches into one mailbox of an Exchange server: in its owner's name, or as somebody to whom it is opened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.children import children
from protocols.ews.operation import call, code_of, failed
from protocols.ews.text import escaped
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

NO_ITEM: Final = frozenset({"ErrorItemNotFound"})
NO_FOLDER: Final = frozenset({"ErrorFolderNotFound", "ErrorParentFolderNotFound"})
STOPPED: Final = "ErrorBatchProcessingStopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAccess:
    """The way into ``mailbox`` over the EWS at ``url``.

    ``impersonates``: by ExchangeImpersonation (the role ApplicationImpersonation, with a scope); otherwise by the
    rights that the owner gave to the account. ``version`` is the dialect spoken (RequestServerVersion). ``public`` is
    the mailbox of public folders that each request is led to (X-PublicFolderMailbox), ``anchor`` the X-AnchorMailbox
    where that is another one; "" for none.
    """

    send: Send
    url: str
    mailbox: str
    impersonates: bool = True
    version: str = "Exchange2013"
    public: str = ""
    anchor: str = ""

    async def ask(
        self, operation: str, body: str, count: int, *, as_of: datetime, attributes: str = ""
    ) -> list[etree._Element]:
        """The response messages, as many as ``count``. Raises PeerError, INCOMPLETE where they are more or fewer."""
        who = self.mailbox if self.impersonates else ""
        payload = await call(
            self._anchored,
            operation,
            body,
            url=self.url,
            as_of=as_of,
            impersonate=who,
            attributes=attributes,
            version=self.version,
        )
        messages = children(payload).get("ResponseMessages")
        found = list(messages) if messages is not None else []
        if len(found) != count or any(_name(each) != f"{operation}ResponseMessage" for each in found):
            raise PeerError(Reason.INCOMPLETE, f"{len(found)} answers to {count} of {operation}")
        return found

    def contacts(self) -> str:
        """The folder of contacts that every mailbox has, as an element."""
        return self.own("contacts")

    def own(self, name: str) -> str:
        """A folder that every mailbox has, by its distinguished name, as an element."""
        owner = f"<t:Mailbox><t:EmailAddress>{escaped(self.mailbox)}</t:EmailAddress></t:Mailbox>"
        return f'<t:DistinguishedFolderId Id="{name}">{"" if self.impersonates else owner}</t:DistinguishedFolderId>'

    async def _anchored(self, request: HttpRequest) -> HttpResponse:
        """Named to the server's front, the mailbox is found without a detour (X-AnchorMailbox)."""
        headers = request.headers.set("X-AnchorMailbox", self.anchor or self.public or self.mailbox)
        if self.public:
            headers = headers.set("X-PublicFolderMailbox", self.public)
        return await self.send(replace(request, headers=headers))


def judged(message: etree._Element) -> PeerError | None:
    """Why ``message`` is of no success; None where it is. Missing objects are NO_SUCH_MAILBOX: ``detail`` tells which,
    as the code of EWS."""
    code = code_of(message)
    if code == "NoError":
        return None
    error = failed(message)
    if code in NO_ITEM | NO_FOLDER:
        return PeerError(Reason.NO_SUCH_MAILBOX, error.detail, retry_after=error.retry_after)
    return error


def all_judged(messages: Sequence[etree._Element]) -> list[PeerError | None]:
    """The same of a batch: what came after its stop shares the reason of the stop, for it was not done either."""
    found: list[PeerError | None] = []
    stop: PeerError | None = None
    for message in messages:
        error = judged(message)
        if error is not None and error.detail == STOPPED and stop is not None:
            error = PeerError(stop.reason, STOPPED, retry_after=stop.retry_after)
        elif error is not None:
            stop = error
        found.append(error)
    return found


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]

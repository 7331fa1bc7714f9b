"""Calls cmdlets of Exchange Online over HTTP, by the undocumented way that Microsoft's own PowerShell module takes.

Microsoft neither documents nor supports it and may change it without a word: it is for who opts in. What is known of it
was seen by others: one address that all cmdlets are posted to, an anchor mailbox, pages by ``@odata.nextLink`` that are
posted anew with the same body. Nothing of it has been confirmed by Microsoft.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import orjson

from protocols.errors import PeerError
from protocols.graph.cmdlet_errors import problem
from protocols.graph.errors import people_object
from protocols.graph.streamed import origin
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

UNDOCUMENTED: Final = (
    "the undocumented interface of Microsoft's PowerShell module, which Microsoft does not support and may change"
)
"""How it is named wherever an administrator reads of it."""
ROLE: Final = "Exchange.ManageAsApp"
"""The application's permission on Office 365 Exchange Online; beside it a role, Exchange Recipient Administrator."""
URLS: Final[Mapping[str, str]] = {
    "global": "https://outlook.office365.com",
    "gcc-high": "https://outlook.office365.us",
    "dod": "https://outlook-dod.office365.us",
    "china": "https://partner.outlook.cn",  # unconfirmed
}
"""Where Exchange Online lives, by the name of the cloud; the tokens' scope is ``/.default`` of it."""
PAGE: Final = 1000
_SYSTEM_MAILBOX: Final = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"  # every organisation has it
_MOST_PAGES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One organisation's; ``tenant`` is its id, or its first domain."""

    api_url: str
    tenant: str

    @property
    def url(self) -> str:
        """What cmdlets are posted to."""
        return f"{self.api_url.rstrip('/')}/adminapi/beta/{quote(self.tenant, safe='')}/InvokeCommand"

    @property
    def anchor(self) -> str:
        """Who the request is routed by, of an application that has no mailbox of its own."""
        return f"UPN:{_SYSTEM_MAILBOX}@{self.tenant}"


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """One call. ``select`` names the properties that are told, all of them where it is empty."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    select: tuple[str, ...] = ()


def changed_values(add: Iterable[str] = (), remove: Iterable[str] = ()) -> dict[str, Any]:
    """The value of a parameter that has many: these come, these go, all others stay (``@{Add=…; Remove=…}``)."""
    parts = {"add": list(add), "remove": list(remove)}
    return {"@odata.type": "#Exchange.GenericHashTable", **{name: each for name, each in parts.items() if each}}


async def pages(
    send: Send, endpoint: Endpoint, cmdlet: Cmdlet, *, as_of: datetime
) -> AsyncIterator[list[dict[str, Any]]]:  # fmt: skip
    """The objects that the cmdlet gives, page by page: all of them or PeerError.

    Pages lie on the endpoint's origin alone. Raises PeerError: what ``send`` raises, what the first page fails with,
    INCOMPLETE where a later one does not come, GARBLED for a page that leads back or elsewhere.
    """
    page_url = f"{endpoint.url}?$select={','.join(cmdlet.select)}" if cmdlet.select else endpoint.url
    seen = {page_url}
    for number in range(_MOST_PAGES):
        response = await send(_request(page_url, endpoint, cmdlet))
        try:
            values, following = _page(response, cmdlet, as_of)
        except PeerError as failure:
            raise failure if number == 0 else _lost(failure) from None
        yield values
        if following is None:
            return
        if not isinstance(following, str) or following in seen or origin(following) != origin(endpoint.url):
            raise PeerError(Reason.GARBLED, "the next page lies somewhere else, or was there before")
        seen.add(following)
        page_url = following
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages")


async def called(
    send: Send, endpoint: Endpoint, cmdlet: Cmdlet, *, as_of: datetime
) -> list[dict[str, Any]] | PeerError:  # fmt: skip
    """All objects that the cmdlet gives, none of most that write. A failure is returned."""
    try:
        return [each async for page in pages(send, endpoint, cmdlet, as_of=as_of) for each in page]
    except PeerError as error:
        return error


def _request(url: str, endpoint: Endpoint, cmdlet: Cmdlet) -> HttpRequest:
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Prefer": f"odata.maxpagesize={PAGE}",
        "X-AnchorMailbox": endpoint.anchor,
        "X-CmdletName": cmdlet.name,
    }
    body = {"CmdletInput": {"CmdletName": cmdlet.name, "Parameters": dict(cmdlet.parameters)}}
    return HttpRequest("POST", url, Headers(headers), orjson.dumps(body))


def _page(response: HttpResponse, cmdlet: Cmdlet, as_of: datetime) -> tuple[list[dict[str, Any]], Any]:
    failure = problem(response, as_of)
    if failure is not None:
        raise failure
    if not response.body.strip() and not cmdlet.name.startswith("Get-"):
        return [], None
    page = people_object(response.body)
    values = page.get("value")
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise PeerError(Reason.GARBLED, "a page without its value")
    return values, page.get("@odata.nextLink")


def _lost(failure: PeerError) -> PeerError:
    reason = failure.reason if failure.reason is Reason.THROTTLED else Reason.INCOMPLETE
    return PeerError(reason, f"a later page: {failure}", retry_after=failure.retry_after)

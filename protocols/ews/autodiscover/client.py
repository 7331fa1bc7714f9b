"""Finds where a server wants to be asked for free/busy, and lets nobody lead the credential astray."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from protocols.errors import PeerError
from protocols.ews.autodiscover import pox, user_settings
from protocols.ews.autodiscover.pox import PoxAnswer
from protocols.ews.peer_faults import refusal
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import canonical

_MOST_STEPS: Final = 5  # answers that lead on; [MS-OXDSCLI] 3.1.5.4 tells clients to bound them
_LONGEST_URL: Final = 2_000
_POX, _SOAP = "/autodiscover.xml", "/autodiscover.svc"
_NO_POX: Final = frozenset({400, 404, 405, 410, 415, 501})  # perhaps the other dialect is spoken beside it
_XML: Final = (("Content-Type", "text/xml; charset=utf-8"), ("Accept", "text/xml"))


async def find(send: Send, *, url: str, address: str, trusts: Callable[[str], bool], as_of: datetime) -> str:
    """The EWS address that the Autodiscover at ``url`` tells about ``address``.

    The plain XML dialect is spoken, and SOAP where ``url`` ends in ``.svc`` or the plain one is not spoken there.
    ``send`` carries the credential: every address that an answer names must be one that ``trusts``. Redirections to
    another mailbox are asked about at the same place, those to another address there; five at most. Raises PeerError,
    never of a reason that speaks of one mailbox: what is not found here is the account that asks.
    """
    seen = set()
    for _ in range(_MOST_STEPS + 1):
        if (url, address) in seen:
            raise PeerError(Reason.GARBLED, "Autodiscover leads in a circle")
        seen.add((url, address))
        answer = await _asked(send, url, address, as_of)
        if answer.ews_url is not None:
            return _trusted(answer.ews_url, trusts)
        if answer.redirect_url is not None:
            url = _trusted(answer.redirect_url, trusts)
        else:
            address = _address(answer.redirect_address or "")
    raise PeerError(Reason.GARBLED, f"Autodiscover leads on more than {_MOST_STEPS} times")


async def _asked(send: Send, url: str, address: str, as_of: datetime) -> PoxAnswer:
    try:
        if urlsplit(url).path.lower().endswith(".svc"):
            return await _by_soap(send, url, address, as_of)
        response = await send(HttpRequest("POST", url, Headers(_XML), pox.encode_request(address)))
        if response.status in _NO_POX and url.lower().endswith(_POX):
            return await _by_soap(send, url[: -len(_POX)] + _SOAP, address, as_of)
        return pox.read(_body(response, as_of))
    except PeerError as error:
        if error.reason is Reason.NO_SUCH_MAILBOX:
            words = f"{error.detail}: the account that asks is not known there"
            raise PeerError(Reason.UNAUTHORIZED, words) from None
        raise


async def _by_soap(send: Send, url: str, address: str, as_of: datetime) -> PoxAnswer:
    headers = Headers((*_XML, ("SOAPAction", f'"{user_settings.ACTION}"')))
    response = await send(HttpRequest("POST", url, headers, user_settings.encode_request(address, url)))
    return user_settings.read(_body(response, as_of))


def _body(response: HttpResponse, as_of: datetime) -> bytes:
    if response.status != 200:
        error = refusal(response, as_of)
        raise PeerError(error.reason, f"Autodiscover: {error.detail}", retry_after=error.retry_after)
    return response.body


def _trusted(url: str, trusts: Callable[[str], bool]) -> str:
    try:
        parts = urlsplit(url) if len(url) <= _LONGEST_URL and url.isascii() and url.isprintable() else None
    except ValueError:
        parts = None
    if parts is None or not parts.hostname or parts.username or parts.password or parts.fragment or " " in url:
        raise PeerError(Reason.GARBLED, "Autodiscover names an address that is none of https")
    if not trusts(url):
        place = f"{parts.scheme}://{parts.netloc}"[:100]
        words = f"Autodiscover names {place}, to which the credential is not sent: write its host in hosts if it may go"
        raise PeerError(Reason.UNREACHABLE, words)
    return url


def _address(text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise PeerError(Reason.GARBLED, "Autodiscover leads to what is no address") from None

"""The way to the address that is asked: dialects, redirections, and where the credential never goes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from protocols.errors import PeerError
from protocols.ews.autodiscover import pox
from protocols.ews.autodiscover.client import find
from protocols.ews.autodiscover.soap import AUTODISCOVER, SOAP11
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import Peer, html, run

START = "https://calendar.google.com/Autodiscover/Autodiscover.xml"
EWS = "https://www.google.com/interop/exchange.asmx"
ROLE = "interop@northwind.example"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def trusts(url: str) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(url).hostname in ("calendar.google.com", "www.google.com")


def found(peer: Peer, url: str = START) -> str:
    return run(find(peer, url=url, address=ROLE, trusts=trusts, as_of=NOW))


def says(inner: str) -> HttpResponse:
    return HttpResponse(
        200, body=f"<Autodiscover><Response><Account>{inner}</Account></Response></Autodiscover>".encode()
    )


def tells(url: str) -> HttpResponse:
    return HttpResponse(200, body=pox.encode(url))


def soap(url: str) -> HttpResponse:
    setting = f"<UserSetting><Name>ExternalEwsUrl</Name><Value>{url}</Value></UserSetting>"
    user = f"<UserResponse><ErrorCode>NoError</ErrorCode><UserSettings>{setting}</UserSettings></UserResponse>"
    body = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><m xmlns="{AUTODISCOVER}">{user}</m></s:Body></s:Envelope>'
    return HttpResponse(200, body=body.encode())


def test_the_plain_dialect_is_asked_about_the_account_itself() -> None:
    peer = Peer(tells(EWS))
    assert found(peer) == EWS
    [request] = peer.requests
    assert (request.method, request.url) == ("POST", START)
    assert pox.decode(request.body).address == ROLE


def test_an_address_of_ews_alone_is_taken_too() -> None:
    assert found(Peer(says(f"<Protocol><Type>EXPR</Type><EwsUrl>{EWS}</EwsUrl></Protocol>"))) == EWS


@pytest.mark.parametrize("status", [400, 404, 405, 410, 415, 501])
def test_where_the_plain_dialect_is_not_spoken_soap_is_asked_beside_it(status: int) -> None:
    peer = Peer(html(status), soap(EWS))
    assert found(peer) == EWS
    assert peer.requests[1].url == "https://calendar.google.com/Autodiscover/autodiscover.svc"
    assert "GetUserSettings" in peer.requests[1].headers["SOAPAction"]


def test_soap_is_asked_at_once_where_the_address_says_so() -> None:
    peer = Peer(soap(EWS))
    assert found(peer, "https://calendar.google.com/a/autodiscover.svc") == EWS
    assert len(peer.requests) == 1


def test_redirections_are_followed_where_they_may_be() -> None:
    peer = Peer(
        says("<RedirectAddr>interop@other.example</RedirectAddr>"),
        says("<RedirectUrl>https://www.google.com/a.xml</RedirectUrl>"),
        tells(EWS),
    )
    assert found(peer) == EWS
    assert [request.url for request in peer.requests] == [START, START, "https://www.google.com/a.xml"]
    assert [pox.decode(r.body).address for r in peer.requests] == [ROLE, *["interop@other.example"] * 2]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/EWS",
        "http://www.google.com/EWS",
        "https://www.google.com.evil.example/EWS",
        "https://evil.example#www.google.com",
        "https://www.google.com@evil.example/",
        "https://user:pass@www.google.com/",
        "https://www.google.com\u2024evil.example/",
        "//www.google.com/x",
        "https://",
        "https://[",
        "ftp://www.google.com/",
        "javascript:alert(1)",
        "https://www.google.com/" + "a" * 3000,
        "https://www.google.com /",
    ],
)
def test_the_credential_goes_nowhere_else(url: str) -> None:
    written = url.replace("&", "&amp;")
    for answer in (tells(url), says(f"<RedirectUrl>{written}</RedirectUrl>")):
        peer = Peer(answer)
        with pytest.raises(PeerError, match=r"Autodiscover names"):
            found(peer)
        assert len(peer.requests) == 1


def test_who_may_be_trusted_is_told() -> None:
    with pytest.raises(PeerError, match=r"names https://ews\.google\.com, .*write its host in hosts"):
        found(Peer(tells("https://ews.google.com/x")))


def test_circles_and_long_ways_end() -> None:
    here = says(f"<RedirectUrl>{START}</RedirectUrl>")
    with pytest.raises(PeerError, match="leads in a circle"):
        found(Peer(here))
    ways = [says(f"<RedirectUrl>https://www.google.com/{n}.xml</RedirectUrl>") for n in range(10)]
    peer = Peer(*ways)
    with pytest.raises(PeerError, match="more than 5 times"):
        found(peer)
    assert len(peer.requests) == 6


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HttpResponse(401), Reason.UNAUTHORIZED),
        (HttpResponse(403), Reason.UNAUTHORIZED),
        (HttpResponse(500), Reason.PEER_FAILED),
        (HttpResponse(429, Headers({"Retry-After": "9"})), Reason.THROTTLED),
        (html(), Reason.GARBLED),
        (HttpResponse(200, body=b""), Reason.GARBLED),
        (HttpResponse(200, body=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), Reason.GARBLED),
        (says(""), Reason.GARBLED),
        (says("<RedirectAddr>nobody</RedirectAddr>"), Reason.GARBLED),
        (HttpResponse(200, body=pox.encode_error(500, "?", NOW)), Reason.UNAUTHORIZED),
        (HttpResponse(200, body=pox.encode_error(600, "?", NOW)), Reason.PEER_FAILED),
        (PeerError(Reason.UNREACHABLE, "its name is not known"), Reason.UNREACHABLE),
    ],
)
def test_what_fails_is_never_said_of_the_mailbox_asked_about(answer: HttpResponse | Exception, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        found(Peer(answer))
    assert raised.value.reason is reason
    if reason is Reason.THROTTLED:
        assert raised.value.retry_after == timedelta(seconds=9)

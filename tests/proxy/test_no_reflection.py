"""No answer repeats what the request says of itself, and none leads elsewhere: walked over every path there is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from protocols.ews.autodiscover import pox
from proxy.wiring import Proxy
from tests.proxy.all_open import CLIENT_ID, all_open
from tests.proxy.served import PASSWORD, PUBLIC, login, question

pytestmark = pytest.mark.asyncio(loop_scope="module")
EVIL, WELL_KNOWN = "evil.attacker.test", "/.well-known/caldav"
SAYING = {
    "Host": {"Host": EVIL},
    "Host with a port": {"Host": f"{EVIL}:8443"},
    "forwarded": {
        "Host": "busy.example.com",
        "X-Forwarded-Host": EVIL,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Server": EVIL,
        "Forwarded": f"host={EVIL};proto=https",
        "X-Original-URL": f"https://{EVIL}/",
        "X-Rewrite-URL": f"/{EVIL}",
        "X-Original-Host": EVIL,
        "Referer": f"https://{EVIL}/",
        "Origin": f"https://{EVIL}",
        "SOAPAction": f'"http://{EVIL}/"',
        "User-Agent": EVIL,
        "X-AnchorMailbox": f"ann@{EVIL}",
    },
}
_SOAP = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://www.w3.org/2005/08/addressing"
 xmlns:d="http://schemas.microsoft.com/exchange/2010/Autodiscover"><s:Header><a:To>https://{EVIL}/</a:To></s:Header><s:Body>
 <d:{{operation}}RequestMessage><d:Request><d:Domain>fabrikam.example</d:Domain><d:Users><d:User>
 <d:Mailbox>bob@fabrikam.example</d:Mailbox></d:User></d:Users><d:RequestedSettings><d:Setting>ExternalEwsUrl</d:Setting>
 </d:RequestedSettings></d:Request></d:{{operation}}RequestMessage></s:Body></s:Envelope>"""
_FORM = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={PASSWORD.replace(' ', '+')}"
BODIES = {
    "nothing": (b"", "text/plain"),
    "a question": (question("bob@fabrikam.example"), "text/xml"),
    "no XML": (b"<a", "text/xml"),
    "Autodiscover": (pox.encode_request("bob@fabrikam.example"), "text/xml"),
    "settings": (_SOAP.format(operation="GetUserSettings").encode(), "text/xml"),
    "federation": (_SOAP.format(operation="GetFederationInformation").encode(), "text/xml"),
    "a form": (_FORM.encode(), "application/x-www-form-urlencoded"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Proxy]:
    async with all_open(tmp_path_factory.mktemp("open")) as proxy:
        yield proxy


async def answered(proxy: Proxy, request: bytes) -> bytes:
    """Everything that comes back on a connection of its own."""
    reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
    try:
        async with asyncio.timeout(10):
            writer.write(request)
            with contextlib.suppress(ConnectionError):
                return await reader.read()
            return b""
    finally:
        writer.close()


def requests(target: str, saying: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """GET, and POST of every kind of body, with and without a proof."""
    head = "".join(f"{name}: {value}\r\n" for name, value in saying.items()) + "Connection: close\r\n"
    proof = f"Authorization: {login()['Authorization']}\r\n"
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        for shown in ("", proof):
            yield method, f"{method} {target} HTTP/1.1\r\n{head}{shown}\r\n".encode()
    for name, (body, kind) in BODIES.items():
        length = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        for shown in ("", proof):
            yield name, f"POST {target} HTTP/1.1\r\n{head}{shown}{length}\r\n".encode() + body


def places(proxy: Proxy) -> list[str]:
    """Every path that is answered, some below a prefix, and one that is not there."""
    below = f"autodiscover.json/v1.0/ann@fabrikam.example?Protocol=EWS&Email=ann%40{EVIL}"
    return [*proxy.paths, "/EWS/Exchange.asmx?wsdl", f"/autodiscover/{below}", "/nowhere", f"/{EVIL}"]


def clean(answer: bytes, request: str) -> None:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    assert answer.startswith(b"HTTP/1."), request
    assert 200 <= int(head.split()[1]) < 600, request
    places = [line for line in head.split("\r\n") if line.lower().startswith("location:")]
    if WELL_KNOWN in request:
        assert places == ["Location: /caldav/"], request  # the one redirect there is, to a path of ours: RFC 6764 5
    else:
        assert head.split()[1][0] != "3", f"{request}: a redirect"
        assert places == [], request
    assert EVIL.encode() not in answer, f"{request}: {head}"
    for line in head.split("\r\n")[1:]:
        assert line.partition(":")[0].lower() not in ("x-powered-by", "via", "x-aspnet-version"), request


async def test_every_front_is_walked(proxy: Proxy) -> None:
    assert len(proxy.paths) >= 10
    answers = [
        await answered(proxy, request) for place in proxy.paths for _, request in requests(place, SAYING["Host"])
    ]
    urls = b"".join(answers)
    assert urls.count(PUBLIC.encode()) > 5  # the walk comes to where addresses are handed out
    assert urls.count(b"HTTP/1.1 200") > 10
    assert urls.count(b"HTTP/1.1 401") > 10
    assert b"access_token" in urls


@pytest.mark.parametrize("name", SAYING)
async def test_what_a_request_says_of_its_host_is_never_repeated(proxy: Proxy, name: str) -> None:
    for place in places(proxy):
        for kind, request in requests(place, SAYING[name]):
            clean(await answered(proxy, request), f"{kind} {place} ({name})")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_request_line_with_another_host_changes_nothing(proxy: Proxy, scheme: str) -> None:
    for place in places(proxy):
        for kind, request in requests(f"{scheme}://{EVIL}{place}", {"Host": "busy.example.com"}):
            clean(await answered(proxy, request), f"{kind} {scheme}://{EVIL}{place}")


@pytest.mark.parametrize(
    "line", [f"CONNECT {EVIL}:443", f"GET //{EVIL}/%2e%2e", f"OPTIONS * HTTP/1.1\r\nX: {EVIL}", f"GET {EVIL}"]
)
async def test_strange_request_lines(proxy: Proxy, line: str) -> None:
    head = f"{line} HTTP/1.1" if "HTTP/" not in line else line
    clean(await answered(proxy, f"{head}\r\nHost: {EVIL}\r\nConnection: close\r\n\r\n".encode()), line)


async def test_every_header_is_one_that_we_know(proxy: Proxy) -> None:
    known = {
        "server", "x-content-type-options", "cache-control", "x-request-id", "request-id", "client-request-id",
        "content-type", "content-length", "date", "connection", "allow", "www-authenticate", "x-soap-enabled",
        "retry-after", "pragma", "x-wssecurity-enabled", "dav", "location",
    }  # fmt: skip
    saying = {
        "Host": "x",
        "client-request-id": "6a3b1c9e-0000-4000-8000-00000000abcd",
        "return-client-request-id": "true",
    }
    for place in places(proxy):
        for kind, request in requests(place, saying):
            lines = (await answered(proxy, request)).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
            headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
            assert set(headers) <= known, f"{kind} {place}"
            assert headers["server"] == "Busyline"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["client-request-id"] == saying["client-request-id"], f"{kind} {place}"

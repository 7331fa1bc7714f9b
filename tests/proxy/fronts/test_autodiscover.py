"""Autodiscover over real sockets, in the shapes that real clients send."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from protocols.ews.autodiscover import pox
from tests.proxy.served import PUBLIC, XML, login, serving

POX = "/Autodiscover/Autodiscover.xml"
SVC = "/autodiscover/autodiscover.svc"
HOST = {"Host": "evil.example"}


def _settings(body: str) -> str:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"'
        ' xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
        "<a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion></soap:Header>"
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )


USER = _settings(
    "<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>bob@fabrikam.example</a:Mailbox></a:User>"
    "</a:Users><a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting></a:RequestedSettings></a:Request>"
    "</a:GetUserSettingsRequestMessage>"
)
FEDERATION = _settings(
    "<a:GetFederationInformationRequestMessage><a:Request><a:Domain>fabrikam.example</a:Domain></a:Request>"
    "</a:GetFederationInformationRequestMessage>"
)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_pox_challenges_with_basic_alone_and_offers_soap(tmp_path: Path, method: str) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession() as session,
        session.request(method, proxy.url + POX) as answer,
    ):
        assert answer.status == 401
        assert answer.headers.getall("WWW-Authenticate") == ['Basic realm="Busyline"']
        assert answer.headers["X-SOAP-Enabled"] == "True"
        assert await answer.read() == b""


async def test_pox_gives_the_public_address_to_every_address_of_a_served_domain(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers={**login(), **XML, **HOST}) as session:
        answers = set()
        for address in ("bob@fabrikam.example", "nobody@FABRIKAM.example"):
            async with session.post(proxy.url + POX, data=pox.encode_request(address)) as answer:
                assert answer.headers["X-SOAP-Enabled"] == "True"
                answers.add(await answer.read())
        (only,) = answers
        assert pox.read(only).ews_url == f"{PUBLIC}/EWS/Exchange.asmx"
        assert b"evil" not in only


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [
        ("POST", pox.encode_request("bob@elsewhere.example"), 500),
        ("POST", pox.encode_request("no address"), 501),
        ("POST", b"hello", 600),
        ("POST", b"<Autodiscover/>", 600),
        ("GET", b"", 600),
    ],
)
async def test_what_pox_cannot_answer_is_an_error_in_an_answer(
    tmp_path: Path, method: str, body: bytes, code: int
) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers={**login(), **XML}) as session,
        session.request(method, proxy.url + POX, data=body or None) as answer,
    ):
        assert answer.status == 200
        assert f"<ErrorCode>{code}</ErrorCode>" in await answer.text()


async def test_settings_are_for_callers_and_federation_is_for_everybody(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers={**XML, **HOST}) as session:
        for body in (USER, "hello", _settings("<a:Nonsense/>")):
            async with session.post(proxy.url + SVC, data=body) as answer:
                assert answer.status == 401
                assert answer.headers["WWW-Authenticate"] == 'Basic realm="Busyline"'
        async with session.post(proxy.url + SVC, data=FEDERATION) as answer:
            assert answer.status == 200
            assert "NotFederated" in await answer.text()
        async with session.post(proxy.url + SVC, data=FEDERATION, headers=login(password="wrong")) as answer:
            assert answer.status == 401
        async with session.get(proxy.url + SVC) as answer:
            assert answer.status == 401


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(FEDERATION.encode()), {"Content-Encoding": "gzip"}),
        (FEDERATION.encode() + b" " * 16 * 1024, {}),
        (FEDERATION.replace("<soap:Header>", "<soap:Header>" + "<a/>" * 200).encode(), {}),
    ],
)
async def test_of_a_stranger_little_is_read(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    """Challenged as whoever showed nothing: with credentials the same is answered."""
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers={**XML, **headers}) as session:
        async with session.post(proxy.url + SVC, data=body) as answer:
            assert (answer.status, await answer.read()) == (401, b"")
        async with session.post(proxy.url + SVC, data=body, headers=login()) as answer:
            assert answer.status == 200


async def test_a_stranger_in_chunks_is_cut_off(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 1024

    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers=XML) as session,
        session.post(proxy.url + SVC, data=chunks()) as answer,
    ):
        assert answer.status == 401


async def test_what_everybody_may_know_counts_as_no_refusal(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=XML) as session:
        for body, refused in ((FEDERATION, 0), (USER, 1)):
            async with session.post(proxy.url + SVC, data=body):
                pass
            numbers = proxy.metrics.exposition()[0].decode()
            assert numbers.count('busyline_refused_total{reason="no-credentials"} 1.0') == refused


async def test_settings(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers={**login(), **XML, **HOST}) as session:
        async with session.post(proxy.url + SVC, data=USER) as answer:
            text = await answer.text()
            assert f"<Value>{PUBLIC}/EWS/Exchange.asmx</Value>" in text
            assert "evil" not in text
        for body in ("hello", _settings("<a:Nonsense/>")):
            async with session.post(proxy.url + SVC, data=body) as answer:
                assert answer.status == 500
                assert "<s:Fault>" in await answer.text()
        async with session.put(proxy.url + SVC, data=USER) as answer:
            assert answer.status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/autodiscover/autodiscover.json/v1.0/bob@fabrikam.example?Protocol=EWS",
        "/Autodiscover/Autodiscover.json/v1.0/bob%40fabrikam.example?Protocol=ews&RedirectCount=1",
        "/autodiscover/autodiscover.json?Email=bob@fabrikam.example&Protocol=EWS",
    ],
)
async def test_json_is_for_everybody(tmp_path: Path, path: str) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers=HOST) as session,
        session.get(proxy.url + path) as answer,
    ):
        assert answer.status == 200
        assert await answer.json() == {"Protocol": "EWS", "Url": f"{PUBLIC}/EWS/Exchange.asmx"}


async def test_json_without_its_parameters(tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession() as session,
        session.get(f"{proxy.url}/autodiscover/autodiscover.json") as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["ErrorCode"]

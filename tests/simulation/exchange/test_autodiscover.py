"""Autodiscover answers in its three dialects as the clients of each expect."""

import aiohttp
import pytest
from lxml import etree

from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import FEDERATION

REQUEST = """<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
<EMailAddress>{}</EMailAddress><AcceptableResponseSchema>{}</AcceptableResponseSchema></Request></Autodiscover>"""
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
HEADERS = {
    "Authorization": aiohttp.encode_basic_auth(FEDERATION.username, FEDERATION.password),
    "Content-Type": "text/xml",
}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (REQUEST.format("frieda.lang@fabrikam.example", OUTLOOK), None),
        (REQUEST.format("nobody@fabrikam.example", OUTLOOK), "500"),
        (REQUEST.format("frieda.lang@fabrikam.example", "urn:other"), "601"),
        ("<Autodiscover/>", "600"),
        ("<not", "600"),
    ],
)
async def test_pox(estate: Estate, body: str, code: str | None) -> None:
    async with ExchangeServer(estate) as server, aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.post(
            server.autodiscover_url.replace("/autodiscover/", "/Autodiscover/"), data=body
        ) as answer:
            root = etree.fromstring(await answer.read())
        assert root.findtext(".//{*}ErrorCode") == code
        urls = [url.text for url in root.iter(f"{{{OUTLOOK}}}ASUrl")]
        assert urls == ([server.ews_url] * 2 if code is None else [])


async def test_json_asks_nobody_who_they_are(estate: Estate) -> None:
    async with ExchangeServer(estate) as server, aiohttp.ClientSession() as session:
        path = f"{server.url}/autodiscover/autodiscover.json/v1.0/frieda.lang@fabrikam.example"
        async with session.get(path, params={"Protocol": "EWS"}) as answer:
            assert await answer.json() == {"Protocol": "EWS", "Url": server.ews_url}
        async with session.get(path, params={"Protocol": "Telex"}) as answer:
            assert (answer.status, (await answer.json())["ErrorCode"]) == (400, "InvalidProtocol")
        async with session.get(server.autodiscover_url) as answer:
            assert (answer.status, answer.headers["X-SOAP-Enabled"]) == (401, "True")

"""A federation trust is built from [federation], told to the world, and opens two addresses; without it nothing is."""

from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from certs.pair import CertificateError
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import AUDIENCE, NOW, fabrikam, gateway, issuer, stranger, wish
from tests.proxy.federated import EWS_SECURED, SVC_SECURED, asked, federated, secured
from tests.proxy.served import XML, serving

BOB = "bob@fabrikam.example"
SVC, POX = "/autodiscover/autodiscover.svc", "/autodiscover/autodiscover.xml"


def _asking(domain: str) -> str:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"><s:Body>'
        f"<a:GetFederationInformationRequestMessage><a:Request><a:Domain>{domain}</a:Domain></a:Request>"
        "</a:GetFederationInformationRequestMessage></s:Body></s:Envelope>"
    )


async def _status(url: str, data: bytes | str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=XML) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", [EWS_SECURED, SVC_SECURED])
async def test_without_a_trust_there_is_nothing(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path) as proxy:
        assert (await _status(proxy.url + path, b"<a/>"))[0] == 404
        assert "NotFederated" in (await _status(proxy.url + SVC, _asking("fabrikam.example")))[1]
        async with aiohttp.ClientSession() as session, session.get(proxy.url + POX) as answer:
            assert "X-WSSecurity-Enabled" not in answer.headers


async def test_the_world_is_told_the_truth(tmp_path: Path) -> None:
    async with federated(tmp_path, domains=["fabrikam.example", "secret.example"]) as proxy:
        status, text = await _status(proxy.url + SVC, _asking("FABRIKAM.example"))
        other = (await _status(proxy.url + SVC, _asking("contoso.example")))[1]
        async with aiohttp.ClientSession() as session, session.get(proxy.url + POX) as answer:
            assert answer.headers["X-WSSecurity-Enabled"] == "True"
    assert status == 200
    assert f"<ApplicationUri>{AUDIENCE}</ApplicationUri><Domains><Domain>fabrikam.example</Domain></Domains>" in text
    assert "<Uri>urn:federation:MicrosoftOnline</Uri>" in text
    assert "<Endpoint>https://login.microsoftonline.com/extSTS.srf</Endpoint>" in text
    assert "secret.example" not in text
    assert "NotFederated" in other


@pytest.mark.parametrize(
    ("signed", "covers", "status"),
    [
        ("body", ("body",), 200),
        ("body", ("to",), 500),
        ("address", ("to",), 200),
        ("address", ("body",), 500),
        ("timestamp", (), 200),
    ],
)
async def test_what_must_be_signed_is_a_setting(
    tmp_path: Path, signed: str, covers: tuple[str, ...], status: int
) -> None:
    async with federated(tmp_path, signed=signed) as proxy:
        data = secured(asked(BOB), caller=FederatedCaller(covers=covers))
        assert (await _status(proxy.url + EWS_SECURED, data))[0] == status


async def test_sha_1_is_a_setting(tmp_path: Path) -> None:
    old = issuer(sha1=True)
    for sha1, status in ((False, 500), (True, 200)):
        async with federated(tmp_path, sha1_tokens=sha1) as proxy:
            data = secured(asked(BOB), token=old.issue(wish(), fabrikam().certificate))
            assert (await _status(proxy.url + EWS_SECURED, data))[0] == status


@pytest.mark.parametrize(("domains", "status"), [([], 200), (["contoso.example"], 200), (["contoso.test"], 500)])
async def test_for_whom_an_issuer_vouches_is_a_setting(tmp_path: Path, domains: list[str], status: int) -> None:
    one = {"uri": "urn:federation:MicrosoftOnline", "certificates": ["gateway.pem"], "domains": domains}
    async with federated(tmp_path, issuers=[one]) as proxy:
        assert (await _status(proxy.url + EWS_SECURED, secured(asked(BOB))))[0] == status


async def test_tokens_to_the_next_and_the_previous_certificate_are_read(tmp_path: Path) -> None:
    stranger().write(tmp_path / "next.pem", tmp_path / "next.key")
    gateway().write(tmp_path / "previous.pem", tmp_path / "previous.key")
    pairs = {place: {"chain": f"{place}.pem", "key": f"{place}.key"} for place in ("next", "previous")}
    async with federated(tmp_path, next=pairs["next"], previous=pairs["previous"]) as proxy:
        for identity in (fabrikam(), stranger(), gateway()):
            data = secured(asked(BOB), token=issuer().issue(wish(), identity.certificate))
            assert (await _status(proxy.url + EWS_SECURED, data))[0] == 200
        numbers = proxy.metrics.exposition()[0].decode()
    for place in ("current", "next", "previous"):
        assert f'busyline_certificate_days_left{{kind="federation",name="{place}"}} 365.0' in numbers


@pytest.mark.parametrize(("days", "status"), [(0, 200), (400, 503)])
async def test_an_expired_certificate_is_a_doubt(tmp_path: Path, days: int, status: int) -> None:
    async with (
        federated(tmp_path, now=NOW + timedelta(days=days)) as proxy,
        aiohttp.ClientSession() as session,
        session.get(f"{proxy.url}/readyz") as answer,
    ):
        assert answer.status == status
        assert ("the federation certificate expired on 2027-11-20" in await answer.text()) == (status == 503)


async def test_a_missing_file_is_said_in_words(tmp_path: Path) -> None:
    missing = [{"uri": "urn:a", "certificates": ["none.pem"]}]
    with pytest.raises(CertificateError, match=r"there is no file .*none\.pem"):
        async with federated(tmp_path, issuers=missing):
            pass

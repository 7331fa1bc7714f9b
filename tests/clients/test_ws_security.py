"""WS-Security against libraries that are not ours: xml-crypto and xml-encryption at either end of a federation."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import M
from protocols.ews.wssecurity.refusal import fault
from simulation.federation import FederatedCaller
from tests.clients.ws_security_client import NodeCaller, NodeToken, checked
from tests.protocols.ews.wssecurity.world import ANN, AUDIENCE, NOW, fabrikam, gateway, issued, issuer, stranger, wish
from tests.proxy.federated import EWS_SECURED, asked, federated, secured

pytestmark = pytest.mark.client
BOB, EVA = "bob@fabrikam.example", "eva@fabrikam.example"
CALLER = NodeCaller(issuer=gateway(), target=fabrikam())
TOKEN = NodeToken(audience=f"http://{AUDIENCE}", person=ANN, domain="contoso.example", at=NOW)
LONG_AGO = NOW - timedelta(minutes=30)
SENT = f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z</u:Created>"


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(("soap", "mac"), [(SOAP11, "sha256"), (SOAP11, "sha1"), (SOAP12, "sha256")])
async def test_what_node_signs_and_encrypts_is_answered(tmp_path: Path, soap: str, mac: str, wrapped: bool) -> None:
    caller, token = replace(CALLER, soap=soap, mac=mac), replace(TOKEN, wrapped=wrapped)
    async with federated(tmp_path) as proxy:
        status, _, body = await asyncio.to_thread(caller.post, proxy.url + EWS_SECURED, asked(BOB), token, at=NOW)
    root = etree.fromstring(body)
    assert (status, root.tag) == (200, f"{{{soap}}}Envelope")
    assert [each.text for each in root.iter(f"{{{M}}}ResponseCode")] == ["NoError"]
    assert b"2026-11-23T09:00:00" in body


@pytest.mark.parametrize(
    ("caller", "token", "at", "reason"),
    [
        (replace(CALLER, change=(BOB, EVA)), TOKEN, NOW, "message-signature-wrong"),
        (replace(CALLER, change=(SENT, SENT.replace(".000Z", ".001Z"))), TOKEN, NOW, "message-signature-wrong"),
        (CALLER, TOKEN, LONG_AGO, "message-expired"),
        (CALLER, replace(TOKEN, at=LONG_AGO), NOW, "token-expired"),
        (CALLER, replace(TOKEN, audience="http://else.example"), NOW, "token-for-another-audience"),
        (replace(CALLER, issuer=stranger()), TOKEN, NOW, "token-signature-wrong"),
        (replace(CALLER, uri="urn:else"), TOKEN, NOW, "token-of-another-issuer"),
        (replace(CALLER, target=stranger()), TOKEN, NOW, "token-not-deciphered"),
    ],
)
async def test_what_is_wrong_with_it_is_seen(
    tmp_path: Path, caller: NodeCaller, token: NodeToken, at: datetime, reason: str
) -> None:
    async with federated(tmp_path) as proxy:
        answer = await asyncio.to_thread(caller.post, proxy.url + EWS_SECURED, asked(BOB), token, at=at)
        numbers = proxy.metrics.exposition()[0].decode()
    assert answer == (500, "text/xml", fault(SOAP11))
    assert f'busyline_refused_total{{reason="{reason}"}} 1.0' in numbers


@pytest.mark.parametrize("sha1", [False, True])
@pytest.mark.parametrize("clear_proof", [False, True])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
async def test_what_our_callers_sign_and_encrypt_node_believes(digest: str, clear_proof: bool, sha1: bool) -> None:
    token = issuer(sha1=sha1).issue(wish(), fabrikam().certificate, clear_proof=clear_proof)
    data = secured(asked(BOB), caller=FederatedCaller(digest=digest), token=token)
    seen = await asyncio.to_thread(checked, data, issuer=gateway(), target=fabrikam())
    assert seen.refused == ""
    assert ANN in seen.claims
    assert [etree.QName(etree.fromstring(each)).localname for each in seen.signed] == ["Timestamp", "Body", "To"]
    assert BOB.encode() in seen.signed[1]


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (lambda: secured(asked(BOB)).replace(BOB.encode(), EVA.encode()), "message signature"),
        (lambda: secured(asked(BOB), token=replace(issued(), secret=b"x" * 32)), "message signature"),
        (
            lambda: secured(asked(BOB), token=issuer(by=stranger()).issue(wish(), fabrikam().certificate)),
            "token signature",
        ),
        (lambda: secured(asked(BOB), token=issuer().issue(wish(), stranger().certificate)), "not deciphered"),
    ],
)
async def test_node_sees_what_is_wrong_with_ours(data: Callable[[], bytes], refused: str) -> None:
    seen = await asyncio.to_thread(checked, data(), issuer=gateway(), target=fabrikam())
    assert seen.refused == refused

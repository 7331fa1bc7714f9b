"""Tests of calsync/wiring/notices.py: the door for what servers tell, with its certificate and every dialect."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from calsync.counting import Figures
from calsync.notices.hook import Hook, made
from calsync.notices.news import Said
from calsync.settings.notices import NoticesSettings
from calsync.wiring.notices import READS, listening
from certs.pair import CertificateError
from tests.clients.tls import authority
from tests.galsync.test_counting import told
from tests.service.jobs.ticking import Time

HOOK, SECRET = made("merger", "north", lambda length: "ab" * length)
GOOGLE: Mapping[str, str] = {
    "X-Goog-Channel-ID": "number-1",
    "X-Goog-Channel-Token": SECRET,
    "X-Goog-Resource-ID": "resource",
    "X-Goog-Resource-State": "exists",
    "X-Goog-Message-Number": "2",
}
EXCHANGE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SendNotification><ResponseMessages>'
    b'<SendNotificationResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode><Notification>'
    b"<StatusEvent/></Notification></SendNotificationResponseMessage></ResponseMessages></SendNotification></s:Body>"
    b"</s:Envelope>"
)
GRAPH = {"value": [{"subscriptionId": "sub-1", "clientState": SECRET, "lifecycleEvent": "subscriptionRemoved"}]}


def settings(**written: Any) -> NoticesSettings:
    given = {"listen": ["127.0.0.1:0"], "public_url": "https://127.0.0.1:8444", **written}
    return NoticesSettings.model_validate(given)


async def find(name: str) -> Hook | None:
    return HOOK if name == HOOK.name else None


@pytest.mark.parametrize("tls", [True, False])
async def test_every_dialect_is_understood(tmp_path: Path, tls: bool) -> None:
    trust, figures = authority(tmp_path), Figures(registry := CollectorRegistry())
    written = settings(certificate={"chain": "chain.pem", "key": "key.pem"}) if tls else settings()
    heard: list[Said] = []
    opened = listening(
        written,
        tmp_path,
        find=find,
        heard=lambda hook, news: heard.append(news.said),
        clock=Time().clock,
        figures=figures,
    )
    async with opened as door, aiohttp.ClientSession() as session:
        url = f"{'https' if tls else 'http'}://{door.addresses[0]}/hooks/{HOOK.name}"
        for headers, body in ((GOOGLE, b""), ({}, json.dumps(GRAPH).encode())):
            async with session.post(url, headers=headers, data=body, ssl=trust.client if tls else True) as response:
                assert response.status == 202
        ssl, headers = trust.client if tls else True, {"Content-Type": "text/xml; charset=utf-8"}
        for secret, status in ((SECRET, b">OK<"), ("wrong", b">Unsubscribe<")):
            async with session.post(f"{url}/{secret}", headers=headers, data=EXCHANGE, ssl=ssl) as response:
                assert (response.status, status in await response.read()) == (200, True)
    assert heard == [Said.CHANGED, Said.ENDED, Said.BEGUN]
    assert ("busyline_hub_certificate_days_left{127.0.0.1}" in told(registry)) is tls
    assert len(READS) == 2


async def test_a_certificate_that_is_not_there_is_told(tmp_path: Path) -> None:
    written = settings(certificate={"chain": "chain.pem", "key": "key.pem"})
    figures = Figures(CollectorRegistry())
    with pytest.raises(CertificateError, match=r"chain\.pem"):
        async with listening(written, tmp_path, find=find, heard=lambda *_: None, clock=Time().clock, figures=figures):
            pass


async def test_a_stranger_is_told_nothing(tmp_path: Path) -> None:
    first = authority(tmp_path)
    written = settings(certificate={"chain": "chain.pem", "key": "key.pem"})
    figures = Figures(CollectorRegistry())
    opened = listening(written, tmp_path, find=find, heard=lambda *_: None, clock=Time().clock, figures=figures)
    async with (
        opened as door,
        aiohttp.ClientSession() as session,
        session.get(f"https://{door.addresses[0]}/hooks/none", ssl=first.client) as response,
    ):
        assert (response.status, await response.read()) == (404, b"")

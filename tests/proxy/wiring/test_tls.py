"""The certificate of a running proxy: swapped under two hundred connections, kept where the new one is wrong."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from structlog.testing import capture_logs

from certs.pair import CertificateError, Pair
from proxy.settings import ProxySettings
from proxy.wiring import Proxy
from proxy.wiring.tls import server_tls
from tests.certs.authority import DAY, NOW, Authority, private_pem, rsa_key, write
from tests.certs.handshakes import trusting_nobody
from tests.proxy.served import EWS, XML, configuration, login, question, serving

NAME = "busy.example.com"
CA = Authority()
FIRST, SECOND, THIRD = (CA.leaf(NAME, "127.0.0.1", key=rsa_key()) for _ in range(3))
FILES = {"kind": "files", "chain": "chain.pem", "key": "key.pem"}
CONNECTIONS, SWAPS = 200, 5


def written(certificate: dict[str, Any], **server: Any) -> dict[str, Any]:
    settings = configuration(rate=1_000_000)  # asked as fast as can be
    settings["server"] |= {"public_url": f"https://{NAME}", "certificate": certificate, **server}
    return settings


async def leaf(proxy: Proxy) -> x509.Certificate:
    """What a new connection is shown."""
    address = proxy.addresses[0]
    _, writer = await asyncio.open_connection(address.host, address.port, ssl=trusting_nobody())
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return x509.load_der_x509_certificate(der)


async def fetched(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def seen(logs: list[Any], event: str, number: int = 1) -> list[Any]:
    """The lines of ``event`` once there are so many; the look itself is made in a thread."""
    async with asyncio.timeout(20):
        while len(found := [line for line in logs if line["event"] == event]) < number:  # noqa: ASYNC110 - it comes from a thread
            await asyncio.sleep(0.005)
    return found


class Crowd:
    """Clients with a connection each, which ask all the time; every third opens a new one for each question."""

    def __init__(self, proxy: Proxy) -> None:
        self.trusted = ssl.create_default_context(cadata=CA.certificate.public_bytes(Encoding.PEM).decode())
        self.url, self.body = proxy.url + EWS, question("bob@fabrikam.example")
        self.answered, self.failed = 0, list[str]()
        self.connected = asyncio.Event()
        self._begun = 0

    async def ask(self, number: int, over: Callable[[], bool]) -> None:
        """Until it is ``over``, and once more."""
        connector = aiohttp.TCPConnector(ssl=self.trusted, force_close=number % 3 == 0)
        async with aiohttp.ClientSession(connector=connector, headers={**XML, **login()}) as session:
            last, first = False, True
            while not last:
                last = over()
                try:
                    async with session.post(self.url, data=self.body) as answer:
                        text = await answer.text()
                        if "NoError" not in text:
                            self.failed.append(text)
                except (aiohttp.ClientError, OSError) as error:
                    self.failed.append(repr(error))
                self.answered += 1
                self._begun += first
                first = False
                if self._begun == CONNECTIONS:
                    self.connected.set()


async def test_no_request_fails_while_the_certificate_is_swapped(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    over = asyncio.Event()
    with capture_logs() as logs:
        async with serving(tmp_path, settings=written(FILES)) as proxy:
            crowd = Crowd(proxy)
            async with asyncio.timeout(120), asyncio.TaskGroup() as group:
                for number in range(CONNECTIONS):
                    group.create_task(crowd.ask(number, over.is_set))
                await crowd.connected.wait()
                for number in range(1, SWAPS + 1):
                    pair = (FIRST, SECOND, THIRD)[number % 3]
                    write(pair, tmp_path)
                    proxy.reload_certificate()
                    await seen(logs, "certificate_swapped", number)
                    assert await leaf(proxy) == pair.leaf
                over.set()
    assert crowd.failed == []
    assert crowd.answered >= CONNECTIONS * 2


async def test_a_wrong_pair_keeps_the_right_one_and_is_told(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    expired = CA.leaf(NAME, begins=NOW - 9 * DAY, ends=NOW - DAY)
    elsewhere = CA.leaf("elsewhere.example")
    with capture_logs() as logs:
        async with serving(tmp_path, settings=written(FILES)) as proxy:
            for number, (pair, words) in enumerate(
                (
                    (expired, "expired on 2026-11-19"),
                    (elsewhere, f"does not name {NAME}"),
                    (Pair(SECOND.certificates, THIRD.key, ""), "is not the key of the first certificate"),
                ),
                1,
            ):
                write(pair, tmp_path)
                proxy.reload_certificate()
                told = (await seen(logs, "certificate_refused", number))[-1]
                assert words in told["what"]
                assert await leaf(proxy) == FIRST.leaf
            assert proxy.metrics_url
            text = (await fetched(f"{proxy.metrics_url}/metrics"))[1]
            assert "busyline_certificate_failures_total 3.0" in text
            assert "busyline_certificate_swaps_total 0.0" in text
            assert f'busyline_certificate_days_left{{kind="server",name="{NAME}"}} 89.5' in text


async def test_a_pfx_is_served_and_swapped(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("päss", "utf-8")
    certificate = {"kind": "pfx", "file": "busyline.pfx", "password": "file:password"}

    def export(pair: Pair) -> None:
        lock = BestAvailableEncryption("päss".encode())
        data = pkcs12.serialize_key_and_certificates(b"x", pair.key, pair.leaf, [CA.certificate], lock)
        (tmp_path / "busyline.pfx").write_bytes(data)

    export(FIRST)
    with capture_logs() as logs:
        async with serving(tmp_path, settings=written(certificate)) as proxy:
            assert await leaf(proxy) == FIRST.leaf
            (tmp_path / "password").unlink()
            export(SECOND)
            proxy.reload_certificate()
            assert "there is no file" in (await seen(logs, "certificate_refused"))[0]["what"]
            (tmp_path / "password").write_text("päss", "utf-8")
            proxy.reload_certificate()
            await seen(logs, "certificate_swapped")
            assert await leaf(proxy) == SECOND.leaf


@pytest.mark.parametrize(
    ("left", "ready_days", "status", "words"),
    [
        (30, 0, 200, "ok\n"),
        (30, 31, 503, "not ready\nthe certificate expires on 2026-12-20\n"),
        (-1, 0, 503, "not ready\nthe certificate expired on 2026-11-19\n"),
    ],
)
async def test_readiness(tmp_path: Path, left: int, ready_days: int, status: int, words: str) -> None:
    write(CA.leaf(NAME, begins=NOW - 9 * DAY, ends=NOW + left * DAY), tmp_path)
    with capture_logs() as logs:
        async with serving(tmp_path, settings=written(FILES, ready_days=ready_days)) as proxy:
            assert await fetched(f"{proxy.metrics_url}/readyz") == (status, words)
            assert (await fetched(f"{proxy.metrics_url}/healthz"))[0] == 200
    assert bool([line for line in logs if line["event"] == "certificate"]) == (left < 0)


async def test_a_certificate_of_tomorrow_is_a_doubt_and_one_of_another_name_a_warning(tmp_path: Path) -> None:
    write(CA.leaf("other.example.com", begins=NOW + DAY), tmp_path)
    with capture_logs() as logs:
        async with serving(tmp_path, settings=written(FILES)) as proxy:
            status, words = await fetched(f"{proxy.metrics_url}/readyz")
    doubt = "the certificate is not valid before 2026-11-21 00:00 UTC: set the clock, or wait"
    assert (status, words) == (503, f"not ready\n{doubt}\n")
    notes = [line["note"] for line in logs if line["event"] == "certificate"]
    assert any(note.startswith(f"the certificate does not name {NAME}") for note in notes)


def test_plain_http_has_no_certificate_and_no_doubts(tmp_path: Path) -> None:
    server = ProxySettings.model_validate(configuration()).server
    tls = server_tls(server, tmp_path, clock=lambda: NOW)
    assert (tls.context, tls.doubts()) == (None, [])


def test_what_cannot_serve_at_the_start_is_told(tmp_path: Path) -> None:
    server = ProxySettings.model_validate(written(FILES)).server
    with pytest.raises(CertificateError, match="there is no file"):
        server_tls(server, tmp_path, clock=lambda: NOW)
    write(FIRST, tmp_path)
    (tmp_path / "key.pem").write_bytes(private_pem(SECOND))
    with pytest.raises(CertificateError, match="is not the key"):
        server_tls(server, tmp_path, clock=lambda: NOW)


async def test_the_first_run_certificate_is_renewed_when_asked(tmp_path: Path) -> None:
    """A year and a month after it was made, without a new start."""
    now = datetime.now(UTC)
    server = ProxySettings.model_validate(written({"kind": "first-run", "directory": "tls"})).server
    tls = server_tls(server, tmp_path, clock=lambda: now)
    assert tls.ca == tmp_path / "tls" / "ca.pem"
    assert tls.live is not None
    first = tls.live.pair.leaf
    now += timedelta(days=380)
    with capture_logs() as logs:
        async with tls.kept():
            tls.bell.ring()
            await seen(logs, "certificate_swapped")
    assert tls.live.pair.leaf != first

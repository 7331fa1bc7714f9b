"""Certificates by ACME: Pebble issues and renews through the whole proxy; what fails leaves the old one in place."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from structlog.testing import capture_logs

from certs.objections import names
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from tests.clients.pebble import Pebble, pebble
from tests.proxy.served import EWS, XML, Busy, configuration, login, password_hash, question

pytestmark = pytest.mark.client
NAME = "busy.example.com"
NOWHERE = "127.0.0.9"  # of this machine, where nobody listens
CLIENTS = 30


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Pebble]:
    (tmp_path / "pebble").mkdir()
    with pebble(tmp_path / "pebble") as running:
        yield running


@asynccontextmanager
async def proxy(directory: Path, pebble: Pebble, **changes: Any) -> AsyncIterator[Proxy]:
    """The whole proxy, whose plain port is where Pebble asks."""
    (directory / "interop.hash").write_text(password_hash(), "utf-8")
    written = configuration(rate=1_000_000)  # asked as fast as can be
    certificate = {"kind": "acme", "directory": "acme", "terms_agreed": True, "email": "a@example.com"}
    certificate |= {"directory_url": pebble.directory_url, "ca": str(pebble.ca), **changes}
    plain = [f"127.0.0.1:{pebble.http_port}"]
    written["server"] |= {"public_url": f"https://{NAME}", "plain_listen": plain, "certificate": certificate}
    settings = ProxySettings.model_validate(written)
    async with build(settings, directory=directory, connectors={"fabrikam": Busy()}) as running:
        yield running


async def until(what: Callable[[], bool]) -> None:
    """Wait for what other processes bring about."""
    async with asyncio.timeout(30):
        while not what():  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.02)


async def leaf(running: Proxy) -> x509.Certificate:
    """What a new connection is shown."""
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    address = running.addresses[0]
    _, writer = await asyncio.open_connection(address.host, address.port, ssl=unchecked, server_hostname=NAME)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return x509.load_der_x509_certificate(der)


async def ready(running: Proxy) -> tuple[int, str]:
    """Status and words of /readyz."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.metrics_url}/readyz") as answer:
        return answer.status, await answer.text()


async def failures(running: Proxy) -> str:
    """As the metrics tell it."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.metrics_url}/metrics") as answer:
        text = await answer.text()
    return next(line.split()[1] for line in text.splitlines() if line.startswith("busyline_certificate_failures_total"))


def kept(directory: Path) -> Path:
    """The file with key and certificate."""
    return next((directory / "acme").glob("*/certificate.pem"))


async def test_issued_renewed_and_kept(tmp_path: Path, authority: Pebble) -> None:
    authority.resolve_to(NOWHERE)
    with capture_logs() as logs:
        async with proxy(tmp_path, authority) as running:

            def told(event: str) -> list[dict[str, Any]]:
                return [dict(line) for line in logs if line["event"] == event]

            await until(lambda: bool(told("certificate_not_renewed")))
            words = told("certificate_not_renewed")[0]["what"]
            assert words.startswith(f"the authority could not prove {NAME}: ")
            assert "must lead to server.plain_listen" in words
            assert await ready(running) == (503, "not ready\nno certificate is issued yet\n")
            placeholder = await leaf(running)
            assert placeholder.issuer == placeholder.subject

            authority.resolve_to("127.0.0.1")
            running.reload_certificate()
            await until(lambda: len(told("certificate_swapped")) == 1)
            assert await ready(running) == (200, "ok\n")
            first = await leaf(running)
            assert "Pebble" in first.issuer.rfc4514_string()
            assert isinstance(first.public_key(), rsa.RSAPublicKey)
            assert kept(tmp_path).stat().st_mode & 0o077 == 0

            kept(tmp_path).unlink()  # which is how an operator asks for another one
            done, failed = await _asking_meanwhile(running, authority, lambda: len(told("certificate_swapped")) == 2)
            second = await leaf(running)
            assert failed == []
            assert done > CLIENTS
            assert second.serial_number != first.serial_number

            authority.resolve_to(NOWHERE)
            kept(tmp_path).unlink()
            running.reload_certificate()
            await until(lambda: len(told("certificate_not_renewed")) == 2)
            assert await leaf(running) == second
            assert await ready(running) == (200, "ok\n")
            assert await failures(running) == "2.0"


async def _asking_meanwhile(running: Proxy, authority: Pebble, swapped: Callable[[], bool]) -> tuple[int, list[str]]:
    """Clients that trust Pebble alone ask all the time, each over a connection of its own, until it is swapped."""
    trusted = ssl.create_default_context(cadata=authority.root())
    body, failed, done = question("bob@fabrikam.example"), [], 0

    async def ask() -> None:
        nonlocal done
        async with aiohttp.ClientSession(headers={**XML, **login()}) as session:
            while True:
                last = swapped()
                try:
                    async with session.post(running.url + EWS, data=body, ssl=trusted, server_hostname=NAME) as answer:
                        text = await answer.text()
                        if "NoError" not in text:
                            failed.append(text)
                except aiohttp.ClientError as error:
                    failed.append(repr(error))
                done += 1
                if last:
                    return

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(ask())
        running.reload_certificate()
    return done, failed


async def test_a_second_start_shows_what_was_issued(tmp_path: Path, authority: Pebble) -> None:
    for _ in range(2):
        async with proxy(tmp_path, authority) as running:
            await until(lambda: bool(list((tmp_path / "acme").glob("*/certificate.pem"))))
            issued = x509.load_pem_x509_certificate(kept(tmp_path).read_bytes())
    async with proxy(tmp_path, authority) as running:
        assert await leaf(running) == issued
        assert await ready(running) == (200, "ok\n")


async def test_an_account_known_to_the_authority_several_names_and_another_key(tmp_path: Path) -> None:
    (tmp_path / "pebble").mkdir()
    (tmp_path / "external.key").write_text("c2VjcmV0LW9mLXRoZS1hY2NvdW50LTMyLWJ5dGVzIQ", "utf-8")
    accounts = {"kid-1": "c2VjcmV0LW9mLXRoZS1hY2NvdW50LTMyLWJ5dGVzIQ"}
    several = {"names": [NAME, "mail.example.com"], "algorithm": "ecdsa"}
    with pebble(tmp_path / "pebble", accounts=accounts) as authority:
        with capture_logs() as logs:
            async with proxy(tmp_path, authority, **several):
                await until(lambda: any(line["event"] == "certificate_not_renewed" for line in logs))
        words = next(str(line["what"]) for line in logs if line["event"] == "certificate_not_renewed")
        assert "write external_account" in words
        known = {"kid": "kid-1", "key": "file:external.key"}
        with capture_logs() as logs:
            async with proxy(tmp_path, authority, **several, external_account=known) as running:
                await until(lambda: any(line["event"] == "certificate_swapped" for line in logs))
                issued = await leaf(running)
    assert sorted(names(issued)) == [NAME, "mail.example.com"]
    assert isinstance(issued.public_key(), ec.EllipticCurvePublicKey)


async def test_an_authority_that_is_not_trusted_is_told(tmp_path: Path, authority: Pebble) -> None:
    with capture_logs() as logs:
        async with proxy(tmp_path, authority, ca=None):
            await until(lambda: any(line["event"] == "certificate_not_renewed" for line in logs))
    words = next(str(line["what"]) for line in logs if line["event"] == "certificate_not_renewed")
    assert "its certificate is not trusted: name the CA" in words


async def test_the_plain_port_answers_nothing_else(tmp_path: Path, authority: Pebble) -> None:
    place = f"http://127.0.0.1:{authority.http_port}"
    async with proxy(tmp_path, authority), aiohttp.ClientSession() as session:
        for path in ("/", "/healthz", "/metrics", EWS, "/.well-known/acme-challenge/", "/.well-known/acme-challenge/x"):
            async with session.get(place + path, headers={"Host": "evil.example"}, allow_redirects=False) as answer:
                assert (answer.status, await answer.text()) == (404, "there is nothing here\n")
                assert "evil" not in str(answer.headers)
                assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"

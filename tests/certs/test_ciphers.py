"""TLS as old Windows servers and everybody else meet it: what is spoken, what is refused, and whose order counts."""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certs import first_run, pem
from certs.ciphers import SUITES, harden
from service.addresses import ListenAddress
from service.door import Door
from tests.needs import program

RSA = [suite for suite in SUITES if "-RSA-" in suite]
REFUSED = (
    "AES256-GCM-SHA384",  # RSA key exchange: what was recorded is read by whoever finds the key
    "AES128-SHA256",
    "ECDHE-RSA-AES256-SHA",  # SHA-1
    "ECDHE-RSA-AES128-SHA",
    "DHE-RSA-AES256-GCM-SHA384",
    "AES256-SHA",
    "DES-CBC3-SHA",
    "PSK-AES256-GCM-SHA384",
    "AECDH-AES256-SHA",  # nobody proves anything
    "NULL-SHA256",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> first_run.Issued:
    return first_run.issue(tmp_path_factory.mktemp("certificates"), ["localhost", "127.0.0.1"])


@contextlib.asynccontextmanager
async def listening(files: first_run.Issued) -> AsyncIterator[ListenAddress]:
    async def hello(_: web.BaseRequest) -> web.Response:
        return web.Response(text="hello")

    context = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    async with Door(hello, [ListenAddress("127.0.0.1", 0)], tls=context) as door:
        yield door.addresses[0]


def client(files: first_run.Issued, suites: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """Speaks ``suites`` in ``version`` alone, however weak they are."""
    context = ssl.create_default_context(cafile=files.ca)
    with (
        pytest.warns(DeprecationWarning, match="TLSv1")
        if version < ssl.TLSVersion.TLSv1_2
        else contextlib.nullcontext()
    ):
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(f"{suites}:@SECLEVEL=0")
    return context


async def agreed(address: ListenAddress, context: ssl.SSLContext) -> tuple[str, str]:
    """Suite and version of a handshake. Raises ssl.SSLError or ConnectionError where there is none."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(
            address.host, address.port, ssl=context, server_hostname="localhost"
        )
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"hello" in await reader.read()
        suite, version, _ = writer.get_extra_info("cipher")
        writer.close()
        return suite, version


async def test_the_leaf_is_rsa(files: first_run.Issued) -> None:
    assert isinstance(x509.load_pem_x509_certificate(files.chain.read_bytes()).public_key(), rsa.RSAPublicKey)


async def test_each_suite_of_ours_is_spoken(files: first_run.Issued) -> None:
    async with listening(files) as address:
        for suite in RSA:
            assert await agreed(address, client(files, suite)) == (suite, "TLSv1.2")


async def test_what_old_windows_servers_offer_with_an_rsa_leaf(files: first_run.Issued) -> None:
    """Server 2012 R2 has GCM only with ECDSA or DHE; 2016 has it with ECDHE-RSA, and prefers it."""
    old = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA:AES256-GCM-SHA384:AES128-SHA"
    async with listening(files) as address:
        assert (await agreed(address, client(files, old)))[0] == "ECDHE-RSA-AES256-SHA384"
        assert (await agreed(address, client(files, f"{old}:ECDHE-RSA-AES256-GCM-SHA384")))[0] == (
            "ECDHE-RSA-AES256-GCM-SHA384"
        )


async def test_nothing_else_is_spoken(files: first_run.Issued) -> None:
    async with listening(files) as address:
        for suite in REFUSED:
            try:
                context = client(files, suite)
            except ssl.SSLError:
                continue  # this machine's OpenSSL does not know it any more
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await agreed(address, context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_versions_are_refused(files: first_run.Issued, version: ssl.TLSVersion) -> None:
    async with listening(files) as address:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await agreed(address, client(files, "ALL", version))


async def test_tls_1_3(files: first_run.Issued) -> None:
    async with listening(files) as address:
        suite, version = await agreed(address, ssl.create_default_context(cafile=files.ca))
    assert version == "TLSv1.3"
    assert suite.startswith("TLS_")


async def test_the_server_chooses_whatever_the_caller_prefers(files: first_run.Issued) -> None:
    async with listening(files) as address:
        assert (await agreed(address, client(files, ":".join(reversed(RSA)))))[0] == RSA[0]


async def test_there_is_no_compression_and_no_renegotiation(files: first_run.Issued) -> None:
    openssl = program("openssl")
    async with listening(files) as address:
        command = [
            openssl,
            "s_client",
            "-connect",
            str(address),
            "-tls1_2",
            "-CAfile",
            str(files.ca),
            "-legacy_renegotiation",
        ]
        talk = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        async with asyncio.timeout(20):
            told, _ = await talk.communicate(b"R\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"Compression: NONE" in told
    assert b"RENEGOTIATING" in told
    assert b"hello" not in told  # the connection did not outlive the try


def test_what_comes_last_has_cbc_and_every_suite_forward_secrecy() -> None:
    context = harden(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    spoken = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] == "TLSv1.2"]
    assert spoken == list(SUITES)
    assert all(suite.startswith("ECDHE-") for suite in SUITES)
    modern = ["GCM" in suite or "CHACHA20" in suite for suite in SUITES]
    assert modern == sorted(modern, reverse=True)
    assert SUITES[-2:] == ("ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA256")
    assert not any(suite.endswith("-SHA") for suite in SUITES)

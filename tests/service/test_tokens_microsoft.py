"""msal against the simulated sign-in: a secret, a certificate, and each refusal in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certs import first_run, pem
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.secrets import Secret
from service.tokens_microsoft import MicrosoftTokens, credential
from service.wire import BlockingWire
from simulation.estate import Estate
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application


@asynccontextmanager
async def signing_in(
    directory: Path, proof: str, *, client_id: str = "", public_key: str | None = None
) -> AsyncIterator[MicrosoftTokens]:
    """Tokens from a simulated sign-in over TLS."""
    files = first_run.issue(directory, ["127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    wire = BlockingWire(ca=files.ca)
    applications = (Application(public_key=public_key),)
    estate = Estate(date(2026, 11, 20))
    async with GraphServer(estate, ssl=tls, applications=applications) as server, _closing(wire):
        yield MicrosoftTokens(
            wire,
            authority=f"{server.url}/{TENANT}",
            client_id=client_id or Application().client_id,
            proof=Secret(proof),
            scope=f"{server.url}/.default",
        )


@asynccontextmanager
async def _closing(wire: BlockingWire) -> AsyncIterator[None]:
    try:
        yield
    finally:
        wire.close()


async def test_a_secret_and_a_new_token_when_renewed(tmp_path: Path) -> None:
    async with signing_in(tmp_path, "contoso-secret") as tokens:
        first, lifetime = await asyncio.to_thread(tokens.fetch)
        second, _ = await asyncio.to_thread(tokens.fetch)
        assert 3000 < lifetime < 4000
        assert first != second


async def test_a_certificate(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path / "application", ["application"])
    proof = files.key.read_text() + files.chain.read_text()
    key = x509.load_pem_x509_certificate(files.chain.read_bytes()).public_key()
    public_key = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    async with signing_in(tmp_path, proof, public_key=public_key) as tokens:
        assert (await tokens.bearer()).reveal()


async def test_a_wrong_secret_is_told_in_words(tmp_path: Path) -> None:
    async with signing_in(tmp_path, "hunter2") as tokens:
        with pytest.raises(PeerError, match=r"expired or was never uploaded.*AADSTS") as raised:
            await tokens.bearer()
        assert raised.value.reason is Reason.UNAUTHORIZED
        assert "hunter2" not in str(raised.value)


async def test_an_unknown_application_is_unauthorized(tmp_path: Path) -> None:
    async with signing_in(tmp_path, "contoso-secret", client_id="nobody") as tokens:
        with pytest.raises(PeerError) as raised:
            await tokens.bearer()
        assert raised.value.reason is Reason.UNAUTHORIZED


async def test_nobody_at_the_sign_in() -> None:
    wire = BlockingWire()
    tokens = MicrosoftTokens(
        wire, authority="https://127.0.0.1:9/t", client_id="c", proof=Secret("s"), scope="https://127.0.0.1:9/.default"
    )
    with pytest.raises(PeerError) as raised:
        await tokens.bearer()
    assert raised.value.reason is Reason.UNREACHABLE
    wire.close()


def test_pem_text_needs_both_its_parts(tmp_path: Path) -> None:
    files = first_run.issue(tmp_path, ["a"])
    assert credential(Secret("plain")) == "plain"
    for half, missing in ((files.key, "certificate"), (files.chain, "private key")):
        with pytest.raises(PeerError, match=missing):
            credential(Secret(half.read_text()))

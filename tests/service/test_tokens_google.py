"""google-auth against a token endpoint: what is signed, what comes back, and each refusal in words."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.secrets import Secret, SecretError
from service.tokens_google import GoogleTokens, SubjectError, key_file
from service.wire import BlockingWire
from simulation.google.keys import ServiceAccount

ACCOUNT = ServiceAccount()


@asynccontextmanager
async def endpoint(
    status: int, answer: Mapping[str, Any], seen: list[dict[str, Any]], **knobs: Any
) -> AsyncIterator[GoogleTokens]:
    """Tokens from an endpoint that gives ``answer`` to everybody and keeps the claims it was shown."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        form = parse_qs((await reader.readexactly(length)).decode())
        seen.append(jwt.decode(form["assertion"][0], options={"verify_signature": False}))
        body = json.dumps(answer).encode()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    wire = BlockingWire()
    scopes = ("https://scope/a",)
    try:
        yield GoogleTokens(wire, account=ACCOUNT.file(url), subject="ann@northwind.example", scopes=scopes, **knobs)
    finally:
        wire.close()
        server.close()


async def test_the_account_speaks_for_the_subject() -> None:
    seen: list[dict[str, Any]] = []
    async with endpoint(200, {"access_token": "t", "expires_in": 3599, "token_type": "Bearer"}, seen) as tokens:
        token, lifetime = await asyncio.to_thread(tokens.fetch)
    assert token.reveal() == "t"
    assert 3500 < lifetime <= 3600
    (claims,) = seen
    assert (claims["iss"], claims["sub"], claims["scope"]) == (
        ACCOUNT.email,
        "ann@northwind.example",
        "https://scope/a",
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("unauthorized_client", "delegation is missing"),
        ("invalid_grant", "does not know the subject"),
        ("invalid_client", "does not exist any more"),
        ("something_new", r"refuses a token \(something_new\)"),
    ],
)
async def test_each_refusal_in_words(error: str, words: str) -> None:
    async with endpoint(401, {"error": error, "error_description": "hunter2"}, []) as tokens:
        with pytest.raises(PeerError, match=words) as raised:
            await tokens.bearer()
    assert raised.value.reason is Reason.UNAUTHORIZED
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("error", "description", "reason"),
    [
        ("invalid_grant", "Invalid email or User ID", Reason.NO_SUCH_MAILBOX),
        ("invalid_grant", "User is suspended", Reason.NO_ACCESS),
        ("access_denied", "Account restricted", Reason.NO_ACCESS),
        ("something_new", "", Reason.NO_ACCESS),
        ("invalid_grant", "Invalid JWT Signature.", None),
        ("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)", None),
        ("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method", None),
        ("invalid_client", "The OAuth client was not found.", None),
        ("temporarily_unavailable", "", None),
    ],
)
async def test_a_refusal_of_whoever_was_asked_about_is_told_apart_from_one_of_the_account(
    error: str, description: str, reason: Reason | None
) -> None:
    refusal = {"error": error, "error_description": description}
    async with endpoint(400, refusal, [], subject_is_asked=True) as tokens:
        for _ in range(2):  # the second is remembered
            with pytest.raises(PeerError) as raised:
                await tokens.bearer()
            assert isinstance(raised.value, SubjectError) == (reason is not None)
            assert raised.value.reason is (reason or Reason.UNAUTHORIZED)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not JSON"), ("[]", "lacks client_email"), ('{"client_email": "a", "token_uri": "b"}', "lacks private_key")],
)
def test_what_is_no_key_file(text: str, words: str) -> None:
    with pytest.raises(SecretError, match=words):
        key_file(Secret(text))


@pytest.mark.parametrize("url", ["https://x", "http://127.0.0.1:8080/token", "http://localhost/token", "http://[::1]/"])
def test_a_key_file(url: str) -> None:
    assert key_file(Secret(json.dumps(ACCOUNT.file(url))))["client_email"] == ACCOUNT.email


@pytest.mark.parametrize("url", ["http://evil.example/token", "http://10.0.0.5/token", "ftp://x", "http://[", "token"])
def test_what_is_signed_goes_nowhere_over_plain_http(url: str) -> None:
    with pytest.raises(SecretError, match="no https address in token_uri"):
        key_file(Secret(json.dumps(ACCOUNT.file(url))))

"""Who comes in at the simulated Exchange: by which scheme, on which connection, bound to which certificate."""

import base64
import struct

import aiohttp
import pytest
import spnego

from simulation.estate import Estate
from simulation.exchange import ExchangeServer, SignIn
from simulation.exchange.server import FEDERATION
from simulation.exchange.sign_in import is_bound, pairs_of


async def posted(
    session: aiohttp.ClientSession, server: ExchangeServer, authorization: str = ""
) -> tuple[int, list[str]]:
    headers = {"Authorization": authorization} if authorization else {}
    async with session.post(server.autodiscover_url, headers=headers) as response:
        await response.read()
        return response.status, response.headers.getall("WWW-Authenticate", [])


def text(scheme: str, token: bytes | None) -> str:
    return f"{scheme} {base64.b64encode(token or b'').decode()}"


async def test_what_is_offered(estate: Estate) -> None:
    sign_in = SignIn(["Negotiate", "NTLM", "Basic"])
    async with ExchangeServer(estate, sign_in=sign_in) as server, aiohttp.ClientSession() as session:
        for authorization in ("", "Digest x", "NTLM !", "NTLM AAAA", "Basic !", "Bearer x"):
            status, challenges = await posted(session, server, authorization)
            assert (status, challenges) == (401, ["Negotiate", "NTLM", 'Basic realm="mail.fabrikam.example"'])


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
async def test_a_connection_is_signed_in_and_no_other(estate: Estate, scheme: str) -> None:
    async with ExchangeServer(estate, sign_in=SignIn([scheme])) as server, aiohttp.ClientSession() as session:
        context = spnego.client(FEDERATION.username, FEDERATION.password, hostname="x", service="HTTP", protocol="ntlm")
        status, [challenge] = await posted(session, server, text(scheme, context.step()))
        assert status == 401
        answer = context.step(base64.b64decode(challenge.partition(" ")[2]))
        assert (await posted(session, server, text(scheme, answer)))[0] == 200
        assert (await posted(session, server))[0] == 200  # the same connection
        async with aiohttp.ClientSession() as other:
            assert (await posted(other, server))[0] == 401
            assert (await posted(other, server, text(scheme, answer)))[0] == 401  # and no answer to another challenge
        assert (server.sign_in.handshakes, server.sign_in.refusals) == (2, 1)


async def test_where_protection_is_required_what_is_bound_to_nothing_is_refused(estate: Estate) -> None:
    sign_in = SignIn(["NTLM"], certificate=b"any")
    async with ExchangeServer(estate, sign_in=sign_in) as server, aiohttp.ClientSession() as session:
        context = spnego.client(FEDERATION.username, FEDERATION.password, hostname="x", protocol="ntlm")
        _, [challenge] = await posted(session, server, text("NTLM", context.step()))
        answer = context.step(base64.b64decode(challenge.partition(" ")[2]))
        assert (await posted(session, server, text("NTLM", answer)))[0] == 401


async def test_bearer(estate: Estate) -> None:
    sign_in = SignIn(["Bearer"], bearer={"good": FEDERATION}.get)
    async with ExchangeServer(estate, sign_in=sign_in) as server, aiohttp.ClientSession() as session:
        assert (await posted(session, server, "Bearer good"))[0] == 200
        assert await posted(session, server, "Bearer bad") == (401, ["Bearer"])


def test_target_information_is_read_up_to_its_end() -> None:
    data = struct.pack("<HH4sHH", 10, 4, b"abcd", 9, 0) + struct.pack("<HH", 0, 0) + struct.pack("<HH", 1, 9)
    assert pairs_of(data) == {10: b"abcd", 9: b""}
    assert pairs_of(b"\1") == {}


@pytest.mark.parametrize(("named", "bound"), [(b"", False), (bytes(16), False), (b"0123456789abcdef", True)])
@pytest.mark.parametrize("wrapped", [b"", b"\x60\x30"])
def test_zeros_name_no_channel(named: bytes, bound: bool, wrapped: bytes) -> None:
    response = bytes(16 + 28) + struct.pack("<HH", 10, len(named)) + named + struct.pack("<HH", 0, 0)
    head = b"NTLMSSP\0" + struct.pack("<I", 3) + bytes(8) + struct.pack("<HHI", len(response), len(response), 28)
    assert is_bound(wrapped + head + response) is bound

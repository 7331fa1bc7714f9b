"""The forwarding of the simulated Gmail, over its own wire."""

import aiohttp

from protocols.google.mail_forwarding import SCOPES
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.mail_forwarding import ADDRESSES, AUTO, SEND_AS
from tests.simulation.google.asking import ACCOUNT, LOOKER, Asker

HOME = "jack@home.example"


async def test_only_an_address_that_was_accepted_is_forwarded_to(estate: Estate) -> None:
    account = ServiceAccount(scopes=SCOPES)
    async with GoogleServer(estate, account=account) as server, aiohttp.ClientSession() as session:
        token = await Asker(server, session).token(key=account.key, iss=account.email, scope=" ".join(SCOPES))
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        wanted = {"enabled": True, "emailAddress": HOME, "disposition": "archive"}

        async def asked(method: str, path: str, body: object = None) -> int:
            async with session.request(method, f"{server.url}{path}", json=body, headers=headers) as answer:
                return answer.status

        assert await asked("PUT", AUTO, wanted) == 400
        server.forwarding.verifies = True
        assert await asked("POST", ADDRESSES, {"forwardingEmail": HOME}) == 200
        assert await asked("PUT", AUTO, wanted) == 400
        server.forwarding.allowed[LOOKER][HOME] = "accepted"
        assert await asked("POST", ADDRESSES, {"forwardingEmail": HOME}) == 409
        assert await asked("PUT", AUTO, {**wanted, "disposition": "eat"}) == 400
        assert await asked("PUT", AUTO, wanted) == 200
        assert server.forwarding.auto == {LOOKER: wanted}
        assert await asked("PUT", AUTO, {"enabled": False}) == 200
        assert server.forwarding.auto == {}


async def test_without_the_scope_nothing_is_changed(estate: Estate) -> None:
    async with GoogleServer(estate, account=ACCOUNT) as server, aiohttp.ClientSession() as session:
        headers = await Asker(server, session).header(LOOKER)
        async with session.put(f"{server.url}{AUTO}", json={"enabled": False}, headers=headers) as answer:
            assert answer.status == 403


async def test_what_a_user_sends_as(estate: Estate) -> None:
    account = ServiceAccount(scopes=SCOPES)
    async with GoogleServer(estate, account=account) as server, aiohttp.ClientSession() as session:
        token = await Asker(server, session).token(key=account.key, iss=account.email, scope=" ".join(SCOPES))
        server.forwarding.aliases[LOOKER] = ["another@northwind.example"]
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        async with session.get(f"{server.url}{SEND_AS}", headers=headers) as answer:
            told = await answer.json()
        assert [each["sendAsEmail"] for each in told["sendAs"]] == [LOOKER, "another@northwind.example"]

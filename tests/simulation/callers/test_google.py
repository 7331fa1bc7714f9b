"""Calendar Interop asks as Google does."""

from datetime import UTC, datetime

from protocols.model.window import TimeWindow
from simulation.callers import GoogleCaller, role_accounts
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from tests.clients.blocks import block, expected

PERSON = "amelia.fraser@fabrikam.example"
START = datetime.fromisoformat("2026-10-20T00:00")
END = datetime.fromisoformat("2026-11-10T00:00")


async def test_google_takes_its_accounts_in_turn(estate: Estate) -> None:
    names = role_accounts("fabrikam.example")
    assert len(set(names)) == 11
    accounts = tuple(Account(name, "one for all") for name in names)
    async with (
        ExchangeServer(estate, accounts=accounts) as server,
        GoogleCaller(url=server.ews_url, usernames=names, password="one for all") as caller,
    ):
        window = TimeWindow(START.replace(tzinfo=UTC), END.replace(tzinfo=UTC))
        for _ in range(12):
            seen, unknown = await caller.availability([PERSON, "nobody@fabrikam.example"], window.start, window.end)
            assert sorted(block(*each) for each in seen.intervals) == expected(estate, PERSON, window)
            assert unknown.code == "ErrorMailRecipientNotFound"
        assert [call.user for call in server.calls] == [*names, names[0]]
        assert all("soapaction" not in call.headers and b"<SOAP-ENV:Body>" in call.body for call in server.calls)

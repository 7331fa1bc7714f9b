"""The Availability service goes from the contact to the truth, or says what failed."""

from datetime import UTC, datetime

from protocols.model.window import TimeWindow
from simulation.callers import AddressSpace, ExchangeCaller
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import FEDERATION
from simulation.faults import Trouble
from tests.clients.blocks import block, expected

PERSON = "amelia.fraser@fabrikam.example"
CONTACT = "amelia.fraser@contoso.example"
START = datetime.fromisoformat("2026-10-20T00:00")
END = datetime.fromisoformat("2026-11-10T00:00")


def space(
    server: ExchangeServer, domain: str = "fabrikam.example", password: str = FEDERATION.password
) -> AddressSpace:
    url = server.autodiscover_url
    return AddressSpace(domain=domain, autodiscover_url=url, username=FEDERATION.username, password=password)


async def test_exchange_goes_from_the_contact_to_the_truth(estate: Estate) -> None:
    async with (
        ExchangeServer(estate) as server,
        ExchangeCaller(address_spaces=(space(server),), contacts={CONTACT: PERSON}, zone="Europe/Berlin") as caller,
    ):
        seen = await caller.availability([CONTACT, "a@elsewhere.example", PERSON], START, END)
        first, unknown, last = seen
        window = TimeWindow(datetime(2026, 10, 19, 22, tzinfo=UTC), datetime(2026, 11, 9, 23, tzinfo=UTC))
        assert sorted(block(*each) for each in first.intervals) == expected(estate, PERSON, window)
        assert first.address == PERSON
        assert last.intervals == first.intervals
        assert (unknown.known, unknown.code) == (False, "ErrorAddressSpaceNotFound")
        assert [(call.path.lower(), call.status) for call in server.calls] == [
            ("/autodiscover/autodiscover.xml", 401),
            ("/autodiscover/autodiscover.xml", 200),
            ("/ews/exchange.asmx", 401),
            ("/ews/exchange.asmx", 200),
        ]
        discover, ask = server.calls[1], server.calls[3]
        assert discover.headers["user-agent"] == "ASAutoDiscover/CrossForest/EmailDomain"
        assert ask.headers["user-agent"].startswith("ASProxy/CrossForest/EmailDomain/EXCH/15.02.")
        assert ask.headers["expect"] == "100-continue"
        assert b"<t:RequestType>CrossForest</t:RequestType>" in ask.body
        assert b"<t:StartTime>2026-10-20T00:00:00</t:StartTime>" in ask.body


async def test_exchange_tells_what_failed(estate: Estate) -> None:
    async with ExchangeServer(estate) as server:
        spaces = (space(server, password="wrong"), space(server, "fabrikam.test"))
        async with ExchangeCaller(address_spaces=spaces) as caller:
            refused, stranger = await caller.availability([PERSON, "x@fabrikam.test"], START, END)
            assert (refused.code, stranger.code) == ("ErrorAutoDiscoverFailed", "ErrorAutoDiscoverFailed")
        async with ExchangeCaller(address_spaces=(space(server),)) as caller:
            for trouble, code in {
                Trouble.RESET: "ErrorProxyRequestProcessingFailed",
                Trouble.THROTTLED: "ErrorServerBusy",
                Trouble.TRUNCATED: "Unreadable",
                Trouble.WRONG_COUNT: "WrongCount",
                Trouble.HTML: "Unreadable",
            }.items():
                server.faults.trouble = trouble
                (seen,) = await caller.availability([PERSON], START, END)
                assert (seen.code, seen.intervals) == (code, [])

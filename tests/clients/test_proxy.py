"""Three EWS clients ask the proxy about people of all three systems at once and must see the truth, to the minute."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
import zeep

from protocols.model.window import TimeWindow
from simulation.estate import Estate
from tests.clients import exchangelib_client, node_client, zeep_client
from tests.clients.blocks import Answer, Block, expected, expected_busy
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.estate_proxy import ASSISTANT_CALLER, OUTSIDE_CALLER, PASSWORD, EstateProxy, estate_proxy

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
CONTOSO = ("anna.schneider@contoso.example", "grace.miller@contoso.example", "olivia.hughes@contoso.example",
           "arjun.banerjee@contoso.example", "room.elbe@contoso.example", "dispatch@contoso.example")  # fmt: skip
NORTHWIND = ("clara.hoffmann@northwind.example", "emily.foster@northwind.example", "jack.thompson@northwind.example",
             "ananya.sen@northwind.example", "c_aurora@resource.calendar.google.com")  # fmt: skip
FABRIKAM = ("frieda.lang@fabrikam.example", "brian.sullivan@fabrikam.example", "amelia.fraser@fabrikam.example",
            "indrani.roy@fabrikam.example", "room.hudson@fabrikam.example", "dispatch@fabrikam.example")  # fmt: skip
KNOWN = (*CONTOSO, *NORTHWIND, *FABRIKAM)
UNKNOWN = ("nobody@contoso.example", "nobody@northwind.example", "nobody@fabrikam.example", "ann@elsewhere.example")
ASKED = [FABRIKAM[0], UNKNOWN[0], *KNOWN, *UNKNOWN[1:], NORTHWIND[0], FABRIKAM[0].upper()]
REFUSED = "ErrorNoFreeBusyAccess"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    async with estate_proxy(tmp_path_factory.mktemp("proxy"), estate) as here:
        yield here


def with_exchangelib(here: EstateProxy, caller: str, zone: str, season: str) -> list[Answer]:
    start, end = SEASONS[season]
    return exchangelib_client.free_busy(
        here.ews_url, caller, PASSWORD, ASKED, start, end, zone, ca=str(here.ca), view="DetailedMerged"
    )


def with_zeep(here: EstateProxy, caller: str, zone: str, season: str) -> list[Answer]:
    start, end = SEASONS[season]
    return zeep_client.free_busy(
        here.wsdl_url, here.ews_url, caller, PASSWORD, ASKED, start, end, zone, ca=str(here.ca)
    )


def with_node(here: EstateProxy, caller: str, zone: str, season: str) -> list[Answer]:
    start, end = SEASONS[season]
    return node_client.free_busy(here.ews_url, caller, PASSWORD, ASKED, start, end, zone, ca=str(here.ca))


Client = Callable[[EstateProxy, str, str, str], list[Answer]]
CLIENTS: dict[str, Client] = {"exchangelib": with_exchangelib, "zeep": with_zeep, "ews-javascript-api": with_node}


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("client", CLIENTS)
async def test_an_assistant_sees_the_truth_of_all_three(here: EstateProxy, client: str, zone: str, season: str) -> None:
    answers = await asyncio.to_thread(CLIENTS[client], here, ASSISTANT_CALLER, zone, season)
    window = window_in(zone, season)
    # zeep, exchangelib and the script for node ask for details or blocks as they please; rooms are always bare
    blocks_only = client == "ews-javascript-api"
    check(here.estate, answers, window, merged={*NORTHWIND} if blocks_only else {NORTHWIND[-1]})


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("client", CLIENTS)
async def test_an_outsider_sees_the_same_time_taken(here: EstateProxy, client: str, zone: str, season: str) -> None:
    answers = await asyncio.to_thread(CLIENTS[client], here, OUTSIDE_CALLER, zone, season)
    check(here.estate, answers, window_in(zone, season), merged={*NORTHWIND})


def check(estate: Estate, answers: list[Answer], window: TimeWindow, *, merged: set[str]) -> None:
    """Each answer against the truth; of ``merged`` Google tells joined blocks, which may reach beyond the window."""
    assert len(answers) == len(ASKED)
    for asked, answer in zip(ASKED, answers, strict=True):
        address = asked.lower()
        if address in UNKNOWN:
            assert answer == REFUSED, asked
        elif address in merged:
            assert within(answer, window) == expected_busy(estate, address, window), asked
        else:
            assert answer == expected(estate, address, window), asked


def within(answer: Answer, window: TimeWindow) -> list[Block]:
    assert isinstance(answer, list)
    return [(max(start, window.start), min(end, window.end), status) for start, end, status in answer]

"""Three EWS clients ask the proxy about people of all three systems at once and must see the truth, to the minute."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import exchangelib.errors
import pytest
import pytest_asyncio
import requests
import zeep.exceptions
from lxml import etree

from protocols.model.freebusy import Detail
from protocols.model.window import TimeWindow
from simulation.estate import Estate, united
from tests.clients import exchangelib_client, node_client, zeep_client
from tests.clients.blocks import Answer, Block, expected, expected_busy
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.estate_proxy import (
    ASSISTANT_CALLER,
    OUTSIDE_CALLER,
    PASSWORD,
    PRECISE_CALLER,
    EstateProxy,
    estate_proxy,
)

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
CONTOSO = ("anna.schneider@contoso.example", "grace.miller@contoso.example", "olivia.hughes@contoso.example",
           "arjun.banerjee@contoso.example", "room.elbe@contoso.example")  # fmt: skip
NORTHWIND = ("clara.hoffmann@northwind.example", "emily.foster@northwind.example", "jack.thompson@northwind.example",
             "ananya.sen@northwind.example", "c_aurora@resource.calendar.google.com")  # fmt: skip
FABRIKAM = ("frieda.lang@fabrikam.example", "brian.sullivan@fabrikam.example", "amelia.fraser@fabrikam.example",
            "indrani.roy@fabrikam.example", "room.hudson@fabrikam.example")  # fmt: skip
DISPATCH = ["dispatch@contoso.example", "dispatch@northwind.example", "dispatch@fabrikam.example"]
KNOWN = (*CONTOSO, *NORTHWIND, *FABRIKAM)
UNKNOWN = ("nobody@contoso.example", "nobody@northwind.example", "nobody@fabrikam.example", "ann@elsewhere.example")
ASKED = [FABRIKAM[0], *KNOWN, NORTHWIND[0], FABRIKAM[0].upper()]
MIXED = [FABRIKAM[0], UNKNOWN[0], CONTOSO[0], *UNKNOWN[1:], NORTHWIND[0]]


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
    check(here.estate, answers, window_in(zone, season), merged={NORTHWIND[-1]})  # rooms are bare for everybody


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("client", CLIENTS)
async def test_an_outsider_sees_the_same_time_taken(here: EstateProxy, client: str, zone: str, season: str) -> None:
    answers = await asyncio.to_thread(CLIENTS[client], here, OUTSIDE_CALLER, zone, season)
    check(here.estate, answers, window_in(zone, season), merged={*NORTHWIND})


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("client", [exchangelib_client, node_client], ids=["exchangelib", "ews-javascript-api"])
async def test_a_calendar_too_full_for_one_answer_is_told_whole(
    here: EstateProxy, client: Any, zone: str, season: str
) -> None:
    """Round the clock, so the hour that comes twice is in it: with their offsets its times are no riddle."""
    start, end = SEASONS[season]
    answers = await asyncio.to_thread(
        client.free_busy, here.ews_url, PRECISE_CALLER, PASSWORD, DISPATCH, start, end, zone, ca=str(here.ca)
    )
    window = window_in(zone, season)
    for address, answer in zip(DISPATCH, answers, strict=True):
        blocks = [TimeWindow(start, end) for start, end, _ in within(answer, window)]
        assert united(blocks, window) == here.estate.expected_busy(address, window), address


@pytest.mark.parametrize("zone", ZONES)
async def test_subjects_and_places_are_seen_by_the_assistant_but_for_what_is_private(
    here: EstateProxy, zone: str
) -> None:
    start, end = SEASONS["autumn"]
    people = [person for person in here.estate.people if person.number in (2, 4, 5)]
    asked = [person.address for person in people]

    async def ask(caller: str) -> list[list[exchangelib_client.Subject] | None]:
        arguments = (here.ews_url, caller, PASSWORD, asked, start, end, zone)
        return await asyncio.to_thread(exchangelib_client.subjects, *arguments, ca=str(here.ca))

    window, seen = window_in(zone, "autumn"), []
    for address, answer in zip(asked, await ask(ASSISTANT_CALLER), strict=True):
        assert answer is not None
        assert sorted(answer, key=repr) == sorted(subjects(here.estate, address, window), key=repr), address
        seen += answer
    assert any(private for *_, private in seen)
    assert any(subject for _, subject, *_ in seen)
    assert all(subject is place is None for _, subject, place, private in seen if private)
    assert await ask(OUTSIDE_CALLER) == [None] * len(asked)


async def test_who_is_not_known_spoils_nobody_elses_answer(here: EstateProxy) -> None:
    start, end = SEASONS["autumn"]
    window = window_in(ZONES[0], "autumn")
    truth = {address: expected(here.estate, address, window) for address in MIXED if address not in UNKNOWN}
    arguments = (here.ews_url, ASSISTANT_CALLER, PASSWORD, MIXED, start, end, ZONES[0])
    for answers in (
        await asyncio.to_thread(zeep_client.free_busy, here.wsdl_url, *arguments, ca=str(here.ca)),
        await asyncio.to_thread(node_client.free_busy, *arguments, ca=str(here.ca)),
    ):
        assert answers == [truth.get(address, "ErrorNoFreeBusyAccess") for address in MIXED]
    # exchangelib gives up at this code, from whatever server it comes; Exchange answers it for a closed calendar
    with pytest.raises(exchangelib.errors.ErrorNoFreeBusyAccess):
        await asyncio.to_thread(exchangelib_client.free_busy, *arguments, ca=str(here.ca))


@pytest.mark.parametrize("address", [CONTOSO[0], NORTHWIND[0], FABRIKAM[0], "anybody@northwind.example"])
async def test_autodiscover_leads_to_the_proxy(here: EstateProxy, address: str) -> None:
    arguments = (here.settings_url, OUTSIDE_CALLER, PASSWORD, address)
    found, _ = await asyncio.to_thread(exchangelib_client.discovered, *arguments, ca=str(here.ca))
    assert found == here.ews_url
    assert await asyncio.to_thread(node_client.discovered, *arguments, ca=str(here.ca)) == here.ews_url


async def test_autodiscover_knows_no_other_domain(here: EstateProxy) -> None:
    arguments = (here.settings_url, OUTSIDE_CALLER, PASSWORD, "ann@elsewhere.example")
    found, error = await asyncio.to_thread(exchangelib_client.discovered, *arguments, ca=str(here.ca))
    assert found is None
    assert error in {"InvalidUser", "InvalidDomain"}


async def test_the_description_leads_to_the_proxy(here: EstateProxy) -> None:
    answer = await asyncio.to_thread(requests.get, here.wsdl_url, verify=str(here.ca), timeout=10)
    address = next(etree.fromstring(answer.content).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"))
    assert address.get("location") == here.ews_url


async def test_a_wrong_password_reaches_each_client_as_such(here: EstateProxy) -> None:
    start, end = SEASONS["autumn"]
    arguments = (here.ews_url, OUTSIDE_CALLER, "wrong", [CONTOSO[0]], start, end, ZONES[0])
    (answer,) = await asyncio.to_thread(node_client.free_busy, *arguments, ca=str(here.ca))
    assert "401" in str(answer)
    with pytest.raises(exchangelib.errors.UnauthorizedError):
        await asyncio.to_thread(exchangelib_client.free_busy, *arguments, ca=str(here.ca))
    with pytest.raises(zeep.exceptions.TransportError, match="401"):
        await asyncio.to_thread(zeep_client.free_busy, here.wsdl_url, *arguments, ca=str(here.ca))


def subjects(estate: Estate, address: str, window: TimeWindow) -> list[exchangelib_client.Subject]:
    """What details show of ``address``."""
    found = []
    for interval in estate.expected(address, window, Detail.DETAILS):
        shown = interval.details
        assert shown is not None
        found.append((interval.window.start, shown.subject, shown.location, shown.private))
    return found


def check(estate: Estate, answers: list[Answer], window: TimeWindow, *, merged: set[str]) -> None:
    """Each answer against the truth; of ``merged`` Google tells joined blocks, which may reach beyond the window."""
    assert len(answers) == len(ASKED)
    for asked, answer in zip(ASKED, answers, strict=True):
        address = asked.lower()
        if address in merged:
            assert within(answer, window) == expected_busy(estate, address, window), asked
        else:
            assert answer == expected(estate, address, window), asked


def within(answer: Answer, window: TimeWindow) -> list[Block]:
    assert isinstance(answer, list)
    return [(max(start, window.start), min(end, window.end), status) for start, end, status in answer]

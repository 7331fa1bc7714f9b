"""google-api-python-client and curl ask the proxy about people of all three systems and must see the truth."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import google.auth.exceptions
import pytest
import pytest_asyncio

from simulation.estate import Estate
from tests.clients import dialect_clients
from tests.clients.blocks import expected_busy
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.dialect_estate import KNOWN, UNKNOWN, Dialects, dialects
from tests.clients.estate_proxy import OUTSIDE_CALLER, PASSWORD

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # httplib2 and its parser of headers call each other by names that the parser has renamed
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    # googleapiclient leaves the connections of httplib2 to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    # dialect_clients drives msgraph too, which declares classes of its own that it has deprecated
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dialects]:
    async with dialects(tmp_path_factory.mktemp("proxy"), estate) as running:
        yield running


def _window(zone: str, season: str) -> tuple[datetime, datetime]:
    start, end = SEASONS[season]
    return start.replace(tzinfo=ZoneInfo(zone)), end.replace(tzinfo=ZoneInfo(zone))


async def _seen(
    running: Dialects, bearer: str, asked: list[str], zone: str, season: str, *, answered_in: str = ""
) -> list[Any]:
    arguments = (running.here.url, bearer, asked, _window(zone, season), answered_in or zone)
    return list(await asyncio.to_thread(dialect_clients.google, *arguments, ca=running.here.ca))


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_googles_client_sees_the_truth_with_a_token_of_ours(
    running: Dialects, estate: Estate, zone: str, season: str
) -> None:
    bearer = await asyncio.to_thread(running.own)
    asked = [KNOWN[0], *UNKNOWN, *KNOWN[1:]]
    truth = {address: expected_busy(estate, address, window_in(zone, season)) for address in KNOWN}
    assert any(truth.values())
    seen = await _seen(running, bearer, asked, zone, season)
    assert seen == [truth.get(address, "notFound") for address in asked]


async def test_googles_client_sees_the_truth_with_a_token_of_the_issuer(running: Dialects, estate: Estate) -> None:
    bearer = await asyncio.to_thread(running.theirs)
    truth = [expected_busy(estate, address, window_in("UTC", "autumn")) for address in KNOWN]
    assert await _seen(running, bearer, list(KNOWN), "UTC", "autumn") == truth


async def test_googles_client_understands_what_is_wrong(running: Dialects) -> None:
    bearer = await asyncio.to_thread(running.own)
    assert await _seen(running, bearer, [KNOWN[0]], "UTC", "autumn", answered_in="Mars") == ["HTTP 400 invalid"]
    elsewhere = await asyncio.to_thread(running.theirs, "https://elsewhere.example")
    with pytest.raises(google.auth.exceptions.RefreshError):  # it read 401 and would fetch a new token
        await _seen(running, elsewhere, [KNOWN[0]], "UTC", "autumn")


async def test_curl_sees_blocks_and_no_subject(running: Dialects, estate: Estate) -> None:
    start, end = _window("UTC", "autumn")
    body = {"timeMin": start.isoformat(), "timeMax": end.isoformat(), "items": [{"id": each} for each in KNOWN]}
    url = f"{running.here.url}/calendar/v3/freeBusy?alt=json"
    login = f"{OUTSIDE_CALLER}:{PASSWORD}"
    told = await asyncio.to_thread(dialect_clients.curl, url, body, ca=running.here.ca, login=login)
    assert list(told["calendars"]) == list(KNOWN)
    for address, calendar in told["calendars"].items():
        assert set(calendar) == {"busy"}
        assert len(calendar["busy"]) == len(expected_busy(estate, address, window_in("UTC", "autumn")))
        assert all(set(each) == {"start", "end"} for each in calendar["busy"])
    refused = await asyncio.to_thread(dialect_clients.curl, url, body, ca=running.here.ca, bearer="x")
    assert refused["error"]["status"] == "UNAUTHENTICATED"

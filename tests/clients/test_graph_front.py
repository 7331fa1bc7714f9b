"""msgraph-sdk and curl ask the proxy about people of all three systems, as /me and as a user, and see the truth."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from protocols.model.freebusy import Detail
from simulation.estate import Estate
from tests.clients import dialect_clients
from tests.clients.blocks import expected
from tests.clients.conftest import SEASONS, ZONES, window_in
from tests.clients.dialect_estate import KNOWN, UNKNOWN, Dialects, dialects
from tests.clients.estate_proxy import OUTSIDE_CALLER, PASSWORD

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # both declare classes of their own that they have deprecated
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]
REFUSED = "ErrorNoFreeBusyAccess"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dialects]:
    async with dialects(tmp_path_factory.mktemp("proxy"), estate) as running:
        yield running


async def _seen(
    running: Dialects, bearer: str, asked: list[str], zone: str, season: str, user: str | None = None
) -> list[Any]:
    arguments = (running.here.url, bearer, asked, SEASONS[season], zone)
    return list(await asyncio.to_thread(dialect_clients.graph, *arguments, user=user, ca=running.here.ca))


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("zone", ZONES)
async def test_microsofts_client_sees_the_truth_with_a_token_of_the_issuer(
    running: Dialects, estate: Estate, zone: str, season: str
) -> None:
    bearer = await asyncio.to_thread(running.theirs)
    asked = [KNOWN[0], *UNKNOWN, *KNOWN[1:], KNOWN[0]]
    truth = {address: expected(estate, address, window_in(zone, season)) for address in KNOWN}
    assert any(truth.values())
    seen = await _seen(running, bearer, asked, zone, season)
    assert seen == [truth.get(address, REFUSED) for address in asked]


@pytest.mark.parametrize("user", ["anybody@elsewhere.example", "5d2f6a3e-8c1b-4f0e-9a77-0b6c5d4e3f21"])
async def test_the_user_in_the_path_gives_no_permission_and_takes_none(
    running: Dialects, estate: Estate, user: str
) -> None:
    bearer = await asyncio.to_thread(running.theirs)
    asked = [KNOWN[0], KNOWN[4], UNKNOWN[0]]
    truth = [expected(estate, address, window_in("UTC", "spring")) for address in asked[:2]]
    assert await _seen(running, bearer, asked, "UTC", "spring", user) == [*truth, REFUSED]


async def test_microsofts_client_understands_what_is_wrong(running: Dialects) -> None:
    bearer = await asyncio.to_thread(running.own)
    assert set(await _seen(running, bearer, [KNOWN[0]] * 101, "UTC", "autumn")) == {"ErrorMailboxDataArrayTooBig"}
    assert await _seen(running, bearer, [KNOWN[0]], "Mars", "autumn") == ["TimeZoneNotSupportedException"]
    elsewhere = await asyncio.to_thread(running.theirs, "https://elsewhere.example")
    assert await _seen(running, elsewhere, [KNOWN[0]], "UTC", "autumn") == ["InvalidAuthenticationToken"]


async def test_curl_sees_blocks_where_it_may_see_no_more_and_subjects_where_it_may(
    running: Dialects, estate: Estate
) -> None:
    start, end = SEASONS["autumn"]
    body: dict[str, Any] = {
        "Schedules": list(KNOWN),
        "StartTime": {"DateTime": start.isoformat(), "TimeZone": "UTC"},
        "EndTime": {"DateTime": end.isoformat(), "TimeZone": "UTC"},
        "AvailabilityViewInterval": 60,
    }
    url, ca = f"{running.here.url}/v1.0/me/calendar/getSchedule", running.here.ca
    bearer = await asyncio.to_thread(running.theirs)
    detailed = await asyncio.to_thread(dialect_clients.curl, url, body, ca=ca, bearer=bearer)
    login = f"{OUTSIDE_CALLER}:{PASSWORD}"
    plain = await asyncio.to_thread(dialect_clients.curl, url, body, ca=ca, login=login)
    truth = estate.expected(KNOWN[0], window_in("UTC", "autumn"), Detail.DETAILS)
    subjects = {each.details.subject for each in truth if each.details and each.details.subject}
    seen = {item.get("subject") for item in detailed["value"][0]["scheduleItems"]}
    assert subjects <= seen
    items = [item for schedule in plain["value"] for item in schedule["scheduleItems"]]
    assert items
    assert all(set(item) == {"status", "start", "end"} for item in items)
    assert len(plain["value"][0]["availabilityView"]) == (end - start).total_seconds() // 3_600
    refused = await asyncio.to_thread(dialect_clients.curl, url, body, ca=ca, bearer="x")
    assert refused["error"]["code"] == "InvalidAuthenticationToken"

"""The API lets those in who have a role, counts what they ask, and says so in Google's words."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_store import Mail
from tests.simulation.google.calendar_asking import ANN, JACK, KEY, event, weekly

SCOPE = "https://www.googleapis.com/auth/calendar.events"


class Asker:
    """Asks one server about one calendar."""

    def __init__(self, server: GoogleServer, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session
        self.calendars = server.calendars.store
        self.calendar = self.calendars.add(KEY, owner=JACK, zone="Europe/Zurich")

    async def __call__(
        self, method: str, path: str = "", body: Any = None, *, user: str = JACK, scope: str = SCOPE, **query: str
    ) -> tuple[int, Any]:
        token = self.server.tokens.issued(user, frozenset({scope}))
        etag = {"If-Match": query.pop("etag")} if "etag" in query else {}
        url = f"{self.server.url}/calendar/v3/calendars/{KEY}/events{path}?{urlencode(query)}"
        headers = {"Authorization": f"Bearer {token}", **etag}
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None


@pytest_asyncio.fixture
async def asked(estate: Estate) -> AsyncIterator[Asker]:
    async with GoogleServer(estate, account=ServiceAccount()) as server, aiohttp.ClientSession() as session:
        yield Asker(server, session)


def reason(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["errors"][0]["reason"]


async def test_an_event_from_its_first_to_its_last(asked: Asker) -> None:
    _, made = await asked("POST", body=event(attendees=[{"email": ANN}]), sendUpdates="none")
    path = f"/{made['id']}"
    _, told = await asked("PATCH", path, {"summary": "Other"}, etag=made["etag"], fields="summary", sendUpdates="none")
    assert told == {"summary": "Other"}
    assert reason(await asked("PATCH", path, {"summary": "Third"}, etag=made["etag"])) == (412, "conditionNotMet")
    _, whole = await asked("PUT", path, event(10, attendees=[{"email": ANN}]), sendNotifications="true")
    assert whole["summary"] == "Day 10"
    assert (await asked("GET", path))[1] == whole
    assert await asked("DELETE", path, sendUpdates="all") == (204, None)
    assert asked.calendars.mails == [Mail(what, made["id"], (ANN,)) for what in ("update", "cancellation")]
    assert reason(await asked("DELETE", path)) == (410, "deleted")
    assert (await asked("GET", path))[1]["status"] == "cancelled"


async def test_an_import_needs_its_uid(asked: Asker) -> None:
    assert reason(await asked("POST", "/import", event())) == (400, "required")
    status, made = await asked("POST", "/import", event(iCalUID="u@busyline"))
    assert (status, made["iCalUID"]) == (200, "u@busyline")
    assert reason(await asked("POST", "/import", event(iCalUID="u@busyline"))) == (409, "duplicate")


async def test_occurrences(asked: Asker) -> None:
    _, made = await asked("POST", body=weekly())
    path = f"/{made['id']}/instances"
    _, every = await asked("GET", path)
    assert len(every["items"]) == 4
    _, page = await asked("GET", path, maxResults="3")
    _, rest = await asked("GET", path, maxResults="3", pageToken=page["nextPageToken"])
    assert page["items"] + rest["items"] == every["items"]
    _, one = await asked("GET", path, originalStart="2026-11-16T09:00:00Z")
    [found] = one["items"]
    await asked("DELETE", f"/{found['id']}")
    assert len((await asked("GET", path))[1]["items"]) == 3
    _, gone = await asked("GET", path, originalStart="2026-11-16T10:00:00+01:00", showDeleted="true")
    assert [each["status"] for each in gone["items"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("role", "scope", "reading", "writing"),
    [
        ("owner", "calendar.events", 200, 200),
        ("writer", "calendar", 200, 200),
        ("reader", "calendar.events", 200, 403),
        ("owner", "calendar.readonly", 200, 403),
        ("owner", "calendar.freebusy", 403, 403),
        ("", "calendar.events", 404, 404),
    ],
)
async def test_who_may_what(asked: Asker, role: str, scope: str, reading: int, writing: int) -> None:
    asked.calendar.roles = {JACK: role} if role else {}
    scope = f"https://www.googleapis.com/auth/{scope}"
    assert (await asked("GET", scope=scope))[0] == reading
    assert (await asked("POST", body=event(), scope=scope))[0] == writing


async def test_a_quota_that_is_used_up(asked: Asker) -> None:
    asked.calendars.quota = 1
    assert (await asked("GET"))[0] == 200
    status, told = await asked("GET")
    assert (status, told["error"]["errors"][0]["domain"]) == (403, "usageLimits")


async def test_what_is_no_method(asked: Asker) -> None:
    assert reason(await asked("PUT", body={})) == (404, "notFound")
    assert reason(await asked("POST", body=[])) == (400, "parseError")


async def test_a_calendar_that_is_removed_is_not_there(asked: Asker) -> None:
    del asked.calendars.all[KEY]
    for answer in (await asked("GET", singleEvents="true"), await asked("POST", "/import", {})):
        assert reason(answer) == (404, "notFound")


async def test_the_people_of_the_estate_have_their_own(asked: Asker) -> None:
    assert not asked.server.calendars.knows(f"/calendar/v3/calendars/{JACK}/events")
    assert asked.server.calendars.knows(f"/calendar/v3/calendars/{KEY}/events/e1/instances")
    assert asked.server.calendars.knows("/calendar/v3/channels/stop")

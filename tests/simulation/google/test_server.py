"""The simulated Google keeps its limits, and shows each eye what it may see."""

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
import pytest_asyncio

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.keys import SCOPES

ACCOUNT = ServiceAccount()
LOOKER = "jack.thompson@northwind.example"
SHARER = "emre.demir@northwind.example"  # number 1 shows details
PERSON = "johanna.vogel@northwind.example"  # number 2 shows blocks, and has something private
HIDDEN = "victor.reyes@northwind.example"
DAY = {"timeMin": "2026-11-24T00:00:00Z", "timeMax": "2026-11-25T00:00:00Z"}


class Asker:
    """Asks one server with tokens of its service account."""

    def __init__(self, server: GoogleServer, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def token(self, subject: str = LOOKER, key: Any = None, **claims: object) -> dict[str, Any]:
        now = int(time.time())
        usual = {"iss": ACCOUNT.email, "aud": self.server.token_url, "iat": now, "exp": now + 3600}
        usual |= {"scope": " ".join(SCOPES)} | ({"sub": subject} if subject else {})
        assertion = jwt.encode(usual | claims, key or ACCOUNT.key, algorithm="RS256")
        return await self.granted(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)

    async def granted(self, **form: str) -> dict[str, Any]:
        async with self.session.post(self.server.token_url, data=form) as answer:
            return dict(await answer.json())

    async def freebusy(self, *ids: str, subject: str = LOOKER, **more: Any) -> tuple[int, dict[str, Any]]:
        question = DAY | {"items": [{"id": each} for each in ids]} | more
        url = f"{self.server.url}/calendar/v3/freeBusy"
        async with self.session.post(url, json=question, headers=await self.header(subject)) as answer:
            return answer.status, await answer.json()

    async def events(self, calendar: str, subject: str = LOOKER, **query: str) -> tuple[int, dict[str, Any]]:
        url = f"{self.server.url}/calendar/v3/calendars/{calendar}/events"
        params = DAY | {"singleEvents": "true"} | query
        async with self.session.get(url, params=params, headers=await self.header(subject)) as answer:
            return answer.status, await answer.json()

    async def header(self, subject: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {(await self.token(subject))['access_token']}"}


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    async with (
        GoogleServer(estate, account=ACCOUNT, refresh={"1//refresh": LOOKER}) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Asker(server, session)


def reason(answer: dict[str, Any]) -> str:
    return str(answer["error"]["errors"][0]["reason"])


async def test_tokens_go_to_those_who_prove_themselves(asker: Asker) -> None:
    assert "access_token" in await asker.token()
    assert (await asker.token("nobody@northwind.example"))["error_description"] == "Invalid email or User ID"
    assert (await asker.token(key=ServiceAccount().key))["error_description"] == "Invalid JWT Signature."
    assert (await asker.token(scope="https://www.googleapis.com/auth/drive"))["error"] == "unauthorized_client"
    assert (await asker.token(exp=int(time.time()) - 600))["error"] == "invalid_grant"
    assert (await asker.token(exp=int(time.time()) + 7200))["error"] == "invalid_grant"
    assert (await asker.token(aud="https://elsewhere.example"))["error"] == "invalid_grant"
    assert "access_token" in await asker.granted(grant_type="refresh_token", refresh_token="1//refresh")
    assert (await asker.granted(grant_type="refresh_token", refresh_token="1//other"))["error"] == "invalid_grant"
    asker.server.faults.tokens = Trouble.THROTTLED
    assert (await asker.token())["error"] == "temporarily_unavailable"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"timeMax": "2027-02-23T00:00:00Z"}, "timeRangeTooLong"),
        ({"timeMax": "2026-11-24T00:00:00Z"}, "timeRangeEmpty"),
        ({"timeMin": "2026-11-24T00:00:00"}, "badRequest"),
        ({"timeZone": "Mars/Olympus"}, "invalid"),
    ],
)
async def test_freebusy_refuses(asker: Asker, more: dict[str, str], why: str) -> None:
    status, answer = await asker.freebusy(PERSON, **more)
    assert (status, reason(answer)) == (400, why)


async def test_freebusy_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin: stand-up at 10:00, call at 11:30, physiotherapy at 17:00."""
    status, answer = await asker.freebusy(PERSON, "nobody@northwind.example", HIDDEN, timeZone="Europe/Berlin")
    assert status == 200
    assert answer["calendars"][PERSON]["busy"] == [
        {"start": "2026-11-24T05:00:00+01:00", "end": "2026-11-24T06:00:00+01:00"},  # the team meeting in Sydney
        {"start": "2026-11-24T10:00:00+01:00", "end": "2026-11-24T10:15:00+01:00"},
        {"start": "2026-11-24T11:30:00+01:00", "end": "2026-11-24T12:15:00+01:00"},
        {"start": "2026-11-24T17:00:00+01:00", "end": "2026-11-24T18:00:00+01:00"},
    ]
    for unseen in ("nobody@northwind.example", HIDDEN):
        assert answer["calendars"][unseen] == {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}


async def test_the_fifty_first_calendar_is_one_too_many(asker: Asker) -> None:
    names = [f"n{i}@northwind.example" for i in range(50)]
    _, answer = await asker.freebusy(*names, PERSON)
    assert answer["calendars"][PERSON]["errors"][0]["reason"] == "tooManyCalendarsRequested"


async def test_whose_eyes_see_what(asker: Asker) -> None:
    async def seen(calendar: str, subject: str) -> set[object]:
        _, answer = await asker.events(calendar, subject)
        return {event.get("summary") for event in answer["items"]} if "items" in answer else {reason(answer)}

    assert await seen(PERSON, LOOKER) == {None}
    assert "Physiotherapy" in await seen(PERSON, PERSON)
    assert "Stand-up" in await seen(SHARER, LOOKER)
    assert await seen(HIDDEN, LOOKER) == {"notFound"}
    assert None not in await seen("primary", HIDDEN)
    assert await seen(PERSON, "") == {"notFound"}  # the service account itself belongs to no domain


async def test_pages_follow_one_another_and_can_get_lost(asker: Asker, estate: Estate) -> None:
    dispatch = "dispatch@northwind.example"
    found: list[object] = []
    page: dict[str, Any] = {"nextPageToken": ""}
    while "nextPageToken" in page:
        _, page = await asker.events(dispatch, dispatch, maxResults="10", pageToken=page["nextPageToken"])
        found += page["items"]
    assert len(found) == 24
    asker.server.faults.trouble = Trouble.LOST_PAGE
    _, page = await asker.events(dispatch, dispatch, maxResults="10")
    status, _ = await asker.events(dispatch, dispatch, maxResults="10", pageToken=page["nextPageToken"])
    assert status == 500
    asker.server.faults.clear()
    status, answer = await asker.events(
        dispatch, dispatch, timeMax="2026-11-26T00:00:00Z", pageToken=page["nextPageToken"]
    )
    assert (status, reason(answer)) == (400, "invalid")


async def test_all_day_events_are_days_and_statuses_are_googles(asker: Asker) -> None:
    _, answer = await asker.events(SHARER, timeMax="2026-11-29T00:00:00Z")
    home = next(event for event in answer["items"] if event["eventType"] == "workingLocation")
    assert home["transparency"] == "transparent"
    hold = next(event for event in answer["items"] if event.get("summary") == "Hold: customer visit")
    assert [a["responseStatus"] for a in hold["attendees"] if a.get("self")] == ["tentative"]
    birthday = next(event for event in answer["items"] if "date" in event["start"])
    assert (birthday["start"], birthday["end"]) == ({"date": "2026-11-24"}, {"date": "2026-11-25"})
    assert answer["timeZone"] == "Europe/Berlin"


async def test_quotas_and_refused_tokens(asker: Asker) -> None:
    asker.server.faults.trouble = Trouble.THROTTLED
    status, answer = await asker.freebusy(PERSON)
    assert (status, answer["error"]["errors"][0]["domain"], reason(answer)) == (403, "usageLimits", "rateLimitExceeded")
    asker.server.faults.trouble = Trouble.DENIED
    status, answer = await asker.freebusy(PERSON)
    assert (status, reason(answer)) == (401, "authError")

"""The simulated Graph keeps its limits and speaks its dialect."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.graph import Application, GraphServer

ANCHOR = "anna.schneider@contoso.example"
PERSON = "leyla.yilmaz@contoso.example"
READER = Application(client_id="reader", roles=("Calendars.Read",))
BASIC = Application()
POWERLESS = Application(client_id="powerless", roles=("User.Read.All",))


def body(
    *schedules: str, start: str = "2026-11-24T00:00:00", end: str = "2026-11-25T00:00:00", **more: Any
) -> dict[str, Any]:
    times = {"startTime": {"dateTime": start, "timeZone": "UTC"}, "endTime": {"dateTime": end, "timeZone": "UTC"}}
    return {"schedules": list(schedules), **times, **more}


class Asker:
    """Asks one server, with a token where none is given."""

    def __init__(self, server: GraphServer, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def ask(
        self, question: dict[str, Any], *, token: str | None = None, user: str = f"users/{ANCHOR}", zone: str = ""
    ) -> tuple[int, dict[str, Any]]:
        token = token or self.server.tokens.issue(roles=BASIC.roles)
        headers = {"Authorization": f"Bearer {token}"} | ({"Prefer": f'outlook.timezone="{zone}"'} if zone else {})
        url = f"{self.server.url}/v1.0/{user}/calendar/getSchedule"
        async with self.session.post(url, json=question, headers=headers) as answer:
            return answer.status, await answer.json()

    async def token(self, **form: str) -> dict[str, Any]:
        form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"} | form
        async with self.session.post(f"{self.server.url}/{self.server.tenant}/oauth2/v2.0/token", data=form) as answer:
            return dict(await answer.json())


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    applications = (BASIC, READER, POWERLESS)
    async with GraphServer(estate, applications=applications) as server, aiohttp.ClientSession() as session:
        yield Asker(server, session)


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        (body(), 400, "ErrorMailboxDataArrayEmpty"),
        (body(*[PERSON] * 21), 400, "ErrorMailboxDataArrayTooBig"),
        (body(PERSON, end="2026-11-24T00:00:00"), 400, "ErrorInvalidTimeInterval"),
        (body(PERSON, start="2026-11-24T00:00:00Z"), 400, "ErrorInvalidTimeInterval"),
        (body(PERSON, end="2027-01-25T00:00:00"), 400, "ErrorTimeIntervalTooBig"),
        (body(PERSON, availabilityViewInterval=4), 400, "ErrorInvalidMergedFreeBusyInterval"),
        (body(PERSON, availabilityViewInterval=None), 500, "ErrorInternalServerError"),
    ],
)
async def test_limits_and_codes(asker: Asker, question: dict[str, Any], status: int, code: str) -> None:
    found, answer = await asker.ask(question)
    assert (found, answer["error"]["code"]) == (status, code)


async def test_who_may_ask(asker: Asker) -> None:
    tokens = asker.server.tokens
    assert (await asker.ask(body(PERSON), token="forged"))[0] == 401
    assert (await asker.ask(body(PERSON), token=tokens.issue(roles=POWERLESS.roles)))[0] == 403
    assert (await asker.ask(body(PERSON), user="users/nobody@contoso.example"))[0] == 404
    assert (await asker.ask(body(PERSON), user="me"))[0] == 400
    assert (await asker.ask(body(PERSON), user="me", token=tokens.issue(user=ANCHOR)))[0] == 200
    tokens.revoke_all()
    asker.server.faults.trouble = Trouble.DENIED
    assert (await asker.ask(body(PERSON)))[0] == 401


async def test_the_answer_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin, seen in Kolkata: the stand-up at 10:00 is at 14:30 there."""
    status, answer = await asker.ask(body(PERSON, "nobody@contoso.example"), zone="India Standard Time")
    assert status == 200
    known, unknown = answer["value"]
    assert known["scheduleItems"][0] == {
        "isPrivate": False,
        "status": "busy",
        "start": {"dateTime": "2026-11-24T14:30:00.0000000", "timeZone": "India Standard Time"},
        "end": {"dateTime": "2026-11-24T14:45:00.0000000", "timeZone": "India Standard Time"},
    }
    assert known["workingHours"]["startTime"] == "09:00:00.0000000"
    assert unknown["error"]["responseCode"] == "ErrorMailRecipientNotFound"


async def test_details_are_for_readers_and_never_of_private_events(asker: Asker) -> None:
    _, answer = await asker.ask(body(PERSON), token=asker.server.tokens.issue(roles=READER.roles))
    items = answer["value"][0]["scheduleItems"]
    assert "Stand-up" in {item.get("subject") for item in items}
    (private,) = [item for item in items if item["isPrivate"]]
    assert "subject" not in private
    assert "Physiotherapy" not in json.dumps(answer)


async def test_a_fifth_question_at_once_is_one_too_many(asker: Asker) -> None:
    asker.server.faults.latency = 0.05
    statuses = [status for status, _ in await asyncio.gather(*(asker.ask(body(PERSON)) for _ in range(6)))]
    assert sorted(statuses) == [200] * 4 + [429] * 2
    assert asker.server.most_at_once_per_mailbox[ANCHOR] == 4


async def test_secrets_and_assertions(asker: Asker) -> None:
    endpoint = f"{asker.server.url}/{asker.server.tenant}/oauth2/v2.0/token"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def asserted(header: dict[str, str], **claims: object) -> str:
        claims = {"iss": BASIC.client_id, "sub": BASIC.client_id, "aud": endpoint, "exp": time.time() + 600} | claims
        answer = await asker.token(
            client_id=BASIC.client_id,
            client_assertion=jwt.encode(claims, key, algorithm="RS256", headers=header),
            client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        return str(answer.get("token_type") or answer["error"])

    assert "access_token" in await asker.token(client_id=BASIC.client_id, client_secret=BASIC.secret)
    wrong = await asker.token(client_id=BASIC.client_id, client_secret="wrong")
    assert wrong["error_description"].startswith("AADSTS7000215")
    assert (await asker.token(client_id="other", client_secret=BASIC.secret))["error"] == "unauthorized_client"
    assert await asserted({"x5t": "abc"}) == "Bearer"
    assert await asserted({}) == "invalid_client"
    assert await asserted({"x5t": "abc"}, aud="https://elsewhere.example") == "invalid_client"
    assert await asserted({"x5t": "abc"}, exp=time.time() - 600) == "invalid_client"
    assert await asserted({"x5t": "abc"}, sub="other") == "invalid_client"


async def test_some_people_have_a_zone_of_their_own(asker: Asker) -> None:
    _, answer = await asker.ask(body("matthias.krueger@contoso.example", "grace.miller@contoso.example"))
    custom, named = (schedule["workingHours"]["timeZone"] for schedule in answer["value"])
    assert (custom["@odata.type"], custom["bias"]) == ("#microsoft.graph.customTimeZone", -60)
    assert named == {"name": "Eastern Standard Time"}

"""How the tests ask the simulated server, and whom."""

import time
from typing import Any

import aiohttp
import jwt

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


def reason(answer: dict[str, Any]) -> str:
    return str(answer["error"]["errors"][0]["reason"])

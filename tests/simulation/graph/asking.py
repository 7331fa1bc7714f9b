"""How the tests ask the simulated server, and whom."""

from typing import Any

import aiohttp

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

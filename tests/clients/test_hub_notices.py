"""`busyline serve` hears of what exchangelib does in a public folder and a calendar, and takes it to Google at once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from tests.calsync.spokes.google_calendar_world import CALENDAR, ESTATE, OWNER, SCOPES
from tests.clients import exchangelib_calendars
from tests.clients.exchangelib_calendars import Calendar
from tests.console.conftest import SERVER
from tests.console.test_hubs_served import YEARLY, begun, free_port, serving

pytestmark = [
    pytest.mark.client,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
SVC: Final = Account("svc@fabrikam.example", "of-the-service")
PATH: Final = "/Shared/Team"
PUBLIC: Final = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
HOUR: Final = timedelta(hours=1)
MAY: Final = "get = { create = true, change = true, delete = true }\n"
HUB: Final = """\
[hub_notifications]
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
[[hubs]]
name = "merger"
schedule = "{yearly}"
first = "by itself"
[hubs.spokes.north]
protocol = "google"
service_account = "file:google.json"
subject = "{owner}"
calendar = "{calendar}"
api_url = "{google}"
{may}
[hubs.spokes.team]
protocol = "ews"
url = "{exchange}"
mailbox = "{svc}"
impersonate = false
auth = {{ kind = "basic", username = "{svc}", password = "file:exchange.txt" }}
{folder}
{may}
"""
FOLDERS: Final = {
    "": "",
    PATH: f'public_folder = "{PATH}"\nhierarchy_mailbox = "{PUBLIC}"\ncontent_mailbox = "{PUBLIC}"\n',
}


@dataclass(frozen=True, slots=True)
class World:
    """``team`` does something by exchangelib; ``text`` is the configuration for a port."""

    google: CalendarApi
    exchange: ExchangeServer
    path: str
    text: Callable[[int], str]

    async def team(self, do: Callable[[Calendar], object]) -> None:
        """What somebody does in the folder."""
        headers = {"X-PublicFolderMailbox": PUBLIC, "X-AnchorMailbox": PUBLIC} if self.path else {}
        doing = partial(exchangelib_calendars.at, self.exchange.ews_url, (SVC.username, SVC.password), self.path)
        await asyncio.to_thread(doing, do, ca="", headers=headers)

    def north(self, what: str = "summary") -> list[str]:
        """What stands at Google."""
        events = self.google.store.all[CALENDAR].events.values()
        return sorted(str(each.get(what, "")) for each in events if each.get("status") != "cancelled")

    async def until(self, there: Callable[[], bool]) -> None:
        """Once it is so, which another process sees to."""
        async with asyncio.timeout(30):
            while not there():  # noqa: ASYNC110  it comes from another process
                await asyncio.sleep(0.01)


@asynccontextmanager
async def world(folder: Path, path: str) -> AsyncIterator[World]:
    desk = CalendarDesk([SVC.username])
    desk.public.tree = desk.public.anchor = PUBLIC
    desk.public_folder(PATH, content=PUBLIC)
    async with (
        GoogleServer(ESTATE, account=ServiceAccount(scopes=SCOPES)) as google,
        ExchangeServer(ESTATE, accounts=(SVC,), calendars=desk) as exchange,
    ):
        google.calendars = CalendarApi(partial(datetime.now, UTC))
        google.calendars.channels.plain = True
        google.calendars.store.add(CALENDAR, owner=OWNER, zone="Europe/Berlin")
        (folder / "google.json").write_text(google.service_account_file())
        (folder / "exchange.txt").write_text(SVC.password)
        text = partial(
            HUB.format, yearly=YEARLY, owner=OWNER, calendar=CALENDAR, google=google.url, svc=SVC.username, may=MAY,
            exchange=exchange.ews_url, folder=FOLDERS[path],
        )  # fmt: skip
        yield World(google.calendars, exchange, path, lambda port: SERVER + text(port=port))
        assert (google.calendars.store.mails, desk.mails) == ([], [])


def at(subject: str, hours: int) -> dict[str, Any]:
    """An appointment of tomorrow, as exchangelib's user enters it."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1) + hours * HOUR
    return {"subject": subject, "start": start, "end": start + HOUR, "zone": "Europe/Berlin"}


@pytest.mark.parametrize("path", list(FOLDERS), ids=["mailbox", "public folder"])
async def test_an_edit_is_at_google_by_a_notification_alone(tmp_path: Path, path: str) -> None:
    async with world(tmp_path, path) as it:
        file = tmp_path / "busyline.toml"
        file.write_text(it.text(free_port()), "utf-8")
        await begun(tmp_path)
        async with serving(file, "--only", "calsync") as served:
            await served.until("hub_ended")
            await it.until(lambda: bool(it.exchange.push.subscriptions and it.google.channels.all))
            await it.team(lambda team: team.enter(**at("Kick-off", 0)))
            await it.until(lambda: it.north() == ["Kick-off"])
            await it.team(lambda team: team.enter(**at("Retro", 2)))
            await it.until(lambda: it.north() == ["Kick-off", "Retro"])
            await it.team(lambda team: team.change("Retro", location="Roof"))
            await it.until(lambda: "Roof" in it.north("location"))
            await served.stopped()
        log = json.dumps(served.lines)
        [subscription] = it.exchange.push.subscriptions.values()
        secrets = [subscription.url, *subscription.url.split("/")[-2:], "/hooks/", "Retro", "Roof"]
        assert not any(secret in log for secret in secrets)
        assert it.exchange.push.missed == 0

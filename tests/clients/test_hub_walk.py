"""An administrator joins a Google calendar and an Exchange public folder by commands, while others edit both."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from console.hubs.command import app
from protocols.google.calendar_writing import SCOPE
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from tests.calsync.spokes.google_calendar_world import CALENDAR, ESTATE, OWNER
from tests.clients import exchangelib_calendars
from tests.clients.exchangelib_calendars import Calendar
from tests.clients.google_calendar_client import GoogleCalendarClient, client
from tests.console.gal.aside import aside
from tests.console.gal.typing_it import Operator
from tests.contracts.spoke_world import NOW

pytestmark = [
    pytest.mark.client,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:httplib2"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
SVC: Final = Account("svc@fabrikam.example", "of-the-service")
PATH: Final = "/Shared/Team"
PUBLIC: Final = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
MAY: Final = "get = { create = true, change = true, delete = true }\n"
START: Final = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
CONFIGURATION: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[[hubs]]
name = "merger"
[hubs.spokes.northwind]
protocol = "google"
service_account = "file:google.json"
subject = "{owner}"
calendar = "{calendar}"
api_url = "{google}"
{northwind}
[hubs.spokes.team]
protocol = "ews"
url = "{exchange}"
mailbox = "{svc}"
public_folder = "{path}"
hierarchy_mailbox = "{public}"
content_mailbox = "{public}"
deletions_every = "1s"
auth = {{ kind = "basic", username = "{svc}", password = "file:exchange.txt" }}
{team}
"""


@dataclass(slots=True)
class Walk:
    """``theirs`` is google-api-python-client on the calendar, ``team`` exchangelib on the public folder."""

    google: GoogleServer
    exchange: ExchangeServer
    desk: CalendarDesk
    typing: Operator
    theirs: GoogleCalendarClient | None = field(default=None)

    def configured(self, *, northwind: str = "", team: str = "") -> None:
        """What is given and allowed from now on."""
        text = CONFIGURATION.format(
            owner=OWNER, calendar=CALENDAR, google=self.google.url, exchange=self.exchange.ews_url,
            svc=SVC.username, path=PATH, public=PUBLIC, northwind=northwind, team=team,
        )  # fmt: skip
        (self.typing.folder / "busyline.toml").write_text(text)

    @property
    def google_client(self) -> GoogleCalendarClient:
        """Google's own."""
        assert self.theirs is not None
        return self.theirs

    def team(self, do: Any) -> Any:
        """What exchangelib does in the public folder."""
        headers = {"X-PublicFolderMailbox": PUBLIC, "X-AnchorMailbox": PUBLIC}
        account = (SVC.username, SVC.password)
        return exchangelib_calendars.at(self.exchange.ews_url, account, PATH, do, ca="", headers=headers)

    def here(self) -> list[str]:
        """The subjects in the Google calendar."""
        return sorted(each.get("summary", "") for each in self.google_client.events() if each["status"] != "cancelled")

    def there(self) -> list[str]:
        """The subjects in the public folder."""
        return sorted(each["subject"] for each in self.team(Calendar.read))

    def sync(self, *arguments: str) -> Any:
        """Sync now, a minute later; the report."""
        self.typing.later(minutes=1)
        return self.typing.json("sync", "merger", "--yes", *arguments)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Walk]:
    """Both are empty."""
    account = ServiceAccount(scopes=(SCOPE, f"{SCOPE}.readonly", "https://www.googleapis.com/auth/calendar.events"))
    operator = Operator(folder, now=NOW, commands=app)
    desk = CalendarDesk([SVC.username], clock=operator.clock)
    desk.public.tree = desk.public.anchor = PUBLIC
    desk.public_folder(PATH, content=PUBLIC)
    async with (
        GoogleServer(ESTATE, account=account) as google,
        ExchangeServer(ESTATE, accounts=(SVC,), calendars=desk) as exchange,
    ):
        google.calendars = CalendarApi(operator.clock)
        google.calendars.store.add(CALENDAR, owner=OWNER, zone="Europe/Berlin")
        (folder / "google.json").write_text(google.service_account_file())
        (folder / "exchange.txt").write_text(SVC.password)
        yield Walk(google, exchange, desk, operator)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """Nothing may be written yet."""
    with aside(served(tmp_path)) as made:
        key_file = json.loads(made.google.service_account_file())
        with client(made.google.url, key_file, OWNER, "", CALENDAR) as theirs:
            made.theirs = theirs
            made.configured()
            yield made
        assert made.google.calendars.store.mails == []
        assert made.desk.mails == []


def at(day: int) -> dict[str, Any]:
    """The times of an event of Google."""
    start = START.replace(day=day)
    return {
        "start": {"dateTime": start.isoformat(), "timeZone": "Europe/Berlin"},
        "end": {"dateTime": (start + HOUR).isoformat(), "timeZone": "Europe/Berlin"},
        "reminders": {"useDefault": False},
    }


def test_the_walk_of_an_administrator(walk: Walk) -> None:
    google = walk.google_client
    key = google.insert(summary="Kick-off", location="Room 1", **at(9))["id"]
    google.insert(summary="Secret", visibility="private", **at(10))
    walk.team(lambda team: team.enter(subject="Shift", start=START, end=START + HOUR, zone="Europe/Berlin", weekly=4))
    before = walk.here(), walk.there()

    # read only: a plan, and nothing is written
    assert walk.typing.types("plan", "merger") in (0, 1)
    walk.sync()
    assert (walk.here(), walk.there()) == before

    # two ways
    walk.configured(northwind=MAY, team=MAY)
    assert walk.typing.types("plan", "merger") in (0, 1), walk.typing.err
    assert "Kick-off" in walk.typing.out
    walk.sync()
    assert walk.here() == ["Kick-off", "Secret", "Shift"]
    assert walk.there() == ["Kick-off", "Shift"]

    # edits on both sides
    walk.team(lambda team: team.change("Kick-off", location="Roof"))
    walk.team(lambda team: team.cancel("Shift", 2))
    google.patch(key, summary="Kick-off!")
    walk.sync()
    assert google.get(key)["location"] == "Roof"
    [kick_off] = [each for each in walk.team(Calendar.read) if each["subject"] == "Kick-off!"]
    assert kick_off["location"] == "Roof"
    [shift] = [each for each in google.events() if each.get("summary") == "Shift"]
    assert len([each for each in google.instances(shift["id"]) if each["status"] != "cancelled"]) == 3

    # other rules: private ones as busy, and a prefix
    walk.configured(
        northwind=MAY + 'give = { private = "busy" }\n', team=MAY.replace("get = {", 'get = { prefix = "N: ",')
    )
    walk.sync()
    assert walk.there() == ["N: Busy", "N: Kick-off!", "Shift"]
    walk.configured(northwind=MAY, team=MAY)
    walk.sync()
    assert walk.there() == ["Kick-off!", "Shift"]
    walk.sync()
    assert walk.here() == ["Kick-off!", "Secret", "Shift"]

    # everything is taken back, and nothing else
    assert walk.typing.types("purge", "merger", "--yes") == 0, walk.typing.err
    assert walk.here() == ["Kick-off!", "Secret"]
    assert walk.there() == ["Shift"]

"""python-caldav, curl and the icalendar library ask the proxy about people of all three systems, and see the truth."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from caldav.davclient import DAVClient
from lxml import etree

from console.cli import run
from console.configuration import FILE_NAME
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from tests import needs
from tests.clients.blocks import Block
from tests.clients.estate_proxy import OUTSIDE_CALLER, PASSWORD, EstateProxy, estate_proxy
from tests.protocols.caldav.read_back import read_back

pytestmark = [pytest.mark.client, pytest.mark.asyncio(loop_scope="module")]
EXACT = ("anna.schneider@contoso.example", "grace.miller@contoso.example", "frieda.lang@fabrikam.example",
         "brian.sullivan@fabrikam.example", "room.elbe@contoso.example")  # fmt: skip
JOINED = ("clara.hoffmann@northwind.example", "jack.thompson@northwind.example")  # Google tells only that they are busy
KNOWN = (*EXACT, *JOINED)
REVOKED = "olivia.hughes@contoso.example"
UNKNOWN = ("nobody@contoso.example", "nobody@northwind.example", "nobody@fabrikam.example", "ann@elsewhere.example")
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
TYPES = {BusyStatus.TENTATIVE: "BUSY-TENTATIVE", BusyStatus.BUSY: "BUSY", BusyStatus.OUT_OF_OFFICE: "BUSY-UNAVAILABLE"}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the configuration lies, and the file of the URLs."""
    return tmp_path_factory.mktemp("proxy")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(directory: Path) -> AsyncIterator[EstateProxy]:
    """The merger around today: what is published follows the clock."""
    estate = Estate(datetime.now(UTC).date())
    async with estate_proxy(directory, estate, extra="\n[free_busy_urls]\nrate = 100\n") as here:
        yield here


def truth(estate: Estate, address: str, window: TimeWindow) -> list[Block]:
    """What must be seen of ``address``: between two edges the strongest that is there, as far as its system tells."""
    if address in JOINED:
        return [(each.start, each.end, "BUSY") for each in estate.expected_busy(address, window)]
    blocks = [(i.window.clip(window), i.status) for i in estate.expected(address, window) if i.status in TYPES]
    edges = sorted({edge for part, _ in blocks if part for edge in (part.start, part.end)})
    found: list[Block] = []
    for start, end in pairwise(edges):
        over = [status for part, status in blocks if part and part.start <= start and end <= part.end]
        if over and found and found[-1][1:] == (start, TYPES[max(over)]):
            found[-1] = (found[-1][0], end, found[-1][2])
        elif over:
            found.append((start, end, TYPES[max(over)]))
    return found


def taken(data: str | bytes | None) -> tuple[TimeWindow, list[Block]]:
    """The window and the periods of one VFREEBUSY."""
    found = read_back(data)
    return found.window, found.periods


def client_of(here: EstateProxy, url: str) -> Any:
    """python-caldav, of which little is typed."""
    return DAVClient(url, username=OUTSIDE_CALLER, password=PASSWORD, ssl_verify_cert=str(here.ca))


def curl(here: EstateProxy, *arguments: str, data: str = "") -> bytes:
    """What curl prints."""
    command = [needs.program("curl"), "--silent", "--show-error", "--fail", "--location", "--cacert", str(here.ca)]
    done = subprocess.run([*command, *arguments], input=data.encode(), capture_output=True, check=True)
    return done.stdout


# --- python-caldav


def with_caldav(here: EstateProxy, url: str, asked: Iterable[str], window: TimeWindow) -> dict[str, str | None]:
    """The calendar data of each attendee, or None with the status it was given, as python-caldav tells it."""
    with client_of(here, url) as client:
        found = client.principal().freebusy_request(window.start, window.end, list(asked))
    errors = found.pop("errors")
    assert all(status.startswith("3.7") for status in errors.values())
    told = {address.removeprefix("mailto:"): busy.data for address, busy in found.items()}
    return told | dict.fromkeys((address.removeprefix("mailto:") for address in errors), None)


@pytest.mark.parametrize("start", ["/caldav/", "/.well-known/caldav"])
async def test_python_caldav_finds_its_way_and_sees_the_truth(here: EstateProxy, start: str) -> None:
    monday = datetime.combine(here.estate.today - timedelta(days=14), datetime.min.time(), UTC)
    window = TimeWindow(monday, monday + timedelta(days=40))
    found = await asyncio.to_thread(with_caldav, here, here.url + start, (*KNOWN, *UNKNOWN), window)
    assert {address for address, data in found.items() if data is None} == set(UNKNOWN)
    for address in KNOWN:
        told, blocks = taken(found[address])
        assert told == window
        assert blocks == truth(here.estate, address, window), address
        assert blocks  # there is something to see


async def test_python_caldav_finds_the_home_empty(here: EstateProxy) -> None:
    def calendars() -> list[object]:
        with client_of(here, f"{here.url}/caldav/") as client:
            return list(client.principal().get_calendars())

    assert await asyncio.to_thread(calendars) == []


# --- curl


async def test_curl_asks_the_outbox(here: EstateProxy) -> None:
    start = datetime.combine(here.estate.today, datetime.min.time(), UTC)
    window = TimeWindow(start, start + timedelta(days=14))
    asked = [KNOWN[0], UNKNOWN[0], KNOWN[2], KNOWN[0], JOINED[0]]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//curl//EN", "METHOD:REQUEST", "BEGIN:VFREEBUSY", "UID:1"]
    lines += [
        f"{name}:{at:%Y%m%dT%H%M%SZ}" for name, at in (("DTSTAMP", start), ("DTSTART", start), ("DTEND", window.end))
    ]
    lines += [f"ORGANIZER:mailto:{OUTSIDE_CALLER}", *(f"ATTENDEE:mailto:{each}" for each in asked)]
    body = "\r\n".join([*lines, "END:VFREEBUSY", "END:VCALENDAR", ""])
    arguments = ["--user", f"{OUTSIDE_CALLER}:{PASSWORD}", "--header", "Content-Type: text/calendar"]
    arguments += ["--data-binary", "@-", f"{here.url}/caldav/outbox/"]
    root = etree.fromstring(await asyncio.to_thread(curl, here, *arguments, data=body))
    assert [each.findtext(f"{CALDAV}recipient/{{DAV:}}href") for each in root] == [f"mailto:{each}" for each in asked]
    for address, response in zip(asked, root, strict=True):
        data = response.findtext(f"{CALDAV}calendar-data")
        if address in UNKNOWN:
            assert (response.findtext(f"{CALDAV}request-status"), data) == ("3.7;Invalid Calendar User", None)
        else:
            assert taken(data)[1] == truth(here.estate, address, window), address


async def test_curl_is_told_the_way_from_the_well_known_address(here: EstateProxy) -> None:
    arguments = ["--request", "PROPFIND", "--header", "Depth: 0", "--user", f"{OUTSIDE_CALLER}:{PASSWORD}"]
    told = await asyncio.to_thread(curl, here, *arguments, f"{here.url}/.well-known/caldav")
    assert b"<D:current-user-principal><D:href>/caldav/principal/" in told


# --- a free/busy URL


def published(directory: Path, address: str, *options: str) -> str:
    """What the command prints: a URL, unless ``options`` want something else."""
    with redirect_stdout(StringIO()) as shown:
        assert run(["publish", address, *options, "--config", str(directory / FILE_NAME)]) == 0
    return shown.getvalue().strip()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def urls(here: EstateProxy, directory: Path) -> dict[str, str]:
    """A URL for each person, which the running proxy knows."""
    urls = {address: published(directory, address) for address in (*KNOWN, REVOKED)}
    await fetched(here, urls[REVOKED], "200")
    return urls


async def fetched(here: EstateProxy, url: str, status: str) -> bytes:
    """The body, once the proxy answers with ``status``: it looks at its file each second."""
    async with asyncio.timeout(10):
        while True:
            told = await asyncio.to_thread(got, here, url)
            if told.endswith(status.encode()):
                return told.removesuffix(status.encode())


def got(here: EstateProxy, url: str) -> bytes:
    """The body, and the status behind it."""
    command = [needs.program("curl"), "--silent", "--show-error", "--cacert", str(here.ca)]
    done = subprocess.run([*command, "--write-out", "%{http_code}", url], capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("address", KNOWN)
async def test_a_free_busy_url_tells_the_truth(here: EstateProxy, urls: dict[str, str], address: str) -> None:
    told = await asyncio.to_thread(got, here, urls[address])
    window, blocks = taken(told.removesuffix(b"200"))
    assert window.length == timedelta(days=67)
    assert blocks == truth(here.estate, address, window)
    assert blocks


async def test_a_revoked_url_shows_nothing(here: EstateProxy, urls: dict[str, str], directory: Path) -> None:
    assert published(directory, REVOKED, "--revoke") == f"{REVOKED}: 1 revoked."
    assert await fetched(here, urls[REVOKED], "404") == b"there is nothing here\n"
    assert (await asyncio.to_thread(got, here, urls[KNOWN[0]])).endswith(b"200")

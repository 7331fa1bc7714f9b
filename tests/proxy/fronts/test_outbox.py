"""The scheduling outbox through the whole proxy: discovery, one question about many, refusals in WebDAV's own words."""

import gzip
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from lxml import etree

from protocols.caldav.refusals import caldav, dav
from protocols.caldav.resources import HOME, INBOX, OUTBOX, PRINCIPAL, ROOT
from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.wiring import Proxy
from tests.protocols.caldav.read_back import read_back
from tests.proxy.served import BLOCK, PUBLIC, USER, Busy, configuration, login, serving
from tests.timing.questions import ALIKE, KNOWN, MAY_ASK, Company

CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
BOB = "bob@fabrikam.example"
WELL_KNOWN = "/.well-known/caldav"
CLASSES = "1, 3, calendar-access, calendar-auto-schedule"


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    """One caller, whose own address is its user name."""
    async with serving(tmp_path) as proxy:
        yield proxy


class Got:
    """Status, headers and body."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def xml(self) -> etree._Element:
        """The document."""
        return etree.fromstring(self.body)

    @property
    def condition(self) -> tuple[int, str]:
        """Status and the precondition that failed."""
        assert self.xml.tag == dav("error")
        return self.status, etree.QName(self.xml[0]).localname

    @property
    def responses(self) -> list[tuple[str, str, str | None]]:
        """Recipient, status and calendar of each attendee."""
        assert (self.status, self.xml.tag) == (200, caldav("schedule-response"))
        return [
            (
                each.findtext(f"{caldav('recipient')}/{dav('href')}") or "",
                each.findtext(caldav("request-status")) or "",
                each.findtext(caldav("calendar-data")),
            )
            for each in self.xml
        ]


async def ask(proxy: Proxy, method: str, path: str, body: bytes = b"", **headers: str) -> Got:
    """One request; the caller proves itself unless ``Authorization`` says otherwise."""
    named = {**login(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, proxy.url + path, data=body or None, headers=named, allow_redirects=False) as response,
    ):
        return Got(response.status, response.headers, await response.read())


async def post(proxy: Proxy, body: bytes, path: str = OUTBOX, **headers: str) -> Got:
    """A message to the outbox."""
    return await ask(proxy, "POST", path, body, **{"Content_Type": CALENDAR["Content-Type"], **headers})


async def find(proxy: Proxy, path: str, *names: str, depth: str = "0") -> dict[str, etree._Element]:
    """What PROPFIND tells of some properties of one resource, those that are there."""
    inside = "".join(
        f'<n{at}:{etree.QName(each).localname} xmlns:n{at}="{etree.QName(each).namespace}"/>'
        for at, each in enumerate(names)
    )
    body = f'<D:propfind xmlns:D="DAV:"><D:prop>{inside}</D:prop></D:propfind>'.encode()
    got = await ask(proxy, "PROPFIND", path, body, Depth=depth, Content_Type="application/xml")
    assert got.status == 207
    assert got.headers["DAV"] == CLASSES
    (stat,) = [each for each in got.xml.iter(dav("propstat")) if "200" in (each.findtext(dav("status")) or "")]
    return {str(each.tag): each for each in stat.iterfind(f"{dav('prop')}/*")}


def message(*attendees: str, organizer: str = f"mailto:{USER}", **changes: str) -> bytes:
    """A free/busy request, with pieces of it replaced."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//client//EN",
        "METHOD:REQUEST",
        "BEGIN:VFREEBUSY",
        "UID:4711",
        "DTSTAMP:20261120T120000Z",
        "DTSTART:20261123T000000Z",
        "DTEND:20261125T000000Z",
        f"ORGANIZER:{organizer}",
        *(f"ATTENDEE:{each}" for each in attendees),
        "END:VFREEBUSY",
        "END:VCALENDAR",
        "",
    ]
    text = "\r\n".join(lines)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


# --- the way there


@pytest.mark.parametrize("method", ["GET", "PROPFIND", "OPTIONS", "HEAD"])
async def test_the_well_known_address_leads_there_without_a_proof(proxy: Proxy, method: str) -> None:
    got = await ask(proxy, method, WELL_KNOWN, Authorization="")
    assert (got.status, got.headers["Location"], got.body) == (301, ROOT, b"")


async def test_a_client_finds_the_outbox_step_by_step(proxy: Proxy) -> None:
    me = await find(proxy, ROOT, dav("current-user-principal"))
    assert me[dav("current-user-principal")][0].text == PRINCIPAL
    names = [caldav(each) for each in ("calendar-home-set", "schedule-outbox-URL", "schedule-inbox-URL")]
    found = await find(proxy, PRINCIPAL, *names, caldav("calendar-user-address-set"), dav("nothing"))
    assert [found[name][0].text for name in names] == [HOME, OUTBOX, INBOX]
    assert [each.text for each in found[caldav("calendar-user-address-set")]] == [f"mailto:{USER}", PRINCIPAL]
    assert len(found) == 4
    kinds = await find(proxy, OUTBOX.rstrip("/"), dav("resourcetype"))
    assert [each.tag for each in kinds[dav("resourcetype")]] == [dav("collection"), caldav("schedule-outbox")]


async def test_the_home_is_empty_and_the_root_is_not(proxy: Proxy) -> None:
    for path, number in ((HOME, 1), (ROOT, 5)):
        got = await ask(proxy, "PROPFIND", path, Depth="1")
        assert (got.status, len(got.xml)) == (207, number)


@pytest.mark.parametrize("path", [ROOT, "/caldav", PRINCIPAL, OUTBOX, "/CalDAV/Outbox"])
async def test_options(proxy: Proxy, path: str) -> None:
    got = await ask(proxy, "OPTIONS", path)
    assert (got.status, got.headers["DAV"]) == (200, CLASSES)
    assert ("POST" in got.headers["Allow"]) == ("outbox" in path.lower())


@pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "POST", "GET"])
async def test_whoever_proves_nothing_is_asked_who_it_is(proxy: Proxy, method: str) -> None:
    for headers in ({"Authorization": ""}, login(password="wrong"), login("nobody")):
        got = await ask(proxy, method, OUTBOX, b"", **headers)
        assert (got.status, got.body) == (401, b"")
        assert got.headers["WWW-Authenticate"].startswith("Basic")
        assert got.headers["DAV"] == CLASSES


# --- the question


async def test_one_answer_for_each_attendee_in_order(proxy: Proxy) -> None:
    asked = [
        f"mailto:{BOB}",
        "mailto:ann@elsewhere.example",
        "http://x.example/",
        f"MAILTO:{BOB.upper()}",
        f"mailto:{BOB}",
    ]
    found = (await post(proxy, message(*asked))).responses
    assert [recipient for recipient, *_ in found] == asked
    assert [status.partition(";")[0] for _, status, _ in found] == ["2.0", "3.7", "3.7", "2.0", "2.0"]
    for recipient, status, data in found:
        if not status.startswith("2.0"):
            assert data is None
            continue
        told = read_back(data)
        assert (told.method, told.periods) == ("REPLY", [(BLOCK.start, BLOCK.end, "BUSY")])
        assert told.window.start == datetime(2026, 11, 23, tzinfo=UTC)
        assert (str(told.component["ATTENDEE"]), str(told.component["UID"])) == (recipient, "4711")


async def test_unknown_and_forbidden_are_the_same_bytes_alone_and_among_others(tmp_path: Path) -> None:
    async with serving(tmp_path, connector=Company(), may_ask=MAY_ASK) as proxy:
        found = []
        for address in ALIKE.values():
            alone = await post(proxy, message(f"mailto:{address}"))
            among = await post(proxy, message(f"mailto:{KNOWN}", f"mailto:{address}", f"mailto:{KNOWN}"))
            assert alone.responses[0][1] == "3.7;Invalid Calendar User"
            found.append([each.body.replace(address.encode(), b"somebody") for each in (alone, among)])
        known = (await post(proxy, message(f"mailto:{KNOWN}"))).body.replace(KNOWN.encode(), b"somebody")
    assert all(each == found[0] for each in found)
    assert known != found[0][0]  # the test can fail


@pytest.mark.parametrize(
    "organizer", [f"MAILTO:{USER.upper()}", PRINCIPAL, f"{PUBLIC}{PRINCIPAL}", f"HTTP://Busy.Example.COM{PRINCIPAL}"]
)
async def test_the_caller_organises(proxy: Proxy, organizer: str) -> None:
    assert (await post(proxy, message(f"mailto:{BOB}", organizer=organizer))).responses[0][1] == "2.0;Success"


@pytest.mark.parametrize(
    "organizer",
    [
        f"http://elsewhere.example{PRINCIPAL}",
        f"//elsewhere.example{PRINCIPAL}",
        f"ftp://busy.example.com{PRINCIPAL}",
        f"mailto:{PRINCIPAL}",
        f"http://user@busy.example.com{PRINCIPAL}",
        f"{PUBLIC}{HOME}",
        f"http://[x{PRINCIPAL}",
    ],
)
async def test_a_principal_elsewhere_is_nobody_here(proxy: Proxy, organizer: str) -> None:
    assert (await post(proxy, message(f"mailto:{BOB}", organizer=organizer))).condition == (403, "organizer-allowed")


async def test_another_organizer_is_refused_but_for_a_system_that_has_no_address(tmp_path: Path) -> None:
    stranger = message(f"mailto:{BOB}", organizer="mailto:ann@northwind.example")
    async with serving(tmp_path) as proxy:
        assert (await post(proxy, stranger)).condition == (403, "organizer-allowed")
    basic = {"usernames": ["northwind-hub"], "password": "file:interop.hash"}
    async with serving(tmp_path, basic=basic) as proxy:
        got = await post(proxy, stranger, **login("northwind-hub"))
        assert got.responses[0][1] == "2.0;Success"


async def test_a_compressed_message_is_read(proxy: Proxy) -> None:
    got = await post(proxy, gzip.compress(message(f"mailto:{BOB}")), Content_Encoding="gzip")
    assert got.responses[0][1] == "2.0;Success"


async def test_the_ledger_sees_the_look_up(tmp_path: Path) -> None:
    settings = {**configuration(), "ledger": {"directory": "ledger"}}
    async with serving(tmp_path, settings=settings) as proxy:
        await post(proxy, message(f"mailto:{BOB}", "mailto:ann@elsewhere.example"))
    (line,) = [
        orjson.loads(line) for path in (tmp_path / "ledger").iterdir() for line in path.read_bytes().splitlines()
    ]
    assert (line["front"], line["caller"], line["proof"]) == ("caldav", "northwind", "basic")
    assert [each["verdict"] for each in line["people"]] == ["allowed", "forbidden"]


# --- what is wrong


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        (b"nonsense", (400, "valid-calendar-data")),
        (message(f"mailto:{BOB}")[:-30], (400, "valid-calendar-data")),
        (message(f"mailto:{BOB}", REQUEST="REPLY"), (403, "valid-scheduling-message")),
        (message(f"mailto:{BOB}", VFREEBUSY="VEVENT"), (403, "valid-scheduling-message")),
        (message(), (400, "valid-scheduling-message")),
        (message(f"mailto:{BOB}", **{"20261125": "20270125"}), (403, "valid-scheduling-message")),
        (
            message(f"mailto:{BOB}", **{"20261123": "21071123", "20261125": "21071125"}),
            (400, "valid-scheduling-message"),
        ),
        (message(f"mailto:{BOB}", **{"20261123": "19691230"}), (400, "valid-scheduling-message")),
        (message(*[f"mailto:p{n}@fabrikam.example" for n in range(101)]), (403, "max-attendees-per-instance")),
        (message(f"mailto:{BOB}") + b"x" * 70_000, (413, "max-resource-size")),
    ],
)
async def test_a_message_that_cannot_be_answered(proxy: Proxy, body: bytes, condition: tuple[int, str]) -> None:
    got = await post(proxy, body)
    assert got.condition == condition
    assert got.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert got.headers["DAV"] == CLASSES
    assert got.xml.findtext(dav("responsedescription"))


@pytest.mark.parametrize("path", [ROOT, PRINCIPAL, HOME, INBOX])
async def test_only_the_outbox_takes_messages(proxy: Proxy, path: str) -> None:
    assert (await post(proxy, message(f"mailto:{BOB}"), path)).condition == (403, "supported-collection")


@pytest.mark.parametrize(
    "headers", [{"Content_Type": "text/xml"}, {"Content_Type": ""}, {"Content_Encoding": "x-unheard-of"}]
)
async def test_only_icalendar_is_read(proxy: Proxy, headers: dict[str, str]) -> None:
    got = await post(proxy, message(f"mailto:{BOB}"), **headers)
    assert got.condition == (415, "supported-calendar-data")


@pytest.mark.parametrize("depth", ["infinity", "2", ""])
async def test_a_search_has_an_end(proxy: Proxy, depth: str) -> None:
    assert (await ask(proxy, "PROPFIND", ROOT, Depth=depth)).condition == (403, "propfind-finite-depth")


async def test_a_doctype_is_refused(proxy: Proxy) -> None:
    body = b'<!DOCTYPE x [<!ENTITY e "f">]><D:propfind xmlns:D="DAV:"><D:prop><D:owner/></D:prop></D:propfind>'
    got = await ask(proxy, "PROPFIND", ROOT, body, Depth="0", Content_Type="text/xml")
    assert (got.status, got.xml.tag) == (400, dav("error"))


async def test_there_are_no_reports_and_nothing_is_kept(proxy: Proxy) -> None:
    assert (await ask(proxy, "REPORT", HOME, Depth="1")).condition == (403, "supported-report")
    for method in ("GET", "PUT", "DELETE", "MKCALENDAR", "PROPPATCH", "MOVE"):
        got = await ask(proxy, method, HOME)
        assert (got.status, got.headers["Allow"]) == (405, "OPTIONS, PROPFIND")


@pytest.mark.parametrize("path", ["/caldav/calendars/work/", "/caldav/principals/northwind/", "/caldav/x"])
async def test_nothing_else_is_there(proxy: Proxy, path: str) -> None:
    assert (await ask(proxy, "PROPFIND", path, Depth="0")).status == 404


async def test_who_comes_too_often_waits(tmp_path: Path) -> None:
    async with serving(tmp_path, connector=Busy(), rate=0.1) as proxy:
        assert (await ask(proxy, "OPTIONS", ROOT)).status == 200
        got = await ask(proxy, "OPTIONS", ROOT)
    assert (got.status, got.xml.tag) == (429, dav("error"))
    assert int(got.headers["Retry-After"]) >= 1
    assert (len(got.xml), got.headers["DAV"]) == (1, CLASSES)
    assert "wait" in (got.xml.findtext(dav("responsedescription")) or "")


async def test_whoever_comes_from_elsewhere_sees_what_is_spoken_here(tmp_path: Path) -> None:
    async with serving(tmp_path, networks=["10.9.9.0/24"]) as proxy:
        got = await post(proxy, message(f"mailto:{BOB}"))
    assert (got.status, got.body, got.headers["DAV"]) == (403, b"", CLASSES)


async def test_a_large_answer_is_written_beside_the_loop_and_is_the_same(tmp_path: Path) -> None:
    class Busiest(Busy):
        async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
            starts = (question.window.start + timedelta(minutes=10 * at) for at in range(288))
            blocks = [BusyInterval(TimeWindow(at, at + timedelta(minutes=5)), BusyStatus.BUSY) for at in starts]
            found = await super().lookup(mailboxes, question)
            return [replace(each, intervals=Intervals.pack(blocks)) for each in found if isinstance(each, Availability)]

    async with serving(tmp_path, connector=Busiest()) as proxy:
        found = (await post(proxy, message(*[f"mailto:p{number}@fabrikam.example" for number in range(30)]))).responses
    assert len(found) == 30
    assert {len(read_back(data).periods) for _, _, data in found} == {288}


async def test_our_own_fault_tells_no_detail(tmp_path: Path) -> None:
    class Broken:
        async def lookup(self, *_: Any) -> Any:
            raise RuntimeError("hunter2")

    async with serving(tmp_path, connector=Broken()) as proxy:
        found = (await post(proxy, message(f"mailto:{BOB}"))).responses
    assert [(status, data) for _, status, data in found] == [("5.1;Service unavailable", None)]

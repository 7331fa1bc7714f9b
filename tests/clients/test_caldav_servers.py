"""Twelve calendars on real CalDAV servers: the same answers from each, whatever the way of asking."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import utc_now
from proxy.layers.cache import AnswerStore
from proxy.settings.connectors import CaldavConnector
from proxy.wiring.stacks import Shared, connector
from service.metrics import Metrics
from tests.clients.caldav_servers import MOST_OCCURRENCES, PASSWORD, SERVERS, CaldavServer
from tests.clients.twelve_calendars import (
    CROWDED,
    DIFFERENCES,
    OWNERS,
    PLACE,
    SUBJECT,
    WINDOW,
    ZONE,
    Blocks,
    Written,
    at,
    expected,
)

WAYS = [
    *(("radicale", way) for way in ("auto", "expand")),
    *(("xandikos", way) for way in ("auto", "report", "expand")),
    *(("cyrus", way) for way in ("auto", "outbox", "report", "expand")),
]
_QUARTER = timedelta(minutes=15)
_NAMES = [owner.name for owner in OWNERS]


class Servers:
    """Each server, started when it is first asked for."""

    def __init__(self, directories: pytest.TempPathFactory) -> None:
        self._directories = directories
        self._running: dict[str, tuple[AbstractContextManager[CaldavServer], CaldavServer]] = {}

    def named(self, name: str) -> CaldavServer:
        if name not in self._running:
            context = SERVERS[name](self._directories.mktemp(name))
            self._running[name] = context, context.__enter__()
        return self._running[name][1]

    def stop(self) -> None:
        for context, _ in self._running.values():
            context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    started = Servers(tmp_path_factory)
    yield started
    started.stop()


async def ask(server: CaldavServer, names: list[str], directory: Path, **knobs: Any) -> list[Answer]:
    """What the whole stack of a connector answers; ``detail`` and ``window`` are the question's, all else settings."""
    question = Question(window=knobs.pop("window", WINDOW), detail=knobs.pop("detail", Detail.BUSY))
    (directory / "password").write_text(PASSWORD)
    written = {"protocol": "caldav", "url": server.url, "zone": ZONE, **server.settings, **knobs}
    settings = TypeAdapter(CaldavConnector).validate_python(written)
    shared = Shared(directory=directory, store=AnswerStore(), metrics=Metrics(), clock=utc_now, hop="0" * 16)
    async with AsyncExitStack() as stack:
        built = await connector("dav", settings, shared, stack)
        return await built.lookup([Mailbox.parse(f"{name}@fabrikam.example") for name in names], question)


async def read(server: CaldavServer, names: list[str], directory: Path, **knobs: Any) -> list[Answer]:
    """As :func:`ask`, each with what reading their own events needs."""
    return [(await ask(server, [name], directory, **server.reader(name), **knobs))[0] for name in names]


def blocks(answer: Answer) -> Blocks:
    """What of the window is busy: clipped, and adjoining blocks of one status joined, as servers differ in that."""
    assert isinstance(answer, Availability), answer
    found: Blocks = []
    for interval in sorted(answer.intervals, key=lambda each: (each.status, each.window)):
        part = interval.window.clip(answer.window)
        if part is None or interval.status is BusyStatus.FREE:
            continue
        if found and found[-1][2] is interval.status and found[-1][1] >= part.start:
            found[-1] = found[-1][0], max(found[-1][1], part.end), interval.status
        else:
            found.append((part.start, part.end, interval.status))
    return sorted(found)


def gaps(answer: Answer) -> list[tuple[datetime, datetime]]:
    """What of the window nobody knows."""
    assert isinstance(answer, Availability), answer
    return [(gap.start, gap.end) for gap in answer.unknown]


@pytest.mark.parametrize(("name", "way"), WAYS)
async def test_twelve_calendars(servers: Servers, tmp_path: Path, name: str, way: str) -> None:
    server = servers.named(name)
    asked = read if way in ("report", "expand") else ask
    answers = await asked(server, _NAMES, tmp_path, strategy=way)
    said = {each: (blocks(answer), gaps(answer)) for each, answer in zip(_NAMES, answers, strict=True)}
    told_by = server.best if way == "auto" else way
    assert said == {owner.name: expected(name, told_by, owner) for owner in OWNERS}


async def test_a_server_without_zones_leaves_doubt_where_its_report_is_insisted_on(
    servers: Servers, tmp_path: Path
) -> None:
    answers = await read(servers.named("radicale"), _NAMES, tmp_path, strategy="report")
    for owner, answer in zip(OWNERS, answers, strict=True):
        taken = [(start, end) for start, end, _ in blocks(answer)] + gaps(answer)
        assert not free(owner.busy, taken), owner.name
        assert taken if owner.busy else not taken


@pytest.mark.parametrize("zone", [ZONE, None])
async def test_days_of_an_unknown_zone_are_doubted_wherever_that_may_be(
    servers: Servers, tmp_path: Path, zone: str | None
) -> None:
    [answer] = await ask(servers.named("cyrus"), ["allday"], tmp_path, strategy="outbox", zone=zone)
    begin, end = ("10-20 22:00", None) if zone else ("10-20 10:00", "10-23 12:00")
    after = [(at("10-23 00:00"), at(end))] if end else []
    assert gaps(answer) == [(at(begin), at("10-21 00:00")), *after]
    window = TimeWindow(at("10-20 22:30"), at("10-20 23:30"))
    [answer] = await ask(servers.named("cyrus"), ["allday"], tmp_path, strategy="outbox", zone=zone, window=window)
    assert gaps(answer) == [(window.start, window.end)], "the server does not tell of it where it is asked so narrowly"


@pytest.mark.parametrize("name", SERVERS)
async def test_details(servers: Servers, tmp_path: Path, name: str) -> None:
    [plain, moved] = await read(servers.named(name), ["plain", "moved"], tmp_path, detail=Detail.DETAILS)
    assert isinstance(plain, Availability)
    assert isinstance(moved, Availability)
    assert plain.detail is Detail.DETAILS
    assert [(each.details.subject, each.details.location) for each in plain.intervals if each.details] == [
        (SUBJECT, PLACE)
    ]
    kinds = [(each.details.recurring, each.details.exception) for each in moved.intervals if each.details]
    assert kinds == [(True, False), (True, True), (True, False)]


@pytest.mark.parametrize("name", SERVERS)
async def test_busy_answers_do_not_know_subjects(servers: Servers, tmp_path: Path, name: str) -> None:
    [answer] = await read(servers.named(name), ["plain"], tmp_path, strategy="expand")
    assert isinstance(answer, Availability)
    assert not answer.intervals.has_details


async def test_where_events_may_not_be_read_busy_times_are_told(servers: Servers, tmp_path: Path) -> None:
    [answer] = await ask(servers.named("cyrus"), ["plain"], tmp_path, detail=Detail.DETAILS)
    assert blocks(answer) == OWNERS[0].blocks
    assert isinstance(answer, Availability)
    assert answer.detail is Detail.BUSY


@pytest.mark.parametrize("name", SERVERS)
async def test_nobody_is_free_for_being_unknown(servers: Servers, tmp_path: Path, name: str) -> None:
    names = ["plain", "nobody", "plain"]
    first, nobody, again = await ask(servers.named(name), names, tmp_path)
    assert blocks(first) == blocks(again)
    assert isinstance(nobody, Unavailable)


@pytest.mark.parametrize("name", SERVERS)
async def test_a_window_in_the_middle_of_an_event(servers: Servers, tmp_path: Path, name: str) -> None:
    start = datetime(2026, 10, 19, 8, 30, tzinfo=UTC)
    window = TimeWindow(start, start + timedelta(minutes=15))
    [answer] = await ask(servers.named(name), ["plain"], tmp_path, window=window)
    assert blocks(answer) == [(window.start, window.end, BusyStatus.BUSY)]


async def test_a_window_that_is_too_full_is_asked_for_in_halves(servers: Servers, tmp_path: Path) -> None:
    assert len(CROWDED.busy) > MOST_OCCURRENCES
    [answer] = await ask(servers.named("radicale"), ["crowded"], tmp_path, strategy="report")
    assert blocks(answer) == CROWDED.blocks


async def test_a_wrong_password_is_doubt(servers: Servers, tmp_path: Path) -> None:
    auth = {"kind": "basic", "username": "busyline", "password": "file:wrong"}
    (tmp_path / "wrong").write_text("guessed")
    [answer] = await ask(servers.named("cyrus"), ["plain"], tmp_path, auth=auth)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNAUTHORIZED


def free(busy: Written, taken: list[tuple[datetime, datetime]]) -> list[datetime]:
    """Each quarter of an hour that is busy and not in ``taken``."""
    found = []
    for start, end, _ in busy:
        quarters = (at(end) - at(start)) // _QUARTER
        found += [at(start) + n * _QUARTER for n in range(quarters)]
    return [each for each in found if not any(start <= each < end for start, end in taken)]


def test_every_difference_has_its_reason_and_makes_nobody_free() -> None:
    for (name, way, person), difference in DIFFERENCES.items():
        owner = next(each for each in OWNERS if each.name == person)
        assert difference.busy != owner.busy, (name, way, person)
        assert len(difference.why) > 20
        taken = [(at(start), at(end)) for start, end, _ in difference.busy]
        taken += [(at(start), at(end)) for start, end in difference.unknown]
        assert not free(owner.busy, taken), (name, way, person)

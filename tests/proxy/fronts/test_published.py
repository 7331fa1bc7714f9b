"""Free/busy URLs through the whole proxy: what the holder sees, and that nobody else learns anything, nor any log."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import aiohttp
import orjson
import pytest
from yarl import URL

from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.capture import order as orders
from proxy.fronts.published import LONGEST_QUESTION
from proxy.published import PublishedUrl, digest_of, rewrite, url_of
from proxy.settings.published import CALLER
from proxy.wiring import Proxy
from service import logs
from tests.protocols.caldav.read_back import read_back
from tests.proxy.served import BLOCK, NOW, Broken, configuration, login, serving

ANN, BOB, ODD = "ann@fabrikam.example", "bob@fabrikam.example", "o/d+d?#%@fabrikam.example"
TOKEN, OTHER = "A-token_that-Nobody-guesses", "another"
FILE = "free-busy-urls.txt"
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
WHOLE = TimeWindow(MIDNIGHT - timedelta(days=7), MIDNIGHT + timedelta(days=60))


class Company:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, *answers: Reason | tuple[BusyInterval, ...], unknown: tuple[TimeWindow, ...] = ()) -> None:
        self.answers, self.unknown = list(answers), unknown
        self.asked: list[tuple[str, Question]] = []

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox; the last for all that follow."""
        self.asked += [(mailbox.address, question) for mailbox in mailboxes]
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [self._answer(mailbox, question, told) for mailbox in mailboxes]

    def _answer(self, mailbox: Mailbox, question: Question, told: Reason | tuple[BusyInterval, ...]) -> Answer:
        if isinstance(told, Reason):
            return Unavailable(mailbox=mailbox, reason=told)
        window, packed = question.window, Intervals.pack(told)
        unknown = tuple(part for each in self.unknown if (part := each.clip(window)))
        return Availability(
            mailbox=mailbox, window=window, intervals=packed, unknown=unknown, source="script", as_of=NOW
        )


BUSY = BusyInterval(BLOCK, BusyStatus.BUSY, EventDetails(subject="Merger", location="Room 7"))


@asynccontextmanager
async def publishing(directory: Path, connector: Any = None, **settings: Any) -> AsyncIterator[Proxy]:
    """A proxy with a URL for Ann and one for Bob."""
    made = [PublishedUrl(each, digest_of(token), NOW) for each, token in ((ANN, TOKEN), (BOB, OTHER), (ODD, "odd"))]
    rewrite(directory / FILE, made)
    whole = {**configuration(), "free_busy_urls": {}, **settings}
    async with serving(directory, settings=whole, connector=connector or Company((BUSY,))) as proxy:
        yield proxy


class Got:
    """Status, headers without those that count up, and body."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        counted = {"date", "x-request-id", "request-id"}
        self.status, self.body = status, body
        self.headers = {name: value for name, value in headers.items() if name.lower() not in counted}

    @property
    def told(self) -> tuple[Any, ...]:
        """Everything."""
        return self.status, self.headers, self.body

    @property
    def periods(self) -> list[tuple[datetime, datetime, str]]:
        """What is taken."""
        return read_back(self.body).periods


async def get(proxy: Proxy, path: str | URL, method: str = "GET", **headers: str) -> Got:
    """One request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, URL(f"{proxy.url}{path}", encoded=isinstance(path, URL)), headers=named) as response,
    ):
        return Got(response.status, response.headers, await response.read())


def path_of(address: str = ANN, token: str = TOKEN) -> str:
    """The form that is printed."""
    return f"/freebusy/{address}.ifb?token={token}"


async def test_the_holder_sees_when_and_nothing_else(tmp_path: Path) -> None:
    company = Company((BUSY,))
    async with publishing(tmp_path, company) as proxy:
        got = await get(proxy, path_of())
    assert got.status == 200
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Cache-Control"] == "private, no-cache"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.periods == [(BLOCK.start, BLOCK.end, "BUSY")]
    told = read_back(got.body)
    assert (told.method, told.window, str(told.component["ORGANIZER"])) == ("PUBLISH", WHOLE, f"mailto:{ANN}")
    assert b"Merger" not in got.body
    assert b"Room 7" not in got.body
    assert TOKEN.encode() not in got.body


async def test_a_question_is_never_longer_than_sixty_days(tmp_path: Path) -> None:
    company = Company((BUSY,))
    async with publishing(tmp_path, company, free_busy_urls={"window_back": "30d", "window_ahead": "100d"}) as proxy:
        got = await get(proxy, path_of())
    windows = sorted(question.window for _, question in company.asked)
    assert [window.length for window in windows] == [LONGEST_QUESTION, LONGEST_QUESTION, timedelta(days=10)]
    assert [one.end for one in windows[:-1]] == [one.start for one in windows[1:]]
    assert {address for address, _ in company.asked} == {ANN}
    assert got.periods == [(BLOCK.start, BLOCK.end, "BUSY")]


@pytest.mark.parametrize(
    "path",
    [
        path_of(),
        path_of("Ann%40Fabrikam.example"),
        path_of("SMTP:ANN@FABRIKAM.EXAMPLE"),
        f"/FreeBusy/{ANN}.IFB?x=1&Token={TOKEN}",
        f"/freebusy/{TOKEN}/{ANN}.ifb",
        f"/freebusy/{TOKEN}/{ANN}.ifb?x=1",
    ],
)
async def test_every_spelling_of_the_url(tmp_path: Path, path: str) -> None:
    async with publishing(tmp_path) as proxy:
        assert (await get(proxy, path)).status == 200


async def test_an_address_that_is_no_path_is_found_all_the_same(tmp_path: Path) -> None:
    async with publishing(tmp_path) as proxy:
        path = url_of("", ODD, "odd")
        found = [
            await get(proxy, URL(each, encoded=True)) for each in (path, path.replace("/freebusy/", "/freebusy/odd/"))
        ]
    assert [each.status for each in found] == [200, 200]
    assert all(b"mailto:o%2Fd+d%3F%23%25@fabrikam.example" in each.body for each in found)


WRONG = {
    "an unknown address": path_of("nobody@fabrikam.example", "x"),
    "a known address": path_of(token="x"),
    "no token": f"/freebusy/{ANN}.ifb",
    "an empty token": path_of(token=""),
    "another's token": path_of(BOB),
    "a token in other letters": path_of(token=TOKEN.lower()),
    "too long a token": path_of(token="x" * 5_000),
    "no address": f"/freebusy/nonsense.ifb?token={TOKEN}",
    "another ending": f"/freebusy/{ANN}.ics?token={TOKEN}",
    "another place": f"/freebusy/x/y/{ANN}.ifb",
    "many parameters": path_of(token=TOKEN + "&a=b" * 50),
    "garbage": path_of(token="%FF%00"),
}


async def test_whatever_is_wrong_is_one_and_the_same_404(tmp_path: Path) -> None:
    company = Company((BUSY,))
    async with publishing(tmp_path, company) as proxy:
        found = {name: (await get(proxy, path)).told for name, path in WRONG.items()}
        rewrite(tmp_path / FILE, [])
        revoked = await _until_revoked(proxy)
        elsewhere = await get(proxy, "/nowhere")
    assert company.asked == []
    assert {name for name in found if found[name] != revoked.told} == set()
    assert (revoked.status, revoked.body) == (404, elsewhere.body)
    assert revoked.headers == elsewhere.headers


async def _until_revoked(proxy: Proxy) -> Got:
    """What the holder gets once no URL is good any more; the list is looked at each second."""
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        told = b""
        while b"busyline_free_busy_urls 0.0" not in told:
            async with session.get(f"{proxy.metrics_url}/metrics") as response:
                told = await response.read()
    return await get(proxy, path_of())


async def test_the_same_work_for_unknown_wrong_and_revoked(tmp_path: Path) -> None:
    async with publishing(tmp_path) as proxy:
        asked = [path_of(address, "x" * 43) for address in (ANN, "nobody@fabrikam.example")]
        for path in asked:
            await get(proxy, path)
        works = [await _least_work(proxy, path) for path in asked]
        known = await _least_work(proxy, path_of())
    assert works[0] == works[1] > 3
    assert known != works[0]  # the test can fail


async def _least_work(proxy: Proxy, path: str) -> int:
    """How many functions of ours run until ``path`` is answered: the least of some tries."""
    return min([await _work(proxy, path) for _ in range(5)])


async def _work(proxy: Proxy, path: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls
        if event == "call" and Path(frame.f_code.co_filename).parent.name in {"proxy", "fronts", "auth", "model"}:
            calls += 1

    sys.setprofile(count)
    try:
        await get(proxy, path)
    finally:
        sys.setprofile(None)
    return calls


async def test_who_guesses_is_slowed_and_the_holder_is_not(tmp_path: Path) -> None:
    async with publishing(tmp_path, free_busy_urls={"rate": 100}) as proxy:
        statuses = [(await get(proxy, path_of(token=f"guess{number}"))).status for number in range(40)]
        slowed = await get(proxy, path_of(token="guess"))
        assert (await get(proxy, path_of())).status == 200
    assert statuses[0] == 404
    assert (statuses[-1], slowed.status) == (429, 429)
    assert int(slowed.headers["Retry-After"]) >= 1


async def test_one_url_has_a_pace_of_its_own(tmp_path: Path) -> None:
    async with publishing(tmp_path, free_busy_urls={"rate": 0.01}) as proxy:
        assert (await get(proxy, path_of())).status == 200
        waits = await get(proxy, path_of())
        assert (await get(proxy, path_of(BOB, OTHER))).status == 200
    assert waits.status == 503
    assert int(waits.headers["Retry-After"]) > 1


async def test_what_is_not_known_is_unavailable_and_never_free(tmp_path: Path) -> None:
    gap = TimeWindow(BLOCK.end, BLOCK.end + timedelta(hours=2))
    async with publishing(tmp_path, Company((BUSY,), unknown=(gap,))) as proxy:
        got = await get(proxy, path_of())
    assert got.periods == [(BLOCK.start, BLOCK.end, "BUSY"), (gap.start, gap.end, "BUSY-UNAVAILABLE")]


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.NO_SUCH_MAILBOX, Reason.UNREACHABLE, Reason.NO_ACCESS])
async def test_a_mailbox_that_cannot_be_answered_is_unavailable_all_the_time(tmp_path: Path, reason: Reason) -> None:
    async with publishing(tmp_path, Company(reason)) as proxy:
        got = await get(proxy, path_of())
    assert (got.status, got.periods) == (200, [(WHOLE.start, WHOLE.end, "BUSY-UNAVAILABLE")])


async def test_one_piece_that_fails_leaves_the_others(tmp_path: Path) -> None:
    async with publishing(tmp_path, Company((BUSY,), Reason.TIMEOUT)) as proxy:
        got = await get(proxy, path_of())
    edge = WHOLE.start + LONGEST_QUESTION
    assert got.periods == [(BLOCK.start, BLOCK.end, "BUSY"), (edge, WHOLE.end, "BUSY-UNAVAILABLE")]


async def test_a_client_that_has_it_already_is_told_so(tmp_path: Path) -> None:
    async with publishing(
        tmp_path, Company((BUSY,), (BUSY,), ()), free_busy_urls={"window_back": "0d", "rate": 9}
    ) as proxy:
        first = await get(proxy, path_of())
        tag = first.headers["Etag"]
        same = [await get(proxy, path_of(), If_None_Match=each) for each in (tag, f'"x", {tag[2:]}')]
        changed = await get(proxy, path_of(), If_None_Match=tag)
    assert [each.status for each in same] == [304, 200]  # the calendar changed before the second
    assert (same[0].body, same[0].headers["Etag"], same[0].headers["Cache-Control"]) == (b"", tag, "private, no-cache")
    assert (changed.status, changed.headers["Etag"] != tag) == (200, True)


async def test_head_tells_the_same_without_the_body(tmp_path: Path) -> None:
    async with publishing(tmp_path) as proxy:
        whole, head = await get(proxy, path_of()), await get(proxy, path_of(), "HEAD")
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
async def test_it_is_only_read(tmp_path: Path, method: str) -> None:
    async with publishing(tmp_path) as proxy:
        got = await get(proxy, path_of(), method)
    assert (got.status, got.headers["Allow"]) == (405, "GET, HEAD")


async def test_rules_about_the_person_hold(tmp_path: Path) -> None:
    far = BusyInterval(TimeWindow(MIDNIGHT + timedelta(days=30), MIDNIGHT + timedelta(days=31)), BusyStatus.TENTATIVE)
    rules = [{"about": [ANN], "callers": [CALLER], "horizon_ahead": "14d"}]
    async with publishing(tmp_path, Company((BUSY, far)), rules=rules) as proxy:
        got, other = await get(proxy, path_of()), await get(proxy, path_of(BOB, OTHER))
    hidden = MIDNIGHT + timedelta(days=15), WHOLE.end, "BUSY"
    assert got.periods == [(BLOCK.start, BLOCK.end, "BUSY"), hidden]
    assert other.periods[-1][2] == "BUSY-TENTATIVE"


async def test_the_ledger_sees_who_was_looked_at(tmp_path: Path) -> None:
    async with publishing(tmp_path, ledger={"directory": "ledger"}) as proxy:
        await get(proxy, path_of())
        await get(proxy, path_of(token="wrong"))
    files = [path.read_bytes() for path in (tmp_path / "ledger").iterdir()]
    lines = [orjson.loads(line) for data in files for line in data.splitlines()]
    assert {line["caller"] for line in lines} == {CALLER}
    assert {line["proof"] for line in lines} == {"token"}
    assert {each["address"] for line in lines for each in line["people"]} == {ANN}
    assert TOKEN not in str(lines)


async def test_the_token_is_in_no_log_no_metric_no_error_and_no_capture(tmp_path: Path) -> None:
    stream = io.BytesIO()
    lines = logs.configure("json", stream=stream, level=10)
    answers: list[bytes] = []
    for connector in (Company((BUSY,)), Broken()):
        async with publishing(tmp_path, connector, capture={"directory": "captures"}) as proxy:
            await _captured(tmp_path, proxy)
            for path in (path_of(), f"/freebusy/{TOKEN}/{ANN}.ifb", path_of(BOB), path_of(token=f"{TOKEN}x")):
                for method in ("GET", "HEAD", "POST", "PUT"):
                    got = await get(proxy, path, method, **login())
                    answers.append(str(got.told).encode())
            async with aiohttp.ClientSession() as session, session.get(f"{proxy.metrics_url}/metrics") as response:
                answers.append(await response.read())
    lines.flush()
    written = stream.getvalue()
    assert written.count(b'"event":"request"') >= 32
    kept = b"".join(path.read_bytes() for path in (tmp_path / "captures").rglob("*") if path.is_file())
    assert b"busyline_capture" in kept
    for said in (TOKEN, TOKEN.lower(), digest_of(TOKEN).hex()):
        assert said.encode() not in written + kept + b"".join(answers)
    assert ANN.encode() not in written
    assert b"hunter2" not in written


async def _captured(directory: Path, proxy: Proxy) -> None:
    """Have everything captured that strangers ask."""
    assert proxy.recorder is not None
    order = orders.Order(
        id=orders.new_id(),
        caller="northwind",
        until=NOW + timedelta(minutes=5),
        requests=50,
        strangers=True,
        times=True,
    )
    orders.place(directory / "captures", order)
    await proxy.recorder.look()
    assert proxy.recorder.listening


async def test_without_the_section_there_is_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        assert (await get(proxy, path_of())).status == 404
        assert not any(path.startswith("/freebusy") for path in proxy.paths)

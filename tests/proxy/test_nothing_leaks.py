"""Whatever fails in a question: no secret, subject, place or address of a mailbox in any log line or metric.

No secret, subject or place is in an answer either. Lists of people are not asked for here: lines of theirs that are
wrong, and whoever uses both calendars after a move, are named in the log for the operator (docs/security.md).
"""

import base64
import gzip
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import quote

import aiohttp
import orjson
import pytest
import pytest_asyncio
import structlog

from protocols.ews.autodiscover import pox
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from proxy.wiring import Proxy
from service import logs
from tests.fuzz.world import messages
from tests.proxy.all_open import CLIENT_ID, all_open
from tests.proxy.served import BLOCK, EWS, NOW, PASSWORD, USER, login, question

pytestmark = pytest.mark.asyncio(loop_scope="module")
WRONG = "hunter2-was-wrong"
SUBJECT, PLACE, PEER = "Merger talks with Tailspin", "Boardroom 7", "peer-said-hunter3"
ASKED = ("bob.the.builder@fabrikam.example", "nobody.at.all@fabrikam.example", "ceo.herself@elsewhere.example")
CLIENT, VISITOR = "203.0.113.77", "secret.visitor@contoso.example"
MOODS = len(Reason) + 3
HASH_MARK = "$argon2id$"


class Talkative:
    """Fails in every way by turns, with everything it knows on its lips."""

    def __init__(self) -> None:
        self._moods = cycle((*Reason, "answers", "raises", "a key error"))

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox, or an exception that should not be."""
        mood = next(self._moods)
        if mood == "raises":
            raise RuntimeError(f"{PEER} {SUBJECT} {PLACE} {mailboxes[0].address}")
        if mood == "a key error":
            raise KeyError(SUBJECT) from ValueError(f"{PASSWORD} {mailboxes[0].address}")
        if isinstance(mood, Reason):
            return [Unavailable(mailbox=each, reason=mood, detail=f"{PEER} {SUBJECT}") for each in mailboxes]
        packed = Intervals.pack([BusyInterval(BLOCK, BusyStatus.BUSY, EventDetails(subject=SUBJECT, location=PLACE))])
        return [
            Availability(mailbox=each, window=question.window, intervals=packed, source="script", as_of=NOW)
            for each in mailboxes
        ]


@dataclass
class Heard:
    """A proxy, everything it wrote down, and everything it answered."""

    proxy: Proxy
    written: io.BytesIO
    lines: logs.Lines
    answers: list[bytes] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def heard(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Heard]:
    before = structlog.get_config()
    stream = io.BytesIO()
    lines = logs.configure("json", stream=stream, level=10)
    async with all_open(tmp_path_factory.mktemp("open"), connector=Talkative()) as proxy:
        everything = Heard(proxy, stream, lines)
        await _provoke(everything)
        yield everything
    structlog.configure(**before)


async def _provoke(heard: Heard) -> None:
    headers = {"X-Forwarded-For": CLIENT, "User-Agent": VISITOR, "X-AnchorMailbox": VISITOR}
    async with aiohttp.ClientSession(headers=headers) as session:
        for path in heard.proxy.paths:
            for proof in _proofs():
                for body, kind in _bodies():
                    sent = {"Content-Type": kind, **proof}
                    if body.startswith(b"\x1f\x8b"):
                        sent["Content-Encoding"] = "gzip"
                    async with session.post(heard.proxy.url + path, data=body, headers=sent) as answer:
                        heard.statuses.add(answer.status)
                        heard.answers.append(str(answer.headers).encode() + await answer.read())
            async with session.get(heard.proxy.url + path + f"/{VISITOR}?Email={VISITOR}&Protocol={WRONG}") as answer:
                heard.statuses.add(answer.status)
                heard.answers.append(str(answer.headers).encode() + await answer.read())
        for number in range(2 * MOODS):  # each mood for a question with and without details
            asked = question(*ASKED, view=("Detailed", "FreeBusy")[number // MOODS])
            sent = {"Content-Type": "text/xml", **login()}
            async with session.post(heard.proxy.url + EWS, data=asked, headers=sent) as answer:
                heard.answers.append(str(answer.headers).encode() + await answer.read())
        async with session.get(f"{heard.proxy.metrics_url}/metrics") as answer:
            heard.answers.append(await answer.read())


def _proofs() -> Iterator[dict[str, str]]:
    yield {}
    yield login()
    yield login(password=WRONG)
    yield login(VISITOR, WRONG)
    yield login(CLIENT_ID, PASSWORD)
    actor, _, _, outer, own = (each.decode() for each in messages("jwt"))
    for token in (actor, outer, own, WRONG, "", f"{WRONG}.{WRONG}.{WRONG}"):
        yield {"Authorization": f"Bearer {token}"}
    yield {"Authorization": f"Negotiate {base64.b64encode(WRONG.encode()).decode()}"}


def _bodies() -> Iterator[tuple[bytes, str]]:
    yield question(*ASKED, view="Detailed"), "text/xml"
    yield question(ASKED[0]), "text/xml"
    yield question(*ASKED)[:-30], "text/xml"
    yield f"<a><b>{SUBJECT}</b>{WRONG}".encode(), "text/xml"
    yield gzip.compress(question(ASKED[0]))[:-9], "text/xml"
    yield pox.encode_request(ASKED[0]), "text/xml"
    yield messages("wssecurity")[-1], "text/xml"
    for secret in (PASSWORD, WRONG):
        form = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={quote(secret)}&x={VISITOR}"
        yield form.encode(), "application/x-www-form-urlencoded"


async def test_every_kind_of_failure_was_there(heard: Heard) -> None:
    assert {200, 400, 401, 404, 405, 415, 500} - heard.statuses == set()
    heard.lines.flush()
    events = [orjson.loads(line) for line in heard.written.getvalue().splitlines()]
    refused = {event["refused"] for event in events if event["event"] == "request"}
    assert len(refused) >= 5, refused
    broken = [event for event in events if "exception" in event]
    assert broken
    assert {"KeyError", "RuntimeError"} <= {line for event in broken for line in event["exception"].splitlines()}
    assert sum(event["event"] == "request" for event in events) > 200


SECRETS = [PASSWORD, WRONG, HASH_MARK, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(), PEER]
PRIVATE = [SUBJECT, PLACE]
ADDRESSES = [*ASKED, VISITOR]


@pytest.mark.parametrize("said", [*SECRETS, *PRIVATE, *ADDRESSES])
async def test_no_line_of_the_log_says(heard: Heard, said: str) -> None:
    heard.lines.flush()
    guilty = [line for line in heard.written.getvalue().splitlines() if said.encode() in line]
    assert guilty == []


@pytest.mark.parametrize("said", [*SECRETS, *PRIVATE])
async def test_no_answer_says(heard: Heard, said: str) -> None:
    guilty = [answer for answer in heard.answers if said.encode() in answer]
    assert guilty == []


@pytest.mark.parametrize("said", ADDRESSES)
async def test_no_metric_says(heard: Heard, said: str) -> None:
    metrics = heard.answers[-1]
    assert b"busyline_requests" in metrics
    assert said.encode() not in metrics


async def test_no_token_of_ours_is_in_the_log(heard: Heard) -> None:
    heard.lines.flush()
    tokens = [
        part
        for answer in heard.answers
        if b"access_token" in answer
        for part in answer.split(b'"')
        if part.count(b".") == 2 and len(part) > 60
    ]
    assert tokens
    assert [token for token in tokens if token in heard.written.getvalue()] == []


async def test_what_belongs_there_is_there(heard: Heard) -> None:
    heard.lines.flush()
    assert b"northwind" in heard.written.getvalue()  # the caller's name
    assert any(b"2026-11-23T09:00:00" in answer for answer in heard.answers)  # and the times it asked for

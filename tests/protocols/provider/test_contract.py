"""The published schemas say what the codec writes and takes, no more and no less; the example keeps to them."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Answer, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.provider.ask import ask, encode
from service.wire import Wire
from tests.house.tree import ROOT
from tests.protocols.provider.samples import ANN, BOB, BUSY, DETAILS, NOW, START, available, told
from tests.protocols.provider.schema import Schema

REQUEST, ANSWER = Schema("provider-request.schema.json"), Schema("provider-answer.schema.json")
WHOLE: dict[str, Any] = {
    "version": 1,
    "mailboxes": [
        {
            "mailbox": "ann@fabrikam.example",
            "events": [
                {
                    "start": "2026-11-23T09:00:00+01:00",
                    "end": "2026-11-23T17:00:00.5Z",
                    "status": "tentative",
                    "subject": "Early shift",
                    "location": "Gate 2",
                    "meeting": False,
                    "recurring": True,
                    "exception": False,
                    "private": True,
                    "reminder": None,
                },
                {"start": "2026-11-24", "end": "2026-11-26", "zone": "Europe/Berlin", "status": "out-of-office"},
            ],
            "unknown": [{"start": "2026-11-27T00:00:00Z", "end": "2026-11-28T00:00:00Z"}],
            "completeFrom": "2026-11-01T00:00:00Z",
            "completeUntil": "2026-12-24T00:00:00Z",
            "workingHours": {
                "zone": "Europe/Berlin",
                "periods": [{"days": ["monday", "friday"], "start": "09:00", "end": "17:30"}],
            },
        },
        {"mailbox": "bob@fabrikam.example", "error": {"code": "try-later", "retryAfter": 30}},
    ],
}
SWAPS: list[Any] = [
    None,
    True,
    1,
    -1,
    0.5,
    "",
    "busy",
    "monday",
    "not-found",
    "09:00",
    "2026-11-23",
    [],
    {},
    [1],
    {"a": 1},
]
SWAPS += ["2026-11-23T09:00:00Z", "2026-11-23T09:00:00", "2026-11-23T09:00:00Z\n", "vacation", 2, "24:00"]


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document but the document itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*way, key)
        yield from places(each, (*way, key))


def changed(way: tuple[Any, ...], swap: Any) -> dict[str, Any]:
    """WHOLE with the value at ``way`` replaced, or taken out where ``swap`` is ``...``."""
    document = copy.deepcopy(WHOLE)
    holder: Any = document
    for key in way[:-1]:
        holder = holder[key]
    if swap is ...:
        del holder[way[-1]]
    else:
        holder[way[-1]] = swap
    return document


def is_taken(document: Any) -> bool:
    """Whether the codec finds nothing wrong with any entry."""
    with suppress(PeerError):
        answers = told(json.dumps(document).encode(), ANN, BOB, question=DETAILS)
        wrong = {Reason.GARBLED, Reason.INCOMPLETE}
        return not any(isinstance(each, Unavailable) and each.reason in wrong for each in answers)
    return False


def test_the_whole_sample_is_valid_and_taken() -> None:
    assert ANSWER.admits(WHOLE)
    ann, bob = told(json.dumps(WHOLE).encode(), ANN, BOB, question=DETAILS)
    assert len(available(ann).intervals) == 2
    assert isinstance(bob, Unavailable)


# What is about who somebody is, or whether times and zones make sense, no schema tells.
BEYOND_A_SCHEMA = ("mailbox", "zone")
WAYS = [
    way for way in places(WHOLE) if way[-1] not in BEYOND_A_SCHEMA and way not in {("mailboxes", 0), ("mailboxes", 1)}
]


@settings(max_examples=300)
@given(st.sampled_from(WAYS), st.sampled_from([*SWAPS, ...]))
def test_the_codec_takes_what_the_schema_admits(way: tuple[Any, ...], swap: Any) -> None:
    document = changed(way, swap)
    if ANSWER.admits(document) != is_taken(document):
        # what no schema tells (an order of times, a missing entry): the codec is the stricter one there, never laxer
        assert ANSWER.admits(document)
        assert way[-1] in ("start", "end", "mailboxes")


@given(
    st.lists(st.sampled_from([ANN, BOB]), min_size=1, max_size=3),
    st.integers(0, 10**6),
    st.integers(1, 60 * 86_400 * 10**6),
    st.sampled_from(Detail),
)
def test_every_question_is_as_its_schema_has_it(
    mailboxes: list[Mailbox], start: int, length: int, detail: Detail
) -> None:
    begin = START + timedelta(microseconds=start)
    question = Question(window=TimeWindow(begin, begin + timedelta(microseconds=length)), detail=detail)
    request = encode(mailboxes, question, url="https://x.example/", requester="busyline")
    assert REQUEST.admits(json.loads(request.body))


@pytest.mark.parametrize("wrong", [{}, {**WHOLE, "version": 2}, {"version": 1}])
def test_the_schema_can_refuse(wrong: Any) -> None:
    assert not ANSWER.admits(wrong)
    assert not REQUEST.admits(wrong)


SHIFTS = """\
ann@fabrikam.example,2026-11-23T09:00:00+01:00,2026-11-23T17:00:00+01:00
ann@fabrikam.example,2026-12-23T09:00:00+01:00,2026-12-23T17:00:00+01:00
bob@fabrikam.example,2026-01-01T09:00:00+01:00,2026-01-01T17:00:00+01:00
"""


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """The example of the documentation while it runs, and its address."""
    (tmp_path / "shifts.csv").write_text(SHIFTS, "utf-8")
    command = [sys.executable, str(ROOT / "docs/examples/provider.py"), str(tmp_path / "shifts.csv"), "0"]
    environ = {**os.environ, "SHIFTS_TOKEN": "hunter2"}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def asked(provider: str, token: str, *mailboxes: Mailbox) -> tuple[list[Answer], bytes]:
    """What the example answers, and its very bytes."""
    bodies: list[bytes] = []
    async with Wire() as wire:

        async def send(request: HttpRequest) -> HttpResponse:
            headers = request.headers.set("Authorization", f"Bearer {token}")
            response = await wire.send(HttpRequest(request.method, request.url, headers, request.body))
            bodies.append(response.body)
            return response

        answers = await ask(send, mailboxes, BUSY, url=provider, requester="busyline", source="shifts", as_of=NOW)
    return answers, bodies[0]


async def test_the_example_keeps_to_the_contract(provider: str) -> None:
    (bob, nobody, ann), body = await asked(provider, "hunter2", BOB, Mailbox.parse("nobody@fabrikam.example"), ANN)
    assert list(available(bob).intervals) == []
    assert isinstance(nobody, Unavailable)
    assert nobody.reason is Reason.NO_SUCH_MAILBOX
    assert [one.window.start.hour for one in available(ann).intervals] == [8]
    assert ANSWER.admits(json.loads(body))


async def test_the_example_asks_for_its_token(provider: str) -> None:
    with pytest.raises(PeerError, match="HTTP 401"):
        await asked(provider, "wrong", ANN)

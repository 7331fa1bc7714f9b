"""A capture run again: of every operation and manner the same, and a difference is found and told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from protocols.ews.autodiscover import pox
from protocols.ews.manner import Manner
from protocols.model.freebusy import Availability, Detail
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.window import TimeWindow
from proxy.capture import order as orders
from proxy.capture.bodies import Body
from proxy.capture.journal import Entry, Journal, read
from proxy.capture.replaying import Replayed, Verdict, replay
from tests.proxy.capture.samples import order
from tests.proxy.served import BLOCK, EWS, NOW, XML, Busy, configuration, login, question, serving
from tests.wire.captures import captured

_CLIENTS = ("exchangelib", "ews-javascript-api", "exchangelib-autodiscover", "ews-javascript-api-autodiscover")
_POX = "/autodiscover/autodiscover.xml"
_JSON = "/autodiscover/autodiscover.json"


class Detailed(Busy):
    """Everybody has one meeting with a subject and a place, half a day elsewhere, and an hour on the telephone."""

    async def lookup(self, mailboxes: Any, question: Any) -> list[Any]:
        """One answer per mailbox."""
        answers = await super().lookup(mailboxes, question)
        meeting = EventDetails(subject="Quarterly figures", location="Room 5", meeting=True)
        later = TimeWindow(BLOCK.end, BLOCK.end + timedelta(hours=3))
        blocks = [
            BusyInterval(BLOCK, BusyStatus.BUSY, meeting),
            BusyInterval(later, BusyStatus.WORKING_ELSEWHERE),
            BusyInterval(TimeWindow(BLOCK.start, later.end), BusyStatus.TENTATIVE),
        ]
        return [
            replace(answer, intervals=Intervals.pack(blocks), detail=Detail.DETAILS)
            if isinstance(answer, Availability)
            else answer
            for answer in answers
        ]


async def _captured(directory: Path, requests: list[tuple[str, str, Any, Mapping[str, str]]], **caller: Any) -> Journal:
    """What a capture holds of ``requests``, answered by a whole proxy."""
    settings = configuration(**{"may_ask": ["*"], "sees": "details", **caller})
    settings["capture"] = {"directory": "captures"}
    settings["routes"].append({"match": "example.test", "via": "fabrikam"})
    captures = directory / "captures"
    async with serving(directory, settings=settings, connector=Detailed()) as proxy:
        assert proxy.recorder is not None
        recorder = proxy.recorder
        orders.place(captures, order(requests=len(requests)))
        await recorder.look()
        async with aiohttp.ClientSession() as session:
            for method, path, body, headers in requests:
                async with session.request(method, proxy.url + path, data=body, headers=headers) as answer:
                    await answer.read()
        await recorder.look()
    (file,) = captures.glob("*.jsonl")
    return read(file)


async def _again(journal: Journal, manner: Manner | None = None) -> list[Replayed]:
    return await replay(journal, manner or journal.header.manner, clock=lambda: NOW)


def _post(body: bytes, path: str = EWS) -> tuple[str, str, bytes, dict[str, str]]:
    return "POST", path, body, {**login(), **XML}


def _clients() -> list[tuple[str, str, Any, Mapping[str, str]]]:
    return [
        (
            one.request.method,
            urlsplit(one.request.url).path,
            one.request.body or None,
            {**login(), "Content-Type": one.request.headers.get("Content-Type", "text/xml")},
        )
        for client in _CLIENTS
        for one in captured(client)
    ]


@pytest.mark.parametrize(
    "caller",
    [
        {},
        {"sees": "busy"},
        {"always_events": True},
        {"times": "offset"},
        {"faults": "per-mailbox"},
        {"may_ask": ["x.example"]},
    ],
    ids=str,
)
async def test_everything_is_the_same_in_every_manner(tmp_path: Path, caller: dict[str, Any]) -> None:
    asked = _clients() + [
        _post(
            question("bob@fabrikam.example", "not an address", "bob@fabrikam.example", "x@nowhere.example", view=view)
        )
        for view in ("MergedOnly", "FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged")
    ]
    asked += [
        _post(question("bob@fabrikam.example", view="None")),
        _post(question()),
        _post(question("bob@fabrikam.example").replace(b"2026-11-23T", b"23 Nov ")),
        _post(question("bob@fabrikam.example", operation="GetRoomLists")),
        _post(pox.encode_request("frieda@fabrikam.example"), _POX),
        _post(pox.encode_request("frieda@elsewhere.example"), _POX),
        _post(pox.encode_request("nobody"), _POX),
        ("GET", f"{_JSON}/v1.0/frieda@fabrikam.example?Protocol=EWS", None, {}),
        ("GET", f"{_JSON}?Protocol=AutodiscoverV1&Email=frieda@fabrikam.example", None, {}),
        ("GET", f"{_JSON}?Protocol=EWS", None, {}),
    ]
    journal = await _captured(tmp_path, asked, **caller)
    again = await _again(journal)
    assert len(again) == len(asked)
    wrong = [one for one in again if one.verdict not in (Verdict.SAME, Verdict.SKIPPED)]
    assert wrong == []
    assert [one.words for one in again if one.verdict is Verdict.SKIPPED] == [
        "its answer was not kept"
    ] * 3  # GET of POX
    assert not [one.words for one in again if one.verdict is Verdict.SAME and one.words]


async def test_nothing_personal_is_in_the_file(tmp_path: Path) -> None:
    await _captured(tmp_path, [_post(question("bob@fabrikam.example", view="Detailed"))])
    (file,) = (tmp_path / "captures").glob("*.jsonl")
    text = file.read_text()
    for personal in ("bob", "fabrikam", "Quarterly", "Room 5", "northwind", "interop", "correct horse", "127.0.0.1"):
        assert personal not in text
    assert "2026-11-23T09:00:00" in text


async def test_another_manner_makes_a_difference_that_is_told(tmp_path: Path) -> None:
    journal = await _captured(tmp_path, [_post(question("bob@fabrikam.example"))])
    (one,) = await _again(journal, Manner(offsets=True))
    assert one.verdict is Verdict.DIFFERS
    assert "captured …" in one.words
    assert "⟨</t:StartTime>" in one.words
    assert "now …" in one.words


async def test_what_we_no_longer_read_is_told_with_its_fault(tmp_path: Path) -> None:
    journal = await _captured(tmp_path, [_post(question("bob@fabrikam.example"))])
    (entry,) = journal.entries
    assert entry.body is not None
    broken = replace(entry.body, text=str(entry.body.text).replace("FreeBusy<", "Hunter2<"))
    (one,) = await _again(Journal(journal.header, (replace(entry, body=broken),)))
    assert one.verdict is Verdict.UNREADABLE
    assert one.words == "HTTP 500 (invalid-view) instead of 200 (answered)"


async def test_an_answer_that_cannot_be_read_back_is_told(tmp_path: Path) -> None:
    journal = await _captured(tmp_path, [_post(question("bob@fabrikam.example", "ann@fabrikam.example"))])
    (entry,) = journal.entries
    text = str(entry.answer.text)
    start, end = text.index("<m:FreeBusyResponse>"), text.index("</m:FreeBusyResponse>") + len("</m:FreeBusyResponse>")
    short = replace(entry, answer=replace(entry.answer, text=text[:start] + text[end:]))
    (one,) = await _again(Journal(journal.header, (short,)))
    assert (one.verdict, one.words) == (Verdict.UNREADABLE, "the captured answer: 1 responses for 2 mailboxes")


async def test_without_times_requests_are_read_and_answers_not_compared(tmp_path: Path) -> None:
    journal = await _captured(tmp_path, [_post(question("bob@fabrikam.example"))])
    (one,) = await _again(Journal(replace(journal.header, times=False), journal.entries))
    assert one.verdict is Verdict.SAME
    assert one.words == "its answer was captured without times, and is not compared"


def _entry(**changed: Any) -> Entry:
    known: dict[str, Any] = {
        "line": 2,
        "front": "ews",
        "operation": "",
        "outcome": "answered",
        "method": "POST",
        "path": EWS,
        "query": "",
        "headers": (),
        "body": Body(text="<a/>"),
        "status": 200,
        "answer": Body(text="<a/>"),
    }
    return Entry(**known | changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": 401}, "nobody was let in"),
        ({"status": 429}, "it was told to wait"),
        ({"outcome": "busy"}, "it was refused for what happened then (busy)"),
        ({"front": "token"}, "requests of this kind are not replayed"),
        (
            {"front": "autodiscover-soap", "operation": "GetFederationInformation"},
            "its answer is what the configuration says",
        ),
        ({"method": "GET", "body": None, "answer": Body(shape="text")}, "its answer was not kept"),
        ({"body": None}, "its body was not kept: it was not read"),
        ({"body": Body(shape="binary")}, "its body was not kept: binary"),
    ],
)
async def test_what_is_not_replayed_says_why(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    journal = await _captured(tmp_path, [_post(question("bob@fabrikam.example"))])
    (one,) = await _again(Journal(journal.header, (_entry(**changed),)))
    assert (one.verdict, one.words) == (Verdict.SKIPPED, words)

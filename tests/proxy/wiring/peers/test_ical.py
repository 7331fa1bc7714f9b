"""Published files over a real network: what is asked again, who gets the password, and files without measure."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.layers.batch import Batch
from proxy.list_files import ListFileError
from proxy.wiring.peers import Peer
from simulation.faults import Trouble
from simulation.published import PublishedServer
from tests.proxy.wiring.peers.asking import BUSY, FORMER, HOP, START, asked, built, estate, windows

ANN = "ann@x.example"
NINE = TimeWindow(datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC))
EVENT = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n{}END:VEVENT\r\n"


def calendar(*, padding: int = 0) -> bytes:
    text = EVENT.format(1, f"DESCRIPTION:{'x' * padding}\r\n" if padding else "")
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{text}END:VCALENDAR\r\n".encode()


def settings(server: PublishedServer, **more: Any) -> dict[str, Any]:
    return {"protocol": "ical", "url": f"{server.url}/{{local}}.ics", "zone": "Europe/Berlin", **more}


async def again(peer: Peer, address: str = ANN, question: Question = BUSY) -> Answer:
    [answer] = await Leaf("x", peer.asks[0], lambda: START).lookup([Mailbox.parse(address)], question)
    return answer


@pytest.mark.parametrize("padding", [0, 200_000])
@pytest.mark.parametrize(("etags", "dates"), [(True, True), (True, False), (False, True), (False, False)])
async def test_what_has_not_changed_is_not_sent_again(tmp_path: Path, padding: int, etags: bool, dates: bool) -> None:
    async with PublishedServer(estate()) as server, AsyncExitStack() as stack:
        server.put("/ann.ics", calendar(padding=padding))
        server.etags, server.dates = etags, dates
        peer = await built(settings(server), tmp_path, stack)
        for _ in range(3):
            assert windows(await again(peer)) == [NINE]
        shifted = Question(window=TimeWindow(START, START + timedelta(days=3)))
        assert windows(await again(peer, question=shifted)) == [NINE]
        assert [call.status for call in server.calls] == [200, *[304 if etags or dates else 200] * 3]
        assert {call.headers["busyline-hops"] for call in server.calls} == {f"{FORMER}, {HOP}", HOP}
        server.put("/ann.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", datetime(2026, 11, 2, tzinfo=UTC))
        assert windows(await again(peer)) == []


async def test_nothing_is_kept_beyond_the_bound(tmp_path: Path) -> None:
    async with PublishedServer(estate()) as server, AsyncExitStack() as stack:
        for name in ("ann", "bob"):
            server.put(f"/{name}.ics", calendar())
        peer = await built(settings(server, keep="20kB"), tmp_path, stack)
        for name in ("ann", "bob", "ann", "ann"):
            assert windows(await again(peer, f"{name}@x.example")) == [NINE]
    assert [call.status for call in server.calls] == [200, 200, 200, 304]


async def test_a_file_without_measure_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with PublishedServer(estate()) as server, AsyncExitStack() as stack:
        server.put("/ann.ics", calendar(padding=50 * 2**20))
        peer = await built(settings(server, max_size="1MiB"), tmp_path, stack)
        batch = Batch(Leaf("x", peer.asks[0], lambda: START), limits=peer.limits)
        [answer] = await batch.lookup([Mailbox.parse(ANN)], BUSY)
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.INCOMPLETE
        assert isinstance(await again(peer), Unavailable)
    assert len(server.calls) == 1


async def test_a_file_without_end_is_hung_up_on_at_the_default_size(tmp_path: Path) -> None:
    sent, head = 0, b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        try:
            for _ in range(50 * 16):  # 50 MiB
                writer.write(b"X-LINE:" + b"x" * 65_527 + b"\r\n")
                await writer.drain()
                sent += 65_536
        except ConnectionError:
            pass
        writer.transport.abort()

    async with await asyncio.start_server(pour, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        written = {"protocol": "ical", "url": f"http://127.0.0.1:{port}/{{local}}.ics"}
        [answer] = await asked(written, tmp_path, [ANN])
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.INCOMPLETE
    assert 9 * 2**20 < sent < 30 * 2**20  # what buffers of sockets hold comes on top


async def test_a_redirect_on_the_same_server_is_followed_and_to_another_refused(tmp_path: Path) -> None:
    async with PublishedServer(estate()) as server, PublishedServer(estate()) as other:
        for each in (server, other):
            each.put("/moved/ann.ics", calendar())
        server.redirects["/ann.ics"] = "/moved/ann.ics"
        server.redirects["/bob.ics"] = f"{other.url}/moved/ann.ics"
        ann, bob = await asked(settings(server), tmp_path, [ANN, "bob@x.example"])
    assert windows(ann) == [NINE]
    assert [call.status for call in server.calls] == [302, 200, 302]
    assert isinstance(bob, Unavailable)
    assert bob.reason is Reason.GARBLED
    assert not other.calls


async def test_the_password_goes_to_the_server_of_url_alone(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("secret")
    async with PublishedServer(estate()) as server, PublishedServer(estate()) as other:
        server.password = ("busyline", "secret")
        server.put("/bob.ics", calendar())
        other.put("/ann.ics", calendar())
        auth = {"kind": "basic", "username": "busyline", "password": "file:s"}
        written = settings(server, auth=auth, people={ANN: f"{other.url}/ann.ics"})
        ann, bob = await asked(written, tmp_path, [ANN, "bob@x.example"])
        assert windows(ann) == windows(bob) == [NINE]
        assert "authorization" in server.calls[0].headers
        assert "authorization" not in other.calls[0].headers
        server.password = ("busyline", "another")
        [answer] = await asked(written, tmp_path, ["bob@x.example"])
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.UNAUTHORIZED


async def test_people_of_a_file(tmp_path: Path) -> None:
    async with PublishedServer(estate()) as server:
        server.put("/secret/a.ics", calendar())
        (tmp_path / "people.csv").write_text(f"address,url\n{ANN},{server.url}/secret/a.ics\n")
        written = {"protocol": "ical", "people": "people.csv"}
        ann, bob = await asked(written, tmp_path, [ANN, "bob@x.example"])
        assert windows(ann) == [NINE]
        assert isinstance(bob, Unavailable)
        assert bob.reason is Reason.NO_SUCH_MAILBOX
        (tmp_path / "people.csv").write_text("nonsense\nnonsense")
        with pytest.raises(ListFileError, match=r"people\.csv:2"):
            await asked(written, tmp_path, [ANN])


@pytest.mark.parametrize(
    ("trouble", "reasons"),
    [
        (Trouble.RESET, {Reason.UNREACHABLE}),
        (Trouble.CUT, {Reason.GARBLED}),
        (Trouble.THROTTLED, {Reason.THROTTLED}),
        (Trouble.BROKEN, {Reason.PEER_FAILED}),
        (Trouble.TRUNCATED, {Reason.INCOMPLETE, Reason.GARBLED}),
        (Trouble.HTML, {Reason.GARBLED}),
        (Trouble.GARBAGE, {Reason.GARBLED}),
        (Trouble.DENIED, {Reason.UNAUTHORIZED}),
        (Trouble.HANG, {Reason.TIMEOUT}),
    ],
)
async def test_every_trouble_is_doubt(tmp_path: Path, trouble: Trouble, reasons: set[Reason]) -> None:
    async with PublishedServer(estate()) as server:
        server.put("/ann.ics", calendar())
        server.faults.trouble = trouble
        [answer] = await asked(settings(server, deadline="300ms"), tmp_path, [ANN])
    assert isinstance(answer, Unavailable)
    assert answer.reason in reasons


@pytest.mark.parametrize(
    ("status", "reason"), [("404", Reason.NO_SUCH_MAILBOX), ("410", Reason.NO_SUCH_MAILBOX), ("403", Reason.NO_ACCESS)]
)
async def test_who_is_not_there_and_who_is_closed(tmp_path: Path, status: str, reason: Reason) -> None:
    async with PublishedServer(estate()) as server:
        server.put("/bob.ics", calendar())
        server.faults.addresses["/ann.ics"] = status
        ann, bob, again_ = await asked(settings(server), tmp_path, [ANN, "bob@x.example", "Bob@X.example"])
    assert isinstance(ann, Unavailable)
    assert ann.reason is reason
    assert windows(bob) == windows(again_) == [NINE]

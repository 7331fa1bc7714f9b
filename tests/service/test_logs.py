"""The logs: one line per event, the id of the request in each, buffered, and no secret in a traceback."""

import asyncio
import gc
import io
import json
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from service.logs import REQUEST_ID, Lines, configure, hear, tell
from service.secrets import Secret


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def _events(stream: io.BytesIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_json_with_the_id_of_the_request() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream)
    token = REQUEST_ID.set("abc")
    structlog.get_logger("x").info("answered", outcomes={"known": 1}, password=Secret("hunter2"))
    REQUEST_ID.reset(token)
    structlog.get_logger("x").info("later")
    lines.flush()
    first, second = _events(stream)
    assert first["event"] == "answered"
    assert (first["level"], first["request_id"], first["outcomes"]) == ("info", "abc", {"known": 1})
    assert first["password"] == "***"
    assert "request_id" not in second


def _rendered(event: MutableMapping[str, Any]) -> bytes:
    return str(event["event"]).encode()


def test_without_an_event_loop_nothing_waits() -> None:
    stream = io.BytesIO()
    Lines(stream, _rendered).info({"event": "one"})
    assert stream.getvalue() == b"one\n"


async def test_events_wait_until_there_are_many_or_one_is_urgent() -> None:
    stream = io.BytesIO()
    lines = Lines(stream, _rendered, most=2)
    lines.info({"event": "one"})
    assert stream.getvalue() == b""
    lines.warning({"event": "two"})
    assert stream.getvalue() == b"one\ntwo\n"
    lines.info({"event": "three"})
    lines.info({"event": "four"})
    assert stream.getvalue().endswith(b"four\n")
    lines.flush()
    assert stream.getvalue().count(b"\n") == 4


def test_the_time_is_that_of_the_event() -> None:
    stream = io.BytesIO()
    configure("json", stream=stream)
    before = datetime.now(UTC)
    structlog.get_logger("x").info("now")
    (event,) = _events(stream)
    told = datetime.fromisoformat(str(event["time"]))
    assert before - timedelta(milliseconds=1) <= told <= datetime.now(UTC)


def test_where_nobody_reads_any_more_the_service_lives_on() -> None:
    stream = io.BytesIO()
    lines = Lines(stream, _rendered)
    stream.close()
    lines.error({"event": "one"})
    lines.flush()


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_without_the_values_of_its_variables_nor_the_words_of_the_error(style: str) -> None:
    stream = io.BytesIO()
    configure("json" if style == "json" else "console", stream=stream)

    def fails(secret: str) -> None:
        raise ValueError(f"cannot use {secret}")

    try:
        fails("hunter" + "2")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    text = stream.getvalue().decode()  # urgent, so it is out already
    assert "ValueError" in text
    assert "in fails" in text
    assert "hunter2" not in text


def test_what_is_below_the_level_is_dropped() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream, level=30)
    structlog.get_logger("x").info("no")
    structlog.get_logger("x").warning("yes")
    lines.flush()
    assert [event["event"] for event in _events(stream)] == ["yes"]


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("poison", ["event", "value"])
def test_an_event_that_cannot_be_written_costs_no_other_and_no_request(style: str, poison: str) -> None:
    class Unwritable:
        def __str__(self) -> str:
            raise ZeroDivisionError

        __repr__ = __str__

    stream = io.BytesIO()
    lines = configure("json" if style == "json" else "console", stream=stream)
    log = structlog.get_logger("x")
    log.info("before")
    if poison == "event" and style == "json":
        log.info("lone \ud800")
    else:
        log.info("between", value=Unwritable())
    log.info("after")
    lines.flush()
    found = stream.getvalue().splitlines()
    assert len(found) == 3
    assert b"before" in found[0]
    instead = json.loads(found[1])
    assert (instead["event"], instead["level"]) == ("line_not_written", "error")
    assert instead["of"] in ("lone \\ud800", "between")
    assert b"after" in found[2]


async def test_waiting_events_are_written_once_whatever_is_among_them() -> None:
    stream = io.BytesIO()
    lines = Lines(stream, _rendered, most=3)
    for event in ({"event": "one"}, {}, {"event": "three"}, {"event": "four"}):
        lines.info(event)
    lines.flush()
    found = stream.getvalue().splitlines()
    assert [found[0], *found[2:]] == [b"one", b"three", b"four"]
    assert json.loads(found[1])["error"] == "KeyError"


def test_rendering_leaves_the_event_as_it_was() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream)
    event = {"event": "one", "level": "info", "time": 1_000_000_000}
    lines.info(event)
    lines.info(event)
    assert event["time"] == 1_000_000_000
    first, second = _events(stream)
    assert first == second


def test_lines_for_people_have_colours_on_a_terminal_alone() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    for stream, coloured in ((io.BytesIO(), False), (Terminal(), True)):
        lines = configure("console", stream=stream)
        structlog.get_logger("x").info("said", where="here")
        lines.flush()
        assert (b"\x1b[" in stream.getvalue()) is coloured
        assert b"said" in stream.getvalue()


@pytest.mark.parametrize("worker", [0, 3])
def test_what_is_told_with_every_request_is_told_as_by_structlog(worker: int) -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream, worker=worker)
    token = REQUEST_ID.set("an-id")
    try:
        tell("request", front="ews", outcomes={"known": 1})
        structlog.get_logger("x").info("request", front="ews", outcomes={"known": 1})
    finally:
        REQUEST_ID.reset(token)
    lines.flush()
    first, second = ({**event, "time": ""} for event in _events(stream))
    assert first == second
    assert first["request_id"] == "an-id"


def test_who_listens_to_structlog_hears_it_too() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream)
    with structlog.testing.capture_logs() as events:
        tell("request", front="ews")
    lines.flush()
    assert events == [{"event": "request", "front": "ews", "log_level": "info"}]
    assert stream.getvalue() == b""


def test_where_only_warnings_are_wanted_it_is_not_told() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream, level=30)
    tell("request", front="ews")
    lines.flush()
    assert stream.getvalue() == b""


async def test_a_worker_names_itself_in_each_line_and_no_line_is_parted() -> None:
    """A pipe that several write to keeps apart what is written at once, up to 4,096 bytes."""

    class Pipe(io.BytesIO):
        def write(self, data: Any) -> int:
            written.append(bytes(data))
            return super().write(data)

    written: list[bytes] = []
    stream = Pipe()
    configure("json", stream=stream, worker=3)
    log = structlog.get_logger("x")
    for number in range(100):
        log.info("answered", number=number, words="w" * 100)
    log.error("told at length", words="w" * 10_000)
    assert {event.get("worker") for event in _events(stream)} == {3}
    assert len(_events(stream)) == 101
    assert all(each.endswith(b"\n") and (len(each) <= 4096 or each.count(b"\n") == 1) for each in written)
    assert len(written) < 20


async def test_what_fails_where_nobody_waits_for_it_is_a_line_without_its_words() -> None:
    stream, loop = io.BytesIO(), asyncio.get_running_loop()
    configure("json", stream=stream)
    hear(loop)

    async def fail() -> None:
        raise ValueError("the password is zebra")

    task = loop.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    loop.call_soon([].pop)
    gone = RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")
    loop.call_exception_handler({"message": "SSL error in data received", "exception": gone})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    events = _events(stream)
    assert [event["event"] for event in events] == ["failed_alone", "connection_broken", "failed_alone"]
    assert events[0]["what"] == "Task exception was never retrieved"
    assert "ValueError" in str(events[0]["exception"])
    assert events[1]["level"] == "info"
    assert "IndexError" in str(events[2]["exception"])
    assert b"zebra" not in stream.getvalue()

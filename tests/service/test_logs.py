"""The logs: one line per event, the id of the request in each, buffered, and no secret in a traceback."""

import io
import json
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from service.logs import REQUEST_ID, Lines, configure
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
def test_a_traceback_without_the_values_of_its_variables(style: str) -> None:
    stream = io.BytesIO()
    configure("json" if style == "json" else "console", stream=stream)

    def fails(secret: str) -> None:
        raise ValueError("on purpose")

    try:
        fails("hunter" + "2")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    text = stream.getvalue().decode()  # urgent, so it is out already
    assert "on purpose" in text
    assert "in fails" in text
    assert "hunter2" not in text


def test_what_is_below_the_level_is_dropped() -> None:
    stream = io.BytesIO()
    lines = configure("json", stream=stream, level=30)
    structlog.get_logger("x").info("no")
    structlog.get_logger("x").warning("yes")
    lines.flush()
    assert [event["event"] for event in _events(stream)] == ["yes"]

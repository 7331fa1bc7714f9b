"""Tests of proxy/fronts/heads.py; that aiohttp writes the same is tested with the server."""

from email.utils import parsedate_to_datetime
from time import time

from proxy.fronts.heads import Head

HEAD = Head({"Content-Type": "text/xml; charset=utf-8", "DAV": "1, 100%"})


def test_every_line_of_a_head() -> None:
    before = int(time())
    lines = HEAD.written(1234, "an-id", "").decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    assert lines[-2:] == ["", ""]
    fields = dict(line.split(": ", 1) for line in lines[1:-2])
    date = parsedate_to_datetime(fields.pop("Date")).timestamp()
    assert before <= date <= time()
    assert fields == {
        "Content-Type": "text/xml; charset=utf-8",
        "DAV": "1, 100%",
        "Server": "Busyline",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Length": "1234",
        "X-Request-Id": "an-id",
        "request-id": "an-id",
    }


def test_the_callers_own_id_is_repeated() -> None:
    assert b"\r\nclient-request-id: theirs\r\n\r\n" in HEAD.written(0, "an-id", "theirs")

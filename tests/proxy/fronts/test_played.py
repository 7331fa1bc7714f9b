"""A captured request as the fronts see one: what they ask it is answered, and of the connection there is nothing."""

from aiohttp import web

from proxy.fronts.answers import plain
from proxy.fronts.body import read_xml
from proxy.fronts.played import answer_of, played


async def test_the_fronts_read_it_like_any_other() -> None:
    headers = (("content-type", "text/xml"), ("Expect", "100-continue"), ("Transfer-Encoding", "chunked"), ("A", "1"))
    request = played("POST", "/EWS/Exchange.asmx", "Protocol=EWS&Email=a@b.example", headers, b"<a/>")
    assert await read_xml(request, 100) == b"<a/>"
    assert (request.method, request.path, request.query_string) == (
        "POST",
        "/EWS/Exchange.asmx",
        "Protocol=EWS&Email=a@b.example",
    )
    assert request.query["email".title()] == "a@b.example"
    assert dict(request.headers) == {"content-type": "text/xml", "A": "1"}
    assert (request.remote, request.transport, request.content_length) == (None, None, 4)
    assert request.rel_url.raw_path == "/EWS/Exchange.asmx"


def test_what_would_have_gone_out() -> None:
    assert answer_of(plain("word", status=404)) == (404, b"word\n")
    assert answer_of(web.Response(status=401)) == (401, b"")

"""Tests of proxy/fronts/posted.py."""

from multidict import CIMultiDict, CIMultiDictProxy

from proxy.fronts.posted import Posted


def test_headers_are_found_in_any_letter_case() -> None:
    posted = Posted("/EWS", CIMultiDictProxy(CIMultiDict({"content-TYPE": "text/xml"})), b"<a/>", "127.0.0.1")
    assert posted.headers["Content-Type"] == "text/xml"
    assert (posted.path, posted.body, posted.peer) == ("/EWS", b"<a/>", "127.0.0.1")

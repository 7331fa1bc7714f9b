"""Headers match in any case, may repeat, and never print their values; Retry-After is read and bounded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.http import Headers, HttpRequest, HttpResponse, retry_after

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_names_match_in_any_case(name: str) -> None:
    headers = Headers({"Content-type": "text/xml"})
    assert headers[name] == "text/xml"
    assert headers.get(name) == "text/xml"
    assert name in headers


def test_a_missing_name() -> None:
    headers = Headers({"A": "1"})
    assert headers.get("B") is None
    assert "B" not in headers
    with pytest.raises(KeyError):
        headers["B"]


def test_a_name_may_repeat_and_keeps_its_order() -> None:
    headers = Headers((("Set-Cookie", "a"), ("X", "1"), ("set-cookie", "b")))
    assert list(headers.all("SET-COOKIE")) == ["a", "b"]
    assert headers["Set-Cookie"] == "a"
    assert len(headers) == 2
    assert list(headers) == ["set-cookie", "x"]
    assert headers.fields == (("Set-Cookie", "a"), ("X", "1"), ("set-cookie", "b"))


def test_set_replaces_every_field_of_the_name_and_leaves_the_old_headers_alone() -> None:
    headers = Headers((("A", "1"), ("a", "2"), ("B", "3")))
    assert headers.set("A", "4").fields == (("B", "3"), ("A", "4"))
    assert len(headers.fields) == 3


def test_nothing_prints_a_value_or_a_body() -> None:
    headers = Headers({"Authorization": "Basic c2VjcmV0"})
    request = HttpRequest("POST", "https://peer.example/x", headers, b"secret body")
    response = HttpResponse(200, headers, b"secret body")
    assert "Authorization" in repr(request)
    for text in (repr(headers), repr(request), repr(response)):
        assert "c2VjcmV0" not in text
        assert "secret" not in text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 09:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 10:00:30 +0100", 30),
        ("Mon, 23 Nov 2026 09:00:30 -0000", 30),
        ("Mon, 23 Nov 2026 08:59:00 GMT", 0),
        ("Mon, 23 Nov 2099 09:00:00 GMT", 86_400),
        ("999999", 86_400),
        ("9" * 5000, 86_400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after(text: str, seconds: int | None) -> None:
    wait = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(Headers({"retry-after": text}), NOW) == wait


def test_retry_after_is_missing() -> None:
    assert retry_after(Headers(), NOW) is None


@given(st.text())
def test_retry_after_never_raises(text: str) -> None:
    wait = retry_after(Headers({"Retry-After": text}), NOW)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)

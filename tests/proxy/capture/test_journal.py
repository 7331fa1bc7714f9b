"""The file of a capture: nothing personal in any line, and read back as it was written."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.ews.manner import Manner
from proxy.capture.bodies import Body
from proxy.capture.heard import Heard
from proxy.capture.journal import Header, JournalError, entry, read
from proxy.capture.pseudonyms import Pseudonyms
from tests.proxy.capture.samples import HEADER, heard
from tests.proxy.served import NOW

_LETTERS = st.text("bfjkqvwxyzBJKQVWXZ", min_size=5, max_size=10)  # no word of any protocol
_SECRETS = st.builds("{}7{}".format, _LETTERS, _LETTERS) | st.builds("{}ß{}".format, _LETTERS, _LETTERS)
_NAMES = st.builds("{} {}".format, _LETTERS, _LETTERS)
_ADDRESSES = st.builds("{}.q9{}@{}.example".format, _LETTERS, _LETTERS, _LETTERS)
_PERSONAL = st.one_of(_SECRETS, _NAMES, _ADDRESSES)


def _xml(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


def _token(value: str) -> str:
    parts = ({"alg": "RS256", "kid": value}, {"sub": value, "name": [value], value: 1, "nested": {"x": value}})
    return ".".join(base64.urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=") for part in parts) + "." + value


def _basic(value: str) -> str:
    return "Basic " + base64.b64encode(f"{value}:{value}".encode()).decode()


_IN_HEADERS: list[Callable[[str], dict[str, Any]]] = [
    *[
        lambda v, n=name: {"headers": ((n, v),)}
        for name in (
            "Authorization",
            "Cookie",
            "X-AnchorMailbox",
            "X-User-Identity",
            "client-request-id",
            "X-Forwarded-For",
            "Accept",
            "Content-Type",
            "SOAPAction",
            "Referer",
            "X-ClientStatistics",
            "Expect",
            "Connection",
            "Accept-Language",
            "Host",
            "Content-Encoding",
            "Transfer-Encoding",
            "X-Anything",
            "WWW-Authenticate",
            "Date",
            "Proxy-Authorization",
        )
    ],
    lambda v: {"headers": ((v, "x"),)},
    lambda v: {"headers": (("Authorization", _basic(v)),)},
    lambda v: {"headers": (("Authorization", f"Bearer {_token(v)}"),)},
    lambda v: {"headers": (("Authorization", f"Bearer {v}"),)},
    lambda v: {"headers": (("Authorization", f"{v} x"),)},
    lambda v: {"headers": (("User-Agent", f"Agent/{v.replace(' ', '.')}"),)},
    lambda v: {"path": f"/EWS/{quote(v)}"},
    lambda v: {"path": f"/autodiscover/autodiscover.json/v1.0/{v}"},
    lambda v: {"query": f"Email={quote(v)}&{quote(v)}=1&Protocol={quote(v)}"},
    lambda v: {"method": v},
    lambda v: {"method": v.upper().replace(" ", "")[:5]},
    lambda v: {"peer": v, "forwarded": v},
    lambda v: {"answer_headers": (("Location", v), ("Content-Type", v), ("WWW-Authenticate", f'Basic realm="{v}"'))},
]
_IN_BODIES: list[Callable[[str], str]] = [
    lambda v: f"<a>{_xml(v)}</a>",
    lambda v: f"<Bias>{_xml(v)}</Bias>",
    lambda v: f"<RequestedView>Detailed {_xml(v)}</RequestedView>",
    lambda v: f"<ResponseCode>Error{_xml(v)}</ResponseCode>",
    lambda v: f"<a>text {_xml(v)}<b/>{_xml(v)}</a>",
    lambda v: f"<!-- {_xml(v)} --><a><?pi {_xml(v)}?></a><!--{_xml(v)}-->",
    lambda v: f"<a><![CDATA[{v}]]></a>",
    lambda v: "<a>" + "".join(f"&#{ord(c)};" for c in v) + "</a>",
    lambda v: "<a>" + "".join(f"&#x{ord(c):x};" for c in v) + "</a>",
    lambda v: "<a>" + "<!---->".join(v) + "</a>",
    lambda v: f"<a Version='{_xml(v)}' x=\"{_xml(v)}\"/>",
    lambda v: f"<a xmlns='urn:{_xml(v)}' xmlns:p='http://schemas.microsoft.com/{_xml(v)}'/>",
    lambda v: f"<a xsi:type='{_xml(v)}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>",
    lambda v: f"<a>{base64.b64encode(v.encode()).decode()}</a>",
    lambda v: f"<a>{quote(v)}</a>",
    lambda v: f"<a>https://busy.example.com/EWS/Exchange.asmx?{quote(v)}</a>",
    lambda v: f"<a>{_xml(v)}",
    lambda v: f"<!DOCTYPE a [<!ENTITY x '{_xml(v)}'>]><a>&x;</a>",
    lambda v: f'{{"access_token": "{v}", "error_description": "{v}", "{v}": 1}}',
    lambda v: f"client_id={quote(v)}&client_secret={quote(v)}",
]
_ENCODINGS = ["utf-8", "utf-16", "utf-16-be", "utf-8-sig", "iso-8859-1", "utf-32", "cp037"]


def _forms(value: str) -> set[str]:
    """All in which it might come out."""
    data = value.encode()
    forms = {value, quote(value), base64.b64encode(data).decode().rstrip("="), data.hex(), orjson.dumps(value).decode()}
    forms |= {base64.b64encode(value.encode(code)).decode().rstrip("=") for code in ("utf-16-le", "utf-16-be")}
    parts = [part for part in value.replace("@", " ").split() if len(part) > 3]
    return forms | set(parts)


def _line(one: Heard) -> str:
    return orjson.dumps(entry(one, Pseudonyms(b"k" * 32), HEADER, 1, "busy.example.com")).decode()


def _clean(line: str, value: str) -> None:
    shown = line.lower()
    for form in _forms(value):
        assert form.lower() not in shown, form
    for code in ("utf-16-le", "utf-16-be"):
        assert orjson.dumps(value.encode(code).decode("latin-1")).decode().strip('"').lower() not in shown


@pytest.mark.parametrize("place", range(len(_IN_HEADERS)))
@settings(max_examples=20)
@given(value=_PERSONAL)
def test_nothing_personal_comes_out_of_a_head(place: int, value: str) -> None:
    changed = _IN_HEADERS[place](value)
    _clean(_line(heard(body=b"", answer=b"", **changed)), value)


@pytest.mark.parametrize("place", range(len(_IN_BODIES)))
@settings(max_examples=40)
@given(value=_PERSONAL | _LETTERS, encoding=st.sampled_from(_ENCODINGS), declared=st.booleans())
def test_nothing_personal_comes_out_of_a_body(place: int, value: str, encoding: str, declared: bool) -> None:
    text = _IN_BODIES[place](value)
    if declared and text.startswith("<"):
        text = f"<?xml version='1.0' encoding='{encoding.removesuffix('-be').removesuffix('-sig')}'?>{text}"
    data = text.encode(encoding)
    _clean(_line(heard(body=data, answer=b"", headers=())), value)
    _clean(_line(heard(body=None, answer=data, headers=())), value)


@given(value=_PERSONAL)
def test_what_was_replaced_in_a_body_is_equal_in_a_header(value: str) -> None:
    one = heard(
        body=f"<a><b>{_xml(value)}</b><c d='{_xml(value)}'/></a>".encode(), headers=(("X-AnchorMailbox", value),)
    )
    line = entry(one, Pseudonyms(b"k" * 32), HEADER, 1, "")
    pseudonym = line["headers"][0][1]
    assert line["body"]["text"] == f"<a><b>{pseudonym}</b><c d='{pseudonym}'/></a>"


def test_a_capture_is_read_back(tmp_path: Path) -> None:
    header = Header(started=NOW, manner=Manner(always_events=True), public="https://d1.example", times=False)
    line = entry(heard(query="Protocol=EWS"), Pseudonyms(b"k"), header, 1, "busy.example.com")
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, (header.as_json(), line, {"ended": "x", "kept": 1, "missed": 0}))))
    journal = read(file)
    assert journal.header == header
    (one,) = journal.entries
    assert (one.line, one.front, one.operation, one.status) == (2, "ews", "GetUserAvailabilityRequest", 200)
    assert (one.method, one.path, one.query) == ("POST", "/EWS/Exchange.asmx", "Protocol=EWS")
    assert one.headers == (("Content-Type", "text/xml; charset=utf-8"),)  # what is no text is not replayed
    assert one.body == Body.from_json(line["body"])
    assert line["ms"] == 12.5
    assert line["tls"] == ["TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"]


def test_our_own_description_is_not_kept() -> None:
    line = entry(heard(method="GET", answer=b"<wsdl/>", body=None), Pseudonyms(b"k"), HEADER, 1, "")
    assert line["answer"]["body"] == {"shape": "our own description", "size": 7}
    assert line["body"] is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ": is empty"),
        (b"no json\n", ":1: is no line of a capture"),
        (b'{"busyline_capture":2}\n', ":1: is no line of a capture: of format 2"),
        (orjson.dumps(HEADER.as_json()) + b'\n{"n":1}\n', ':2: is no line of a capture: it has no "front"'),
        (orjson.dumps(HEADER.as_json()) + b"\n[]\n", ":2: is no line of a capture"),
    ],
)
def test_what_is_no_capture_is_said_with_its_line(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(data)
    with pytest.raises(JournalError) as refused:
        read(file)
    assert f"{file}{words}" in str(refused.value)


def _line_of(**changed: Any) -> dict[str, Any]:
    line = entry(heard(), Pseudonyms(b"k" * 32), HEADER, 1, "busy.example.com")
    for path, value in changed.items():
        *where, name = path.split("__")
        place = line
        for step in where:
            place = place[step]
        place[name] = value
    return line


def _file(tmp_path: Path, *lines: Any, rest: bytes = b"") -> Path:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in (HEADER.as_json(), *lines)) + rest)
    return file


def test_half_a_line_at_the_end_is_left_out_and_said(tmp_path: Path) -> None:
    whole = read(_file(tmp_path, _line_of()))
    assert not whole.cut
    cut = read(_file(tmp_path, _line_of(), rest=orjson.dumps(_line_of())[:100]))
    assert cut.cut
    assert cut.entries == whole.entries
    with pytest.raises(JournalError, match=r":3: is no line"):
        read(_file(tmp_path, _line_of(), rest=orjson.dumps(_line_of())[:100] + b"\n"))


@pytest.mark.parametrize(
    "changed",
    [
        {"front": ["ews"]},
        {"operation": 5},
        {"method": "\x1b[2J"},
        {"path": "/EWS/\x1b"},
        {"query": None},
        {"headers": [5]},
        {"body": "x"},
        {"body__text": 5},
        {"body__encoding": "rot13"},
        {"body__encoding": ["utf-8"]},
        {"body__bom": "zz"},
        {"body__size": "5"},
        {"body__more": 5},
        {"body": {"text": "ä", "encoding": "ascii"}},
        {"body": {"text": "\U0001f600", "encoding": "iso-8859-1"}},
        {"answer": []},
        {"answer__status": "200"},
        {"answer__status": 99999},
        {"answer__body": None},
    ],
    ids=str,
)
def test_a_line_in_another_shape_is_refused_in_words(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(JournalError, match=r"x\.jsonl:2: is no line of a capture: "):
        read(_file(tmp_path, _line_of(**changed)))


@pytest.mark.parametrize(
    "changed",
    [
        {"started": 5},
        {"started": "2026-11-20T13:00:00"},
        {"manner": {"always_events": "yes"}},
        {"manner": {"more": True}},
        {"public": "\x1b"},
        {"times": 1},
        {"busyline_capture": "1"},
    ],
    ids=str,
)
def test_a_first_line_in_another_shape_is_refused_in_words(tmp_path: Path, changed: dict[str, Any]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(orjson.dumps(HEADER.as_json() | changed))
    with pytest.raises(JournalError, match=r"x\.jsonl:1: is no line of a capture: "):
        read(file)

"""Bodies: what is a protocol's stays byte for byte, what is somebody's is gone, and both readers must agree."""

import re

import orjson
import pytest

from protocols.ews import timezones
from protocols.ews.failures import FAILURES
from protocols.ews.request import decode
from protocols.ews.soap import read_envelope
from protocols.safexml import parse
from proxy.capture.bodies import Body, kept
from proxy.capture.pseudonyms import Pseudonyms
from tests.proxy.served import question
from tests.wire.captures import captured, clients

P = Pseudonyms(b"k" * 32)
_XML = [
    pytest.param(one.request.body, id=f"{client}-{number}")
    for client in clients()
    for number, one in enumerate(captured(client))
    if one.request.body.lstrip().startswith(b"<")
]


@pytest.mark.parametrize("data", _XML)
def test_captures_of_real_clients_survive(data: bytes) -> None:
    body = kept(data, P)
    assert body.text is not None
    assert re.sub(rb">[^<]*<|\"[^\"]*\"|'[^']*'", b"", body.data) == re.sub(rb">[^<]*<|\"[^\"]*\"|'[^']*'", b"", data)
    assert [e.tag for e in parse(body.data).iter()] == [e.tag for e in parse(data).iter()]
    for personal in (b"alice", b"bob", b"example.test", b"DUMMY"):
        assert personal not in body.data
    if b"GetUserAvailabilityRequest" in data:
        before, after = decode(read_envelope(data)), decode(read_envelope(body.data))
        assert (after.view, after.question, after.zone) == (before.view, before.question, before.zone)
        assert (after.server_version, after.suggestions) == (before.server_version, before.suggestions)
        assert [target.mailbox is None for target in after.targets] == [t.mailbox is None for t in before.targets]
        assert len({target.mailbox for target in after.targets}) == len({t.mailbox for t in before.targets})
    if b"GetServerTimeZones" in data:
        assert timezones.decode(read_envelope(body.data)) == timezones.decode(read_envelope(data))


def test_no_real_request_is_left_out() -> None:
    posts = [one for client in clients() for one in captured(client) if b"Envelope" in one.request.body]
    assert len(_XML) == len(posts) == 14


def test_our_own_answers_stay_as_they_are() -> None:
    for data in (
        timezones.encode(timezones.TimeZonesRequest(("W. Europe Standard Time", "UTC"), full=True)),
        b"".join((b"<a>", *FAILURES.values(), b"</a>")).replace(
            b"<a>",
            b'<a xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
            b'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">',
        ),
    ):
        assert kept(data, P).data == data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "iso-8859-1", "cp1252"])
def test_odd_encodings_are_kept_as_they_came(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(
        encoding, encoding.removesuffix("-le").removesuffix("-be")
    )
    text = f"<?xml version='1.0' encoding='{declared}'?>"
    text += "<a><Bias>-60</Bias><Subject>Gr\u00fc\u00dfe von Frieda</Subject></a>"
    data = text.encode(encoding)
    body = kept(data, P)
    assert body.text is not None
    assert b"F\0r\0i" not in body.data
    assert b"Frieda" not in body.data
    assert parse(body.data).findtext("Bias") == "-60"
    assert parse(body.data).findtext("Subject") == P.of("Gr\u00fc\u00dfe von Frieda")
    assert body.data[:2] == data[:2]
    assert Body.from_json(orjson.loads(orjson.dumps(body.as_json()))) == body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>Frieda",
        b"<!DOCTYPE a [<!ENTITY f 'Frieda'>]><a>&f;</a>",
        b"<?xml version='1.0' encoding='utf-7'?><a>+AEYAcgBpAGUAZABh-</a>",
        b"<?xml version='1.1'?><a>Frieda</a>",
        b"client_id=Frieda&client_secret=Frieda",
        b'["Frieda"]',
        b'{"a": {"b": "Frieda"}}',
        b"<html>Frieda",
        b"\xff\xfe\x00Frieda",
        b"<a>" * 100 + b"Frieda" + b"</a>" * 100,
        b"<a>" + b"Frieda " * 700_000 + b"</a>",
    ],
)
def test_of_what_is_no_plain_xml_a_shape_is_kept(data: bytes) -> None:
    body = kept(data, P)
    assert body.text is None
    assert body.shape
    assert body.size == len(data)
    assert "Frieda" not in orjson.dumps(body.as_json()).decode()
    assert body.hash == kept(data, P).hash != kept(data, Pseudonyms(b"another")).hash


def test_a_text_in_pieces_is_judged_as_a_whole() -> None:
    number = b"<Bias>123<!-- -->45<![CDATA[67]]>89</Bias>"
    assert b"123" not in kept(number, P).data
    assert kept(b"<Bias>4<!-- -->80</Bias>", P).data == b"<Bias>480</Bias>"


def test_a_value_is_kept_in_its_place_only() -> None:
    body = kept(
        b"<a><RequestedView>Detailed Frieda</RequestedView><Subject>Busy</Subject><BusyType>Busy</BusyType></a>", P
    )
    assert body.text == (
        f"<a><RequestedView>{P.of('Detailed Frieda')}</RequestedView><Subject>{P.of('Busy')}</Subject>"
        "<BusyType>Busy</BusyType></a>"
    )


def test_times_are_hidden_where_that_is_asked() -> None:
    data = (
        b"<a><CalendarEvent><StartTime>2026-11-23T09:00:00</StartTime></CalendarEvent>"
        b"<TimeWindow><StartTime>2026-11-23T00:00:00</StartTime></TimeWindow><MergedFreeBusy>0022</MergedFreeBusy></a>"
    )
    assert kept(data, P).data == data
    assert kept(data, P, times=False).text == (
        "<a><CalendarEvent><StartTime>hidden</StartTime></CalendarEvent>"
        "<TimeWindow><StartTime>2026-11-23T00:00:00</StartTime></TimeWindow><MergedFreeBusy>hidden</MergedFreeBusy></a>"
    )


def test_json_keeps_our_names_and_words() -> None:
    data = b'{"Protocol":"EWS","Url":"https://busy.example.com/EWS/Exchange.asmx","expires_in":3600,"Frieda":"x"}'
    told = orjson.loads(kept(data, P).data)
    assert told["Protocol"] == "EWS"
    assert told["Url"] == P.of("https://busy.example.com/EWS/Exchange.asmx")
    assert "Frieda" not in told
    assert orjson.loads(kept(b'{"access_token":"abc.def"}', P).data) == {"access_token": P.of("abc.def")}


def test_line_numbers_stay() -> None:
    text = question("a@b.example").decode().replace("<m:Mailbox", "<!-- a\nb -->\n<m:Mailbox")
    assert kept(text.encode(), P).data.count(b"\n") == 2

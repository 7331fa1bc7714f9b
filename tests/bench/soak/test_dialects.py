"""The ways of asking read what the server's clients read, and take nothing on trust."""

import json
from datetime import UTC, datetime

import pytest

from bench.soak.dialects import DIALECTS, Ews, Google, Graph, UnreadableAnswerError, login
from protocols.model.window import TimeWindow

ANN = "ann@contoso.example"
WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC))
BUSY_AT_ONE = b"\x00\x00\x02\x00"


def google(**told: object) -> bytes:
    return json.dumps({"calendars": {ANN: told}}).encode()


def graph(digits: str, **more: object) -> bytes:
    item = {
        "status": "busy",
        "start": {"dateTime": "2026-11-23T01:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-11-23T01:30:00.0000000", "timeZone": "UTC"},
    }
    told = {"scheduleId": ANN, "availabilityView": digits, "scheduleItems": [item], **more}
    return json.dumps({"value": [told]}).encode()


def ews(digits: str, *, code: str = "NoError", view: str = "FreeBusyMerged") -> bytes:
    event = (
        "<t:CalendarEvent><t:StartTime>2026-11-23T02:00:00</t:StartTime><t:EndTime>2026-11-23T02:30:00</t:EndTime>"
        "<t:BusyType>Busy</t:BusyType></t:CalendarEvent>"
    )
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="http://schemas.microsoft.com/exchange/services/2006/messages" '
        'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><FreeBusyResponseArray>'
        f'<FreeBusyResponse><ResponseMessage ResponseClass="{"Success" if code == "NoError" else "Error"}">'
        f"<ResponseCode>{code}</ResponseCode></ResponseMessage><FreeBusyView>"
        f"<t:FreeBusyViewType>{view}</t:FreeBusyViewType><t:MergedFreeBusy>{digits}</t:MergedFreeBusy>"
        f"<t:CalendarEventArray>{event}</t:CalendarEventArray></FreeBusyView></FreeBusyResponse>"
        "</FreeBusyResponseArray></s:Body></s:Envelope>"
    ).encode()


def test_google() -> None:
    busy = [{"start": "2026-11-23T01:00:00Z", "end": "2026-11-23T01:30:00Z"}]
    assert Google().shown(google(busy=busy), 200, [ANN], WINDOW) == [BUSY_AT_ONE]
    assert Google().shown(google(errors=[{"reason": "notFound"}]), 200, [ANN], WINDOW) == ["notFound"]
    assert Google().shown(b"{}", 503, [ANN, ANN], WINDOW) == ["HTTP 503"] * 2
    for answer in (google(errors=[{"reason": "notFound"}], busy=busy), b'{"calendars": {}}', b"[]", b"<html>"):
        with pytest.raises(UnreadableAnswerError):
            Google().shown(answer, 200, [ANN], WINDOW)


def test_graph() -> None:
    assert Graph().shown(graph("0020"), 200, [ANN], WINDOW) == [BUSY_AT_ONE]
    error = json.dumps({"value": [{"scheduleId": ANN, "error": {"responseCode": "ErrorServerBusy"}}]}).encode()
    assert Graph().shown(error, 200, [ANN], WINDOW) == ["ErrorServerBusy"]
    for answer in (graph("0000"), graph("0020", error={"responseCode": "x"}), graph("0020", scheduleId="bob"), b"[]"):
        with pytest.raises(UnreadableAnswerError):
            Graph().shown(answer, 200, [ANN], WINDOW)


def test_ews() -> None:
    assert Ews("FreeBusyMerged").shown(ews("0020"), 200, [ANN], WINDOW) == [BUSY_AT_ONE]
    assert Ews("FreeBusy").shown(ews(""), 200, [ANN], WINDOW) == [BUSY_AT_ONE]
    assert Ews("MergedOnly").shown(ews("0020"), 200, [ANN], WINDOW) == [BUSY_AT_ONE]
    assert Ews("FreeBusy").shown(ews("", code="ErrorServerBusy"), 200, [ANN], WINDOW) == ["ErrorServerBusy"]
    for answer, status in ((ews("0000"), 200), (b"<html>", 200), (ews("0020"), 502), (b"<a/>", 200)):
        with pytest.raises(UnreadableAnswerError):
            Ews("FreeBusyMerged").shown(answer, status, [ANN], WINDOW)


def test_every_way_asks_about_all_of_them() -> None:
    for dialect in DIALECTS:
        question = dialect.question([ANN, "bob@contoso.example"], WINDOW)
        assert question.index(ANN.encode()) < question.index(b"bob@contoso.example")
        assert dialect.name
        assert dialect.path.startswith("/")
    assert login("a", "b") == {"Authorization": "Basic YTpi"}

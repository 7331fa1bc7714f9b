"""A server that refuses, is gone or asks for peace is named; nothing is deleted for it, and later all is equal."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from calsync.reports.telling import text
from protocols.http import Headers, HttpRequest, HttpResponse
from service.runs.states import RunState
from tests.calsync.bad_input.joint import GOOD, Joint, joint, subjects

_JSON: Final = Headers({"Content-Type": "application/json", "Retry-After": "900"})


def google(status: int, reason: str) -> HttpResponse:
    """As Google says no."""
    body = f'{{"error": {{"code": {status}, "message": "No", "errors": [{{"reason": "{reason}"}}]}}}}'
    return HttpResponse(status, _JSON, body.encode())


def graph(status: int, code: str) -> HttpResponse:
    """As Graph does."""
    return HttpResponse(status, _JSON, f'{{"error": {{"code": "{code}", "message": "No"}}}}'.encode())


def ews(code: str, detail: str = "") -> HttpResponse:
    """As EWS does, in a fault."""
    types = "http://schemas.microsoft.com/exchange/services/2006"
    said = f'<detail><e:ResponseCode xmlns:e="{types}/errors">{code}</e:ResponseCode>{detail}</detail>'
    fault = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        f"<faultcode>a:{code}</faultcode><faultstring>No</faultstring>{said}</s:Fault></s:Body></s:Envelope>"
    )
    return HttpResponse(500, Headers({"Content-Type": "text/xml"}), fault.encode())


def plain(status: int) -> HttpResponse:
    """As any server does."""
    return HttpResponse(status, Headers({"Retry-After": "900"}), b"No")


PEACE: Final = timedelta(seconds=900)
"""So long each of them asks to be left alone, where it does."""
_PEACE: Final = (
    '<t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
    '<t:Value Name="BackOffMilliseconds">900000</t:Value></t:MessageXml>'
)
TROUBLES: Final = {
    "google": {
        "gone": google(404, "notFound"),
        "not shown": google(403, "forbidden"),
        "sign-in": google(401, "authError"),
        "throttled": google(429, "rateLimitExceeded"),
        "broken": HttpResponse(200, _JSON, b'{"kind": "calendar#events", "items": ['),
        "a page of a proxy": HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<html>Sign in here</html>"),
        "empty-handed": HttpResponse(200, _JSON, b"{}"),
    },
    "graph": {
        "gone": graph(404, "ErrorItemNotFound"),
        "not shown": graph(403, "ErrorAccessDenied"),
        "sign-in": graph(401, "InvalidAuthenticationToken"),
        "throttled": graph(429, "ApplicationThrottled"),
        "broken": HttpResponse(200, _JSON, b'{"value": ['),
        "a page of a proxy": HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<html>Sign in here</html>"),
        "empty-handed": HttpResponse(200, _JSON, b"{}"),
    },
    "ews": {
        "gone": ews("ErrorNonExistentMailbox"),
        "not shown": ews("ErrorAccessDenied"),
        "sign-in": plain(401),
        "throttled": ews("ErrorServerBusy", _PEACE),
        "broken": HttpResponse(200, Headers(), b"<s:Envelope"),
        "a page of a proxy": HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<html>Sign in here</html>"),
        "empty-handed": HttpResponse(200, Headers(), b""),
    },
    "ics": {
        "gone": plain(404),
        "really gone": plain(410),
        "not shown": plain(403),
        "sign-in": plain(401),
        "throttled": plain(429),
        "broken": HttpResponse(200, Headers(), b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"),
        "a page of a proxy": HttpResponse(200, Headers({"Content-Type": "text/html"}), b"<html>Sign in here</html>"),
        "empty-handed": HttpResponse(200, Headers(), b""),
    },
}
TROUBLES["public"] = TROUBLES["ews"]
TROUBLES.update({f"{system} contacts": TROUBLES[system] for system in ("google", "graph", "ews", "public")})
_CALDAV: Final = TROUBLES["ics"] | {"empty-handed": HttpResponse(207, Headers(), b'<multistatus xmlns="DAV:"/>')}
TROUBLES.update(dict.fromkeys(("radicale", "xandikos", "cyrus"), _CALDAV))
EVERY: Final = [(system, name) for system, some in sorted(TROUBLES.items()) for name in some]
NAMED: Final = [f"{system}: {name}" for system, name in EVERY]
READING: Final = frozenset({"GET", "REPORT", "PROPFIND"})


def always(response: HttpResponse) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: response


async def filled(made: Joint) -> None:
    """Ten on the bad side and three on the good one, all in both where both can be written."""
    await made.fill()
    for number in range(3):
        await made.well.user.create(made.good(f"Well {number}", 12 + number))
    assert (await made.sync()).well


@pytest.mark.parametrize(("system", "name"), EVERY, ids=NAMED)
async def test_a_spoke_that_cannot_be_read_is_named_and_nothing_follows(system: str, name: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        await filled(made)
        there = await subjects(made.well), await subjects(made.bad)
        made.bad.gate.answer = always(TROUBLES[system][name])
        for whole in (False, True, False):
            report = await made.quiet(whole=whole)
            assert report.state is RunState.FAILED
            assert f"{made.bad.spoke.name} could not be read: " in text(report)
        key = await made.well.user.create(made.good("Meanwhile", 20))
        report = await made.sync()
        assert report.state is RunState.FAILED
        assert report.tally.written.total() == 0
        made.bad.gate.answer = None
        made.pass_(PEACE)
        assert (await subjects(made.well), await subjects(made.bad)) == (sorted([*there[0], "Meanwhile"]), there[1])
        assert (await made.sync()).well
        assert await subjects(made.well) == sorted([*there[0], "Meanwhile"])
        if made.bad.spoke.ability.writable:
            assert await subjects(made.bad) == await subjects(made.well)
        await made.quiet(whole=True)
        await made.well.user.delete(key)


@pytest.mark.parametrize(("system", "name"), EVERY, ids=NAMED)
async def test_a_spoke_that_fails_from_the_first_day_on(system: str, name: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        await made.fill()
        await made.well.user.create(made.good("Well", 12))
        made.bad.gate.answer = always(TROUBLES[system][name])
        report = await made.quiet()
        assert report.state is RunState.FAILED
        made.bad.gate.answer = None
        made.pass_(PEACE)
        assert (await made.sync()).well
        assert len(await subjects(made.well)) == GOOD + 1


REFUSED: Final = {
    "google": google(403, "requiredAccessLevel"),
    "graph": graph(403, "ErrorAccessDenied"),
    "ews": ews("ErrorAccessDenied"),
    "public": ews("ErrorAccessDenied"),
    "radicale": plain(403),
    "xandikos": plain(403),
    "cyrus": plain(403),
}
REFUSED.update({f"{system} contacts": REFUSED[system] for system in ("google", "graph", "ews", "public")})


def _writes(request: HttpRequest) -> bool:
    if b"/$batch" in request.url.encode():
        return b'"method":"GET"' not in request.body.replace(b" ", b"")
    action = request.headers.get("SOAPAction", "")
    if action:
        return any(word in action for word in ("CreateItem", "UpdateItem", "DeleteItem"))
    return request.method not in READING


@pytest.mark.parametrize("system", sorted(REFUSED))
async def test_a_calendar_that_turns_read_only_is_still_read_and_named(system: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        await filled(made)
        made.bad.gate.answer = lambda request: REFUSED[system] if _writes(request) else None
        await made.well.user.create(made.good("For later", 20))
        await made.bad.user.create(made.good("From there", 21))
        asked = made.bad.gate.asked
        for number in range(3):
            report = await made.sync()
            assert report.state is RunState.FAILED
            assert made.bad.spoke.name in text(report)
            assert "From there" in await subjects(made.well)
            assert report.tally.written.total() == (0 if number else 1)
        assert made.bad.gate.asked - asked < 60
        made.bad.gate.answer = None
        assert (await made.sync()).well
        assert await subjects(made.bad) == await subjects(made.well)
        await made.quiet(whole=True)

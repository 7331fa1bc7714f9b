"""Where the fuzzer begins with what callers write in JSON, iCalendar and WebDAV, and with what is answered so."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from protocols.ews.autodiscover import pox, settings
from protocols.ews.autodiscover.soap import AUTODISCOVER, SOAP11
from tests.fuzz.sources import BASE, HOST
from tests.fuzz.world import HOST as OURS
from tests.fuzz.world import PERSON, oidc_issuer
from tests.protocols.caldav import dav_samples as dav
from tests.protocols.caldav.ics import cal, event
from tests.protocols.provider.samples import EVENT, entry

_QUERY = {
    "timeMin": "2026-11-23T00:00:00Z",
    "timeMax": "2026-11-30T01:00:00+01:00",
    "timeZone": "Europe/Berlin",
    "items": [{"id": "ann@northwind.example"}, {"id": "SMTP:Bob@northwind.example"}, {"id": "primary"}],
}
_SCHEDULE = {
    "schedules": ["ann@contoso.example", "bob@contoso.example", "nobody"],
    "startTime": {"dateTime": "2026-11-23T00:00:00.0000000", "timeZone": "Pacific Standard Time"},
    "endTime": {"dateTime": "2026-11-30T00:00:00", "timeZone": "Europe/Berlin"},
    "availabilityViewInterval": 30,
}
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Ours",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)
_SERIES = ("DTSTART;TZID=Ours:20261102T100000", "DTEND;TZID=Ours:20261102T110000")
_AVAILABLE = ("DTSTART;TZID=Europe/Berlin:20260105T090000", "DTEND;TZID=Europe/Berlin:20260105T173000")
_BUSY = ("BEGIN:VFREEBUSY", "DTSTART:20261123T000000Z", "DTEND:20261130T000000Z")


def _google() -> Iterator[bytes]:
    changes: tuple[dict[str, Any], ...] = (
        {},
        {"groupExpansionMax": 100, "calendarExpansionMax": "2"},
        {"items": []},
        {"timeZone": None},
    )
    for more in changes:
        yield json.dumps(_QUERY | more).encode()
    yield json.dumps(_QUERY, indent=0).encode()
    yield b'{"timeMin":"2026-11-23t00:00:00.5z","timeMax":"2026-11-23T12:00:00-05:00","items":[{"id":"a@b.example"}]}'


def _graph() -> Iterator[bytes]:
    heads = (
        "/v1.0/me/calendar/getSchedule",
        'outlook.timezone="W. Europe Standard Time"',
        "/beta/users('ann')/calendars('AAMk')/microsoft.graph.getSchedule()",
        "return=minimal, outlook.timezone=UTC",
        "",
    )
    for head in heads:
        yield head.encode() + b"\n" + json.dumps(_SCHEDULE, indent=0).encode()
    capitals = {name.capitalize(): value for name, value in _SCHEDULE.items()}
    yield b"\n" + json.dumps(capitals | {"Availabilityviewinterval": None}).encode()


def _request(*attendees: str, method: str = "REQUEST") -> bytes:
    lines = ("UID:1@client", "DTSTAMP:20261120T120000Z", 'ORGANIZER;CN="A;B: C":mailto:olga@contoso.example')
    asked = [f'ATTENDEE;CN="{number}; a:b";ROLE=CHAIR:{each}' for number, each in enumerate(attendees)]
    return cal(f"METHOD:{method}", *_BUSY, *lines, *asked, "END:VFREEBUSY")


def _scheduling() -> Iterator[bytes]:
    yield _request("mailto:ann@contoso.example", "MAILTO:Bob@Contoso.example", "urn:uuid:1", "mailto:a%40b@c.example")
    yield _request("mailto:ann@contoso.example").replace(b"mailto:ann", b"mail\r\n to:ann")
    yield _request("mailto:ann@contoso.example").replace(b"1@client", b"1\\nATTENDEE:mailto:x@y.example")
    yield _request("mailto:ann@contoso.example", method="REPLY")
    yield cal("METHOD:REQUEST", *_ZONE, *event("DTSTART:20261123T000000Z"))


def _propfind() -> Iterator[bytes]:
    for inside in (
        "<D:allprop/>",
        "<D:propname/>",
        "<D:prop><D:owner/><C:calendar-home-set/><D:owner/><x:y xmlns:x='urn:x'/><z xmlns=''/></D:prop>",
        "<D:prop><D:current-user-principal/><D:resourcetype/><A:getctag xmlns:A='http://calendarserver.org/ns/'/></D:prop>",
        "<D:allprop/><D:include><C:calendar-data/></D:include>",
    ):
        yield f'<?xml version="1.0"?><D:propfind {dav.NAMES}>{inside}</D:propfind>'.encode()
    yield b" \r\n"


def _calendars() -> Iterator[bytes]:
    rules = (
        "FREQ=DAILY;UNTIL=20261126T090000Z",
        "FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1TU;COUNT=9",
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24,25;BYSETPOS=1",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0,30",
    )
    for rule in rules:
        yield cal(*_ZONE, *event(*_SERIES, f"RRULE:{rule}", "EXDATE;TZID=Ours:20261124T100000", "SUMMARY:x\\, y"))
    moved = event("RECURRENCE-ID;TZID=Ours:20261123T100000", "DTSTART:20261128T200000Z", "DURATION:PT1H")
    yield cal(*_ZONE, *event(*_SERIES, "RRULE:FREQ=DAILY", "RDATE;VALUE=PERIOD:20261124T000000Z/P1D"), *moved)
    yield cal("X-WR-TIMEZONE:Europe/Berlin", *event("DTSTART;VALUE=DATE:20261124", "CLASS:PRIVATE", "LOCATION:y"))
    yield cal(*event("DTSTART:20261124T090000", "DURATION:-PT1H", "TRANSP:TRANSPARENT"), end="\n")
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@x.example"
    yield cal(*event("DTSTART:20261124T090000Z", "DTEND:20261124T100000Z", declined, "STATUS:TENTATIVE"))
    yield cal(
        *_BUSY,
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261124T090000Z/PT1H,20261125T090000Z/20261125T100000Z",
        "END:VFREEBUSY",
    )
    yield cal("X-CLIPSTART:20261124T000000Z", "X-CLIPEND:20261125T000000Z", *event("DTSTART:20261124T090000Z"))
    weekly = ("BEGIN:AVAILABLE", *_AVAILABLE, "RRULE:FREQ=WEEKLY;BYDAY=MO,TU", "END:AVAILABLE")
    yield cal("BEGIN:VAVAILABILITY", "PRIORITY:1", *weekly, "END:VAVAILABILITY")
    yield cal(*event("DTSTART:20261124T090000Z")).replace(b"20261124", b"2026\r\n 1124") * 2
    yield b"\xff\xfe" + cal(*event("DTSTART:20261124T090000Z")).decode().encode("utf-16-le")
    yield b"<![CDATA[" + cal(*event("DTSTART:20261124T090000Z")) + b"]]>"


def _multistatus() -> Iterator[bytes]:
    principal = dav.hrefs("D:current-user-principal", "/p/ann/")
    yield dav.multistatus(dav.resource("/dav/", dav.propstat(principal))).body
    everything = (dav.hrefs("D:principal-collection-set", "/p/"), dav.hrefs("C:schedule-outbox-URL", "outbox/"))
    yield dav.multistatus(dav.principal("ann", principal, *everything)).body
    yield dav.home("ann", "work", "birthdays!").body
    elsewhere = dav.hrefs("C:calendar-home-set", "//evil.example/", f"{BASE}.evil.example/", f"{BASE}@evil.example/")
    yield dav.multistatus(dav.principal("ann", principal, elsewhere)).body
    yield dav.multistatus(dav.failed("/cal/ann/x/", "HTTP/1.1 403 No"), dav.failed("/y", "HTTP/1.1 507 X")).body
    listed = dav.CALENDAR + "<C:calendar-timezone>BEGIN:VTIMEZONE&#13;\nTZID:Europe/Berlin</C:calendar-timezone>"
    yield dav.multistatus(
        dav.resource("/cal/ann/work/", dav.propstat(listed), dav.propstat("<D:acl/>", "HTTP/2 401"))
    ).body
    yield dav.schedule_response(dav.recipient("ann", "2.0;Success", dav.HOUR_BUSY), dav.recipient("bob", "3.7")).body
    yield dav.schedule_response(dav.recipient("ann", "2.0;Success"), dav.recipient("ann", "5.1;x", "y")).body


def _provider() -> Iterator[bytes]:
    day = {"start": "2026-11-24", "end": "2026-11-25", "zone": "Europe/Berlin", "status": "tentative"}
    loud: dict[str, Any] = {**EVENT, "subject": "s", "location": "l", "private": True, "meeting": False}
    for entries in (
        [entry(EVENT, mailbox="Ann@x.example"), entry(mailbox="bob@x.example")],
        [entry(EVENT, day, loud, mailbox="ann@x.example", unknown=[EVENT], completeUntil="2026-11-28T00:00:00.5Z")],
        [{"mailbox": "ann@x.example", "error": {"code": "throttled", "retryAfter": 1.5}}],
        [entry(mailbox="ann@x.example"), entry(mailbox="ann@x.example")],
        [entry(mailbox="bob@x.example", completeFrom="2026-11-24T00:00:00+01:00", workingHours=_HOURS)],
    ):
        yield json.dumps({"version": 1, "mailboxes": entries}, indent=0).encode()
    yield b'{"version": 2, "mailboxes": []}'


_HOURS = {"zone": "W. Europe Standard Time", "periods": [{"days": ["monday"], "start": "09:00", "end": "24:00"}]}


def _user_settings() -> Iterator[bytes]:
    asked = settings.decode(_SETTINGS_REQUEST)
    yield settings.encode(asked, f"https://{HOST}/EWS/Exchange.asmx")
    for code, target in (
        ("RedirectUrl", f"https://{HOST}/b.svc"),
        ("RedirectAddress", "b@x.example"),
        ("InvalidUser", ""),
    ):
        user = f"<UserResponse><ErrorCode>{code}</ErrorCode><RedirectTarget>{target}</RedirectTarget></UserResponse>"
        yield _settings(f"<UserResponses>{user}</UserResponses>")
    value = "<UserSetting><Name>ExternalEwsUrl</Name><Value>https://evil.example/</Value></UserSetting>"
    yield _settings(f"<UserResponse><ErrorCode>NoError</ErrorCode><UserSettings>{value}</UserSettings></UserResponse>")
    yield pox.encode_request("a@x.example")
    account = "<Account><Protocol><Type>EXCH</Type><EwsUrl>https://a/</EwsUrl></Protocol></Account>"
    redirected = "<Account><RedirectAddr>b@x.example</RedirectAddr></Account>"
    for told in (account, redirected, "<Error><ErrorCode>500</ErrorCode></Error>"):
        yield f"<Autodiscover><Response>{told}</Response></Autodiscover>".encode()


_SETTINGS_REQUEST = (
    f'<s:Envelope xmlns:s="{SOAP11}" xmlns="{AUTODISCOVER}"><s:Body><GetUserSettingsRequestMessage><Request><Users>'
    "<User><Mailbox>a@x.example</Mailbox></User></Users><RequestedSettings><Setting>ExternalEwsUrl</Setting>"
    "</RequestedSettings></Request></GetUserSettingsRequestMessage></s:Body></s:Envelope>"
).encode()


def _settings(inside: str) -> bytes:
    response = f'<GetUserSettingsResponseMessage xmlns="{AUTODISCOVER}"><Response>{inside}</Response>'
    return (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>{response}</GetUserSettingsResponseMessage></s:Body></s:Envelope>'
    ).encode()


def _moves() -> Iterator[bytes]:
    yield b"address,moved_at,batch\nann@fabrikam.example,2026-11-20,one\nBob@Fabrikam.example,2026-11-20T18:00+01:00,\n"
    yield b'\xef\xbb\xbfbatch;address;moved_at\r\none;"ann@fabrikam.example";\r\n# ours\r\n\r\ntwo;b@x.wild.example\r\n'
    yield b"ann@fabrikam.example,2026-11-20\nann@mail.fabrikam.example,2026-11-20\nann@contoso.example,2026-11-20\n"
    yield b"batch,moved_at,rolled_back_at,resumed_at\none,2026-11-20,2026-11-21,2026-11-22\ntwo\n"
    yield b'address,when\na,b,c,d,e\n"""\n'
    names = (*map("p{}@fabrikam.example".format, range(9)), "a@b.example", "@", "ann@contoso.example")
    yield "\n".join(f'"{name}" ; 2026-11-{number + 9}T00:00Z ;"one"' for number, name in enumerate(names)).encode()
    yield b"ann@fabrikam.example,9999-12-31T23:59:59-14:00,x\rbob@fabrikam.example,1970-01-01,x\r"


def _oidc() -> Iterator[bytes]:
    issuer = oidc_issuer()
    header = {"typ": "at+jwt", "alg": "RS256", "kid": "rsa"}
    ours = f"https://{OURS}"
    for more in ({"sub": "northwind"}, {"azp": "an-application", "email": PERSON}, {"nbf": 0, "cnf": {}}):
        yield b"\n".join(json.dumps(each).encode() for each in (header, issuer.claims(ours, **more)))
    yield json.dumps(issuer.key_set(), indent=None).encode()
    entry_ = issuer.key_set()["keys"][0]
    curve = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}
    curve["y"] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"  # RFC 7515 A.3.1
    edwards = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}  # RFC 8037 A.2
    yield json.dumps(
        {"keys": [curve, edwards, {**entry_, "alg": None, "kid": None}, {"kty": "oct", "k": "a"}]}
    ).encode()
    yield issuer.token(issuer.claims(ours, sub="northwind")).encode()
    yield b"e30.e30."


SEEDS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "google": _google,
    "graph": _graph,
    "scheduling": _scheduling,
    "propfind": _propfind,
    "icalendar": _calendars,
    "multistatus": _multistatus,
    "provider": _provider,
    "usersettings": _user_settings,
    "moves": _moves,
    "oidc": _oidc,
}

"""What bad input gets, over real sockets: the exact status and code, in either kind of fault, and in good time."""

import asyncio
import contextlib
import gzip
import io
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from lxml import etree

from proxy.wiring import Proxy
from proxy.wiring.exchange_front import POX_PATH, SOAP_PATH
from tests.protocols.ews.samples import asking, interval, soap_request, texts, valid, view
from tests.proxy.served import EWS, PASSWORD, USER, XML, configuration, login, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
GOOGLE = "google@northwind.example"  # reads a code per mailbox, and no fault
BOB = "bob@fabrikam.example"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
CAP = 64 * 1024
NODES = 10_000_000


@dataclass(frozen=True)
class Wrong:
    """A request, and what it gets. ``per_mailbox``: for how many mailboxes a caller without faults reads the code."""

    body: bytes
    code: str
    status: int = 500
    per_mailbox: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: XML)


def ask(*addresses: str, start: str = "2026-11-23T00:00:00", end: str = "2026-11-25T00:00:00", **more: str) -> bytes:
    return asking(*addresses or (BOB,), start=start, end=end, **more)


def operation(inner: str, *, mailboxes: int = 1) -> bytes:
    data = f"<t:MailboxData><t:Email><t:Address>{BOB}</t:Address></t:Email></t:MailboxData>" * mailboxes
    array = f"<m:MailboxDataArray>{data}</m:MailboxDataArray>"
    return soap_request(f"<m:GetUserAvailabilityRequest>{array}{inner}</m:GetUserAvailabilityRequest>")


TIMES = "<t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-11-25T00:00:00</t:EndTime>"
UNREADABLE, INVALID, UNKNOWN = "ErrorSchemaValidation", "ErrorInvalidRequest", "ErrorInvalidOperation"
SPAN, LONG, CELL = "ErrorInvalidTimeInterval", "ErrorTimeIntervalTooBig", "ErrorInvalidMergedFreeBusyInterval"
VIEW, EMPTY, MANY = "ErrorInvalidFreeBusyViewType", "ErrorMailboxDataArrayEmpty", "ErrorMailboxDataArrayTooBig"
GZIPPED = {**XML, "Content-Encoding": "gzip"}
ZONE = (
    "<t:TimeZone><t:Bias>{bias}</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>"
    "<t:DayOrder>5</t:DayOrder><t:Month>{month}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
    "<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"
)

WRONG = {
    "nothing at all": Wrong(b"", UNREADABLE),
    "not XML": Wrong(b"hello", UNREADABLE),
    "JSON in disguise": Wrong(b'{"a": 1}', UNREADABLE),
    "bytes": Wrong(bytes(range(256)), UNREADABLE),
    "truncated XML": Wrong(ask()[:-40], UNREADABLE),
    "XML twice": Wrong(ask() * 2, UNREADABLE),
    "an encoding nobody knows": Wrong(b'<?xml version="1.0" encoding="klingon"?>' + ask(), UNREADABLE),
    "not in its encoding": Wrong(b'<?xml version="1.0" encoding="utf-8"?><a>\xff\xfe</a>', UNREADABLE),
    "DTD": Wrong(b"<!DOCTYPE a><a/>", INVALID),
    "DTD before a good question": Wrong(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + ask(), INVALID),
    "entity": Wrong(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', INVALID),
    "entity of a file": Wrong(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', INVALID),
    "a billion laughs": Wrong(f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(), INVALID),
    "1,000 deep": Wrong(b"<a>" * 1000 + b"</a>" * 1000, INVALID),
    "a little too deep": Wrong(b"<a>" * 65 + b"</a>" * 65, INVALID),
    "over the cap": Wrong(b"<a>" + b" " * CAP + b"</a>", INVALID, 413),
    "10 million elements": Wrong(b"<a>" + b"<b/>" * NODES + b"</a>", INVALID, 413),
    "gzip bomb": Wrong(gzip.compress(b" " * 40_000_000, mtime=0), INVALID, 413, headers=GZIPPED),
    "deflate bomb": Wrong(
        zlib.compress(b" " * 40_000_000), INVALID, 413, headers={**XML, "Content-Encoding": "deflate"}
    ),
    "not gzip": Wrong(b"this is no gzip", UNREADABLE, headers=GZIPPED),
    "half of a gzip": Wrong(gzip.compress(ask(), mtime=0)[:-30], UNREADABLE, headers=GZIPPED),
    "JSON": Wrong(b"{}", INVALID, 415, headers={"Content-Type": "application/json"}),
    "a form": Wrong(b"a=b", INVALID, 415, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    "good XML as HTML": Wrong(ask(), INVALID, 415, headers={"Content-Type": "text/html"}),
    "no content type to speak of": Wrong(ask(), INVALID, 415, headers={"Content-Type": "///"}),
    "compressed in a way nobody reads": Wrong(ask(), INVALID, 415, headers={**XML, "Content-Encoding": "compress"}),
    "compressed twice": Wrong(ask(), INVALID, 415, headers={**XML, "Content-Encoding": "gzip, gzip"}),
    "no envelope": Wrong(b"<a/>", INVALID, 415),
    "HTML": Wrong(b"<html><body><p>Hello</p></body></html>", INVALID, 415),
    "SOAP 1.2": Wrong(
        ask().replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"),
        INVALID,
        415,
    ),
    "empty Body": Wrong(soap_request(""), INVALID, 415),
    "unknown operation": Wrong(soap_request("<m:FindItem/>"), UNKNOWN),
    "operation without a namespace": Wrong(soap_request("<GetUserAvailabilityRequest/>"), UNKNOWN),
    "wrong namespace": Wrong(ask().replace(b"2006/messages", b"2007/messages"), UNKNOWN),
    "no mailboxes": Wrong(operation("", mailboxes=0), EMPTY),
    "101 mailboxes": Wrong(ask(*[BOB] * 101), MANY, per_mailbox=101),
    "reversed window": Wrong(ask(start="2026-11-26T00:00:00"), SPAN, per_mailbox=1),
    "empty window": Wrong(ask(start="2026-11-25T00:00:00"), SPAN, per_mailbox=1),
    "63 days": Wrong(ask(end="2027-01-25T00:00:00"), LONG, per_mailbox=1),
    "62 days and a second": Wrong(ask(end="2027-01-24T00:00:01"), LONG, per_mailbox=1),
    "all time": Wrong(ask(start="1970-01-01T00:00:00", end="2100-01-01T00:00:00"), LONG, per_mailbox=1),
    "the year one": Wrong(ask(start="0001-01-01T00:00:00", end="0001-01-02T00:00:00"), SPAN, per_mailbox=1),
    "the last year": Wrong(ask(start="9999-12-30T00:00:00", end="9999-12-31T23:59:59"), SPAN, per_mailbox=1),
    "a window in words": Wrong(ask(start="tomorrow"), UNREADABLE, per_mailbox=1),
    "30 February": Wrong(ask(start="2026-02-30T00:00:00"), UNREADABLE, per_mailbox=1),
    "no window": Wrong(operation("<t:FreeBusyViewOptions/>"), "ErrorMissingArgument", per_mailbox=1),
    "neither free/busy nor suggestions": Wrong(operation(""), VIEW, per_mailbox=1),
    "interval of 4 minutes": Wrong(ask(rest=interval(4)), CELL, per_mailbox=1),
    "interval of 1441 minutes": Wrong(ask(rest=interval(1441)), CELL, per_mailbox=1),
    "interval of nothing": Wrong(ask(rest=interval(0)), CELL, per_mailbox=1),
    "interval before nothing": Wrong(ask(rest=interval(-30)), CELL, per_mailbox=1),
    "interval longer than the window": Wrong(ask(end="2026-11-23T00:30:00", rest=interval(31)), CELL, per_mailbox=1),
    "interval in words": Wrong(ask(rest=interval("half an hour")), UNREADABLE, per_mailbox=1),
    "interval without end": Wrong(ask(rest=interval("9" * 5000)), UNREADABLE, per_mailbox=1),
    "view None": Wrong(ask(rest=view("None")), VIEW, per_mailbox=1),
    "view of fancy": Wrong(ask(rest=view("Everything")), VIEW, per_mailbox=1),
    "no view": Wrong(ask(rest=view("")), VIEW, per_mailbox=1),
    "month 13": Wrong(ask(zone=ZONE.format(bias=-60, month=13)), "ErrorTimeZone", per_mailbox=1),
    "a bias of a year": Wrong(ask(zone=ZONE.format(bias=525600, month=10)), "ErrorTimeZone", per_mailbox=1),
    "100 mailboxes, each told": Wrong(ask(*[BOB] * 100, rest=view("None")), VIEW, per_mailbox=100),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Proxy]:
    async with serving(tmp_path_factory.mktemp("proxy"), settings=_settings("64KiB")) as proxy:
        yield proxy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def roomy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Proxy]:
    """Takes bodies that the parser must refuse by itself."""
    async with serving(tmp_path_factory.mktemp("roomy"), settings=_settings("64MiB")) as proxy:
        yield proxy


def _settings(max_body: str) -> Mapping[str, object]:
    settings = configuration()
    (caller,) = settings["callers"]
    google = caller | {"name": "google", "basic": caller["basic"] | {"usernames": [GOOGLE]}, "faults": "per-mailbox"}
    return settings | {"server": settings["server"] | {"max_body": max_body}, "callers": [caller, google]}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str]


async def post(proxy: Proxy, body: bytes, headers: Mapping[str, str], path: str = EWS) -> Reply:
    """The answer, which must come soon and may hold nothing of ours."""
    async with (
        asyncio.timeout(10),
        aiohttp.ClientSession() as session,
        session.post(proxy.url + path, data=io.BytesIO(body), headers=headers) as answer,
    ):
        content = await answer.read()
        assert b"Traceback" not in content
        assert b"<html" not in content.lower()
        assert b"root:" not in content
        return Reply(answer.status, answer.headers.get("Content-Type", ""), content, answer.headers)


@pytest.mark.parametrize("name", WRONG)
async def test_a_caller_that_reads_faults(proxy: Proxy, name: str) -> None:
    wrong = WRONG[name]
    reply = await post(proxy, wrong.body, {**wrong.headers, **login()})
    fault(reply, wrong)


@pytest.mark.parametrize("name", WRONG)
async def test_a_caller_that_reads_a_code_per_mailbox(proxy: Proxy, name: str) -> None:
    wrong = WRONG[name]
    reply = await post(proxy, wrong.body, {**wrong.headers, **login(GOOGLE)})
    if not wrong.per_mailbox:
        fault(reply, wrong)
        return
    root = valid(reply.body)
    assert (reply.status, reply.kind) == (200, "text/xml; charset=utf-8")
    assert texts(root, "ResponseCode") == [wrong.code] * wrong.per_mailbox
    assert texts(root, "FreeBusyViewType") == ["None"] * wrong.per_mailbox
    assert not texts(root, "MergedFreeBusy")
    assert not texts(root, "BusyType")


def fault(reply: Reply, wrong: Wrong) -> None:
    """One fault of the right kind, with nothing beside it."""
    root = valid(reply.body)
    assert (reply.status, reply.kind) == (wrong.status, "text/xml; charset=utf-8")
    assert texts(root, "ResponseCode") == [wrong.code]
    assert texts(root, "faultcode") == [f"a:{wrong.code}"]
    assert root.find("{*}Header/{*}ServerVersionInfo") is not None


TOO_MUCH = {
    "10 million elements": (b"<a>" + b"<b/>" * NODES + b"</a>", 500),
    "5 million deep": (b"<b>" * (NODES // 2) + b"</b>" * (NODES // 2), 500),
    "200,001 elements": (b"<a>" + b"<b/>" * 200_000 + b"</a>", 500),
    "with attributes": (b"<a>" + b'<b c=""/>' * 200_000 + b"</a>", 500),
    "with a text of 20 million": (b"<a>" + b"b" * 20_000_000 + b"</a>", 500),
    "100,000 attributes": (b"<a " + b" ".join(b'b%d=""' % n for n in range(100_000)) + b"/>", 415),  # but no envelope
}


@pytest.mark.parametrize("user", [USER, GOOGLE])
@pytest.mark.parametrize("name", TOO_MUCH)
async def test_what_fits_the_cap_but_not_the_parser(roomy: Proxy, name: str, user: str) -> None:
    body, status = TOO_MUCH[name]
    reply = await post(roomy, body, {**XML, **login(user)})
    assert texts(valid(reply.body), "ResponseCode") == [INVALID]
    assert reply.status == status


async def test_a_header_that_must_be_understood(proxy: Proxy) -> None:
    header = '<x:Strange xmlns:x="urn:x" s:mustUnderstand="1"/>'
    for user in (USER, GOOGLE):
        reply = await post(proxy, ask(header=header), {**XML, **login(user)})
        assert (reply.status, texts(valid(reply.body), "faultcode")) == (500, ["s:MustUnderstand"])


async def test_the_figures_of_the_caller_are_told(proxy: Proxy) -> None:
    for name, words in (
        ("101 mailboxes", "The allowed size = 100; the actual size = 101."),
        ("63 days", "The allowed limit = 62 days; the actual limit = 63 days."),
    ):
        reply = await post(proxy, WRONG[name].body, {**XML, **login()})
        (text,) = texts(valid(reply.body), "faultstring")
        assert text.endswith(words)


@pytest.mark.parametrize(
    "body",
    [
        ask(end="2027-01-24T00:00:00"),
        ask(*[BOB] * 100),
        ask(rest=interval(5) + view("MergedOnly")),
        ask(rest=interval(1440) + view("MergedOnly")),
        ask(rest=interval(2880)).replace(b"2880", b"1440"),
        b"<!-- a comment -->" + ask() + b"<?and an instruction?>",
        ask().replace(b"</m:MailboxDataArray>", b"</m:MailboxDataArray><m:New/>"),
        ask(header='<x:Strange xmlns:x="urn:x"/>'),
    ],
    ids=["62 days", "100 mailboxes", "5 minutes", "1440 minutes", "a day", "comments", "an element more", "a header"],
)
async def test_what_is_just_right(proxy: Proxy, body: bytes) -> None:
    for user in (USER, GOOGLE):
        reply = await post(proxy, body, {**XML, **login(user)})
        assert reply.status == 200
        assert set(texts(valid(reply.body), "ResponseCode")) == {"NoError"}


@pytest.mark.parametrize(
    "address", ["", "bob", "@", "bob@", "@x.example", "a b@x.example", "a@b@c", "/o=x/cn=y", "\u2603"]
)
async def test_what_is_no_address_spoils_itself_alone(proxy: Proxy, address: str) -> None:
    for user in (USER, GOOGLE):
        reply = await post(proxy, ask(BOB, address, BOB), {**XML, **login(user)})
        root = valid(reply.body)
        assert reply.status == 200
        assert texts(root, "ResponseCode") == ["NoError", "ErrorMailRecipientNotFound", "NoError"]
        assert texts(root, "FreeBusyViewType") == ["FreeBusy", "None", "FreeBusy"]


async def test_who_is_not_let_in_learns_nothing_of_why(proxy: Proxy) -> None:
    proofs: list[dict[str, str]] = [
        {},
        login(USER, "wrong"),
        login("nobody", PASSWORD),
        login("", ""),
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Bearer " + "x" * 2000},
        {"Authorization": "Negotiate YII="},
    ]
    told = set()
    for proof in proofs:
        for body in (ask(), b"not XML", b"<!DOCTYPE a><a/>"):
            reply = await post(proxy, body, {**XML, **proof})
            assert reply.status == 401
            assert reply.body == b""
            never = {"date", "x-request-id", "request-id"}
            told.add(tuple((name, value) for name, value in reply.headers.items() if name.lower() not in never))
    (headers,) = told
    assert ("WWW-Authenticate", 'Basic realm="Busyline"') in headers


async def test_a_body_in_pieces_without_a_length_is_cut_at_the_cap(proxy: Proxy) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * CAP:
            sent += CAP
            yield b" " * CAP

    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        try:
            async with session.post(proxy.url + EWS, data=endless(), headers={**XML, **login()}) as answer:
                assert answer.status == 413
                assert texts(valid(await answer.read()), "ResponseCode") == [INVALID]
        except aiohttp.ClientConnectionError:
            pass  # it hung up on us before we had read: as good an answer
    assert sent < 100 * CAP


async def test_a_caller_that_hangs_up_in_the_middle_harms_nobody(proxy: Proxy) -> None:
    head = f"POST {EWS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n"
    head += f"Authorization: {login()['Authorization']}\r\n\r\n"
    for _ in range(20):
        _, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
        writer.write(head.encode() + ask()[:200])
        await writer.drain()
        writer.close()
    reply = await post(proxy, ask(), {**XML, **login()})
    assert reply.status == 200


HEAD = f"POST {EWS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
NO_HTTP = {
    "a chunk without a length": f"{HEAD}Transfer-Encoding: chunked\r\n\r\nZZZ\r\nabc\r\n0\r\n\r\n",
    "two ways to tell the length": f"{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": f"{HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a length below nought": f"{HEAD}Content-Length: -5\r\n\r\n",
    "a length beyond all": f"{HEAD}Content-Length: {'9' * 30}\r\n\r\n",
    "HTTP/2.0": "POST / HTTP/2.0\r\nHost: x\r\n\r\n",
    "a header too long": f"{HEAD}X: {'a' * 100_000}\r\n\r\n",
    "headers too long together": HEAD + f"X: {'a' * 5000}\r\n" * 4 + "\r\n",
    "too many headers": HEAD + "X: a\r\n" * 200 + "\r\n",
    "a path too long": f"GET /{'a' * 100_000} HTTP/1.1\r\nHost: x\r\n\r\n",
    "an encoding nobody knows": f"{HEAD}Content-Encoding: br\r\nContent-Length: 3\r\n\r\nabc",
    "a method nobody knows": "FROB / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a nought in a header": f"{HEAD}X: a\0b\r\nContent-Length: 0\r\n\r\n",
}

LONG_HEADERS = 431, "the request's headers are too long"
SAID = {
    "HTTP/2.0": (505, "only HTTP/1.1 is spoken here"),
    "a header too long": LONG_HEADERS,
    "headers too long together": LONG_HEADERS,
    "too many headers": LONG_HEADERS,
    "a path too long": (414, "the request's address is too long"),
    "an encoding nobody knows": (415, "the body's encoding is not understood"),
}


@pytest.mark.parametrize("name", NO_HTTP)
async def test_what_is_no_http_gets_a_line_and_an_end(proxy: Proxy, name: str) -> None:
    reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
    try:
        async with asyncio.timeout(10):
            writer.write(NO_HTTP[name].encode())
            head = await reader.readuntil(b"\r\n\r\n")
            status, words = SAID.get(name, (400, "the request is not readable"))
            assert int(head.split()[1]) == status
            assert b"Content-Type: text/plain" in head
            assert await reader.readline() == words.encode() + b"\n"
            with contextlib.suppress(ConnectionResetError):  # what we sent on may not have been read
                assert await reader.read() == b""
    finally:
        writer.close()


AUTODISCOVER = {
    "not XML": (b"hello", XML, (200, 500)),
    "truncated": (b"<a><b>", XML, (200, 500)),
    "DTD": (b"<!DOCTYPE a><a/>", XML, (200, 500)),
    "entity of a file": (WRONG["entity of a file"].body, XML, (200, 500)),
    "a billion laughs": (WRONG["a billion laughs"].body, XML, (200, 500)),
    "1,000 deep": (WRONG["1,000 deep"].body, XML, (200, 500)),
    "another document": (b"<a/>", XML, (200, 500)),
    "over the cap": (WRONG["over the cap"].body, XML, (413, 413)),
    "gzip bomb": (WRONG["gzip bomb"].body, GZIPPED, (413, 413)),
    "JSON": (b"{}", {"Content-Type": "application/json"}, (415, 415)),
}


@pytest.mark.parametrize("name", AUTODISCOVER)
async def test_autodiscover_refuses_in_its_own_dialects(proxy: Proxy, name: str) -> None:
    body, headers, statuses = AUTODISCOVER[name]
    for path, status, error in zip((POX_PATH, SOAP_PATH), statuses, ("ErrorCode", "faultcode"), strict=True):
        reply = await post(proxy, body, {**headers, **login()}, path)
        assert reply.status == status, path
        assert reply.kind.startswith("text/xml")
        assert texts(etree.fromstring(reply.body), error), path
        stranger = await post(proxy, body, headers, path)
        assert (stranger.status, stranger.body) == (401, b""), path

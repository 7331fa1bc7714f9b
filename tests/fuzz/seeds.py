"""Where the fuzzer begins: what real clients sent, requests of every kind, and the pieces that hurt other parsers."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from protocols.ews.autodiscover import pox
from tests.fuzz.dialect_seeds import SEEDS
from tests.fuzz.world import HOST, PERSON, SECONDS, messages, service
from tests.protocols.ews.samples import asking, interval, soap_request, view
from tests.wire.captures import captured, clients

_BOMB = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;&d;</a>'
_OUTSIDE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'
_PIECES = (
    b"<a/>",
    b"<a><b c='d'>e</b><!-- f --><?g h?><![CDATA[i]]></a>",
    b'<?xml version="1.0" encoding="utf-16"?><a/>',
    '<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"),
    b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>',
    b"\xef\xbb\xbf<a>&#x26;&#0;&lt;</a>",
    b"<a xmlns='u' xmlns:b='v' b:c='d' xml:lang='e'><b:f/></a>",
    b"<a>" * 70 + b"</a>" * 70,
    b"<a " + b" ".join(b'b%d=""' % number for number in range(50)) + b"/>",
    b"<" + b"a" * 600 + b"/>",
    _BOMB,
    _OUTSIDE,
)
_ZONE = (
    "<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>"
    "<t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
    "<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"
)
_WORDS = re.compile(
    rb"\"\w+\"|</?[A-Za-z][\w.:-]*>?| [A-Za-z:]+=\"[^\"]*\"|[\w-]+@[\w.-]+|\d{4}-\d\d-\d\dT[\d:]+"
    rb"|[A-Z][A-Z-]{3,}(?:=[A-Z-]+)?"
)
_MORE_WORDS = (
    b"<!DOCTYPE",
    b"<!ENTITY",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?xml",
    b"]]>",
    b"&amp;",
    b"&#x0;",
    b"SYSTEM",
)


def seeds(target: str) -> Sequence[bytes]:
    """What ``target`` begins with."""
    return tuple(dict.fromkeys(_SEEDS[target]()))


def dictionary(target: str) -> bytes:
    """libFuzzer's dictionary for ``target``: the words of its seeds."""
    words = dict.fromkeys([*_MORE_WORDS, *(word for seed in seeds(target) for word in _WORDS.findall(seed))])
    return b"\n".join(b'"%b"' % _escaped(word) for word in list(words)[:400] if len(word) <= 60) + b"\n"


def _escaped(word: bytes) -> bytes:
    return b"".join(bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\x%02X" % byte for byte in word)


def _xml() -> Iterator[bytes]:
    yield from _PIECES
    yield from (each.request.body for client in clients() for each in captured(client) if b"<" in each.request.body)


def _ews() -> Iterator[bytes]:
    yield from (body for body in _xml() if b"nvelope" in body)
    yield asking()
    yield asking("a@b.example", "", "/o=x/cn=y", start="2026-11-23T00:00:00Z", end="2026-11-24T00:00:00+01:00")
    yield asking("a@b.example", zone=_ZONE, rest=interval(30) + view("DetailedMerged"))
    yield asking("a@b.example", zone=_ZONE.replace("<t:Month>3", "<t:Year>2026</t:Year><t:Month>3"))
    yield asking("a@b.example", rest=interval(1441) + view("None"))
    yield soap_request("<m:GetServerTimeZones><m:Ids><t:Id>UTC</t:Id></m:Ids></m:GetServerTimeZones>")
    yield soap_request("<m:GetServerTimeZones ReturnFullTimeZoneData='false'/>")
    yield soap_request("<m:FindItem/>")
    yield asking("a@b.example").replace(b"<m:MailboxDataArray>", b"<m:MailboxDataArray ><!-- -->")


def _discovery() -> Iterator[bytes]:
    yield from (body for body in _xml() if b"utodiscover" in body)
    yield pox.encode_request("ann@fabrikam.example")
    yield b"Email=ann%40fabrikam.example&Protocol=EWS\n"
    yield b"Protocol=AutodiscoverV1&RedirectCount=1\nann@fabrikam.example"


def _security() -> Iterator[bytes]:
    yield from messages("wssecurity")
    yield soap_request("<m:FindItem/>", header="<o:Security xmlns:o='urn:x'/>")
    yield asking()


def _tokens() -> Iterator[bytes]:
    yield from messages("jwt")
    header, claims = {"typ": "JWT", "alg": "none"}, service().outer_claims(HOST, PERSON)
    yield b"\n".join(json.dumps(each).encode() for each in (header, claims))
    header = {"typ": "JWT", "alg": "RS256", "x5t": "x5t-of-the-key", "kid": "x5t-of-the-key"}
    yield b"\n".join(json.dumps(each).encode() for each in (header, service().actor_claims(HOST), {}))
    own = {"iss": f"https://{HOST}", "aud": f"https://{HOST}", "sub": "northwind", "jti": "0"}
    yield json.dumps(own | dict.fromkeys(("iat", "nbf"), int(SECONDS)) | {"exp": int(SECONDS) + 3600}).encode()


def _headers() -> Iterator[bytes]:
    yield b"Basic aW50ZXJvcEBub3J0aHdpbmQuZXhhbXBsZTpjb3JyZWN0IGhvcnNl"
    yield b"Bearer " + messages("jwt")[2]
    yield b"Bearer"
    yield b"NTLM TlRMTVNTUAABAAAA"
    yield b"10.0.0.1, 192.0.2.1, [2001:db8::1]:443, ::ffff:10.0.0.2, 203.0.113.9:1234"
    yield b"unknown, _hidden, for=192.0.2.60;proto=http"
    yield b"aW50ZXJvcDpcRE9NXHVzZXI6cHc="


_SEEDS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "safexml": _xml,
    "ewsdecoder": _ews,
    "autodiscover": _discovery,
    "wssecurity": _security,
    "jwt": _tokens,
    "headers": _headers,
    **SEEDS,
}

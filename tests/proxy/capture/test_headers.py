"""Headers, path and query: every name in its order, and of the values what is on the lists."""

import pytest

from proxy.capture.headers import kept, path, query
from proxy.capture.pseudonyms import Pseudonyms

P = Pseudonyms(b"k" * 32)
_ACTION = "http://schemas.microsoft.com/exchange/services/2006/messages/GetUserAvailability"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("User-Agent", "ASProxy/CrossForest/EmailDomain/EXCH/15.20.8137.021", None),
        ("user-agent", "Google-HTTP-Java-Client/1.25.0 (gzip)", None),
        ("User-Agent", "Java/1.8.0_292", None),
        (
            "User-Agent",
            "frieda.lang/1.0 x@y hunter2",
            f"{P.text('frieda.lang')}/1.0 {P.text('x@y')} {P.text('hunter2')}",
        ),
        ("User-Agent", "x/203.0.113.77", f"{P.text('x')}/{P.network('203.0.113.77')}"),
        ("User-Agent", "Java/203.000.113.077:8443 (gzip)", f"Java/{P.network('203.0.113.77')}:8443 (gzip)"),
        ("User-Agent", "Java/2001:db8:0:0:0:0:0:77", f"Java/{P.network('2001:db8::77')}"),
        ("User-Agent", "Java ([2001:db8::77]:443)", f"Java ({P.network('2001:db8::77')}:443)"),
        ("User-Agent", "Java/2001:0:0:0:0:0:0:77:443", f"Java/{P.network('2001::77')}"),
        ("User-Agent", "Java/::ffff:203.0.113.77", f"Java/{P.network('::ffff:cb00:714d')}"),
        (
            "User-Agent",
            "Li/1.0 Bo-Client/2 Windows NT 10.0",
            f"{P.text('Li')}/1.0 {P.text('Bo-Client')}/2 Windows NT 10.0",
        ),
        ("SOAPAction", f'"{_ACTION}"', None),
        ("SOAPAction", f'"{_ACTION}Frieda"', f'"{P.of(_ACTION + "Frieda")}"'),
        ("SOAPAction", '""', None),
        ("SOAPAction", "hunter2", P.of("hunter2")),
        ("Content-Type", "text/xml; charset=utf-8", None),
        ("Content-Type", f'application/soap+xml; charset=utf-8; action="{_ACTION}"', None),
        ("Content-Type", "text/frieda", f"text/{P.text('frieda')}"),
        (
            "Accept",
            "text/html, image/gif, */*; q=.2",
            f"text/html, {P.text('image')}/{P.text('gif')}, */*; q={P.text('.2')}",
        ),
        ("Accept-Language", "de-DE,en;q=0.5", None),
        ("Expect", "100-continue", None),
        ("Connection", "Keep-Alive", None),
        ("Content-Length", "1607", None),
        ("Transfer-Encoding", "chunked", None),
        ("X-AnchorMailbox", "frieda@fabrikam.example", P.of("frieda@fabrikam.example")),
        ("client-request-id", "6a3b1c9e-0000-4000-8000-00000000abcd", P.of("6a3b1c9e-0000-4000-8000-00000000abcd")),
        ("X-Forwarded-For", "192.0.2.1, 192.0.2.2", f"{P.network('192.0.2.1')}, {P.network('192.0.2.2')}"),
        ("WWW-Authenticate", 'Basic realm="Busyline"', None),
        (
            "WWW-Authenticate",
            'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", realm="", trusted_issuers="a@fabrikam.example"',
            'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", '
            f'realm="", trusted_issuers="{P.of("a@fabrikam.example")}"',
        ),
    ],
)
def test_values(name: str, value: str, expected: str | None) -> None:
    assert kept([(name, value)], P) == [[name, value if expected is None else expected]]


def test_a_short_name_that_was_replaced_elsewhere_is_known() -> None:
    pseudonyms = Pseudonyms(b"k")
    pseudonyms.of("os@fabrikam.example")
    assert pseudonyms.replaced("Os")


def test_of_all_others_the_name_is_kept_and_the_order() -> None:
    fields = [
        ("Cookie", "hunter2"),
        ("X-MS-Exchange-Thing", "frieda"),
        ("X-Hunter2", "x"),
        ("Host", "busy.example.com"),
    ]
    told = kept([*fields, ("host", "hunter2.example")], P, host="Busy.example.com")
    assert told == [["Cookie"], ["X-MS-Exchange-Thing"], [P.text("x-hunter2")], ["Host", "ours"], ["host", "another"]]


def test_a_word_that_was_replaced_elsewhere_is_no_product() -> None:
    pseudonyms = Pseudonyms(b"k")
    assert kept([("User-Agent", "Frieda/1.0")], pseudonyms) == [["User-Agent", "Frieda/1.0"]]
    pseudonyms.of("frieda.lang@fabrikam.example")
    assert kept([("User-Agent", "Frieda-Lang/1.0 Java/17")], pseudonyms)[0][1].endswith("/1.0 Java/17")
    assert "Frieda" not in kept([("User-Agent", "Frieda-Lang/1.0 Java/17")], pseudonyms)[0][1]


def test_paths_and_queries() -> None:
    assert path("/ews/Exchange.ASMX", P) == "/ews/Exchange.ASMX"
    address = P.of("frieda@fabrikam.example")
    found = path("/autodiscover/autodiscover.json/v1.0/frieda%40fabrikam.example", P)
    assert found == f"/autodiscover/autodiscover.json/v1.0/{address}"
    assert path("/EWS/frieda", P) == f"/EWS/{P.of('frieda')}"
    assert query("Email=frieda%40fabrikam.example&Protocol=EWS&RedirectCount=1", P) == (
        f"Email={address}&Protocol=EWS&RedirectCount=1"
    )
    assert query("wsdl", P) == "wsdl"
    assert query("Protocol=frieda&frieda=x", P) == f"Protocol={P.of('frieda')}&{P.text('frieda')}={P.of('x')}"

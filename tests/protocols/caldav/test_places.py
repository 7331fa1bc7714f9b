"""References lead nowhere but within the server's own origin."""

import pytest

from protocols.caldav.places import at_root, filled, mailto, same_place, within
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from tests.protocols.caldav.dav_samples import BASE, mailbox


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("/cal/ann/", f"{BASE}/cal/ann/"),
        ("ann/", f"{BASE}/dav/ann/"),
        (f"{BASE}:443/x", f"{BASE}:443/x"),
        ("https://DAV.x.example/x", "https://DAV.x.example/x"),
        ("/cal/ann%40x/#part", f"{BASE}/cal/ann%40x/"),
        ("/käse/", f"{BASE}/k%C3%A4se/"),
        ("/a b%20c.ics", f"{BASE}/a%20b%20c.ics"),
    ],
)
def test_within(reference: str, found: str) -> None:
    assert within(f"{BASE}/dav/", reference) == found


@pytest.mark.parametrize(
    "reference",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://dav.x.example/",
        "https://dav.x.example:8443/",
        "https://ann@dav.x.example/",
        "https://dav.x.example@evil.example/",
        "mailto:ann@x.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        " ",
        "https://dav.x.example @evil.example/",
        "/a\nb",
        "http://[",
        "https://dav.x.example:port/",
        "/" + "a" * 5000,
    ],
)
def test_elsewhere(reference: str) -> None:
    with pytest.raises(PeerError) as raised:
        within(f"{BASE}/dav/", reference)
    assert raised.value.reason is Reason.GARBLED


def test_templates_are_filled() -> None:
    person = Mailbox.parse("o'neil+x@bücher.example")
    assert filled("/{local}/", person, base=BASE) == f"{BASE}/o%27neil%2Bx/"
    assert filled("/{domain}/{address}", mailbox(), base=BASE) == f"{BASE}/x.example/ann@x.example"
    with pytest.raises(PeerError):
        filled("https://evil.example/{local}", mailbox(), base=BASE)


@pytest.mark.parametrize("local", ["..", ".", "a/../../b", "%2e%2e", ".a"])
@pytest.mark.parametrize("template", ["/calendars/{local}/", "/calendars/{address}/"])
def test_no_address_leads_out_of_a_template(local: str, template: str) -> None:
    with pytest.raises(PeerError) as raised:
        filled(template, Mailbox.parse(f"{local}@x.example"), base=f"{BASE}/dav/")
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("mailto:Ann@X.example", "ann@x.example"),
        (" MAILTO:ann%40x.example?subject=x", "ann@x.example"),
        ("/p/ann/", None),
        ("urn:uuid:1", None),
        ("mailto:nobody", None),
        ("ann@x.example", None),
    ],
)
def test_mailto(reference: str, address: str | None) -> None:
    assert mailto(reference) == address


def test_the_same_place() -> None:
    assert same_place(f"{BASE}/a%40b/", "https://dav.x.example/a@b")
    assert not same_place(f"{BASE}/a/", f"{BASE}/b/")
    assert at_root(f"{BASE}/remote.php/dav", "/.well-known/caldav") == f"{BASE}/.well-known/caldav"

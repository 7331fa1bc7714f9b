"""A multistatus is read whole or not at all, and a property that failed is not one that is absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.dav import CALDAV, DAV
from protocols.caldav.multistatus import MAX_BYTES, MAX_RESPONSES, decode
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import BASE, NAMES, failed, hrefs, multistatus, propstat, resource, xml
from tests.protocols.scripted import html

NAME, HOME = f"{DAV}displayname", f"{CALDAV}calendar-home-set"


def test_properties_and_their_states() -> None:
    found = propstat("<D:displayname>A &amp; B</D:displayname>" + hrefs("C:calendar-home-set", "/a/", " /b/ "))
    missing = propstat("<D:owner/>", "HTTP/1.1 404 Not Found")
    withheld = propstat("<D:acl/>", "HTTP/2 403")
    [one] = decode(multistatus(resource("/x/", found, missing, withheld)), BASE)
    assert (one.url, one.status, one.text(NAME)) == (f"{BASE}/x/", 200, "A & B")
    assert one.hrefs(HOME) == ["/a/", "/b/"]
    assert (one.is_withheld(f"{DAV}acl"), one.is_withheld(f"{DAV}owner"), one.is_withheld(NAME)) == (True, False, False)
    assert one.text(f"{DAV}owner") == ""
    assert one.hrefs(f"{DAV}owner") == []


def test_a_property_without_a_status_is_not_believed() -> None:
    [one] = decode(multistatus(resource("/x/", "<D:propstat><D:prop><D:owner/></D:prop></D:propstat>")), BASE)
    assert one.is_withheld(f"{DAV}owner")


def test_states_of_whole_resources() -> None:
    both = "<D:response><D:href>/a</D:href><D:href>/b</D:href><D:status>HTTP/1.1 404 No</D:status></D:response>"
    found = decode(multistatus(both, failed("/c", "HTTP/1.1 423 Locked")), BASE)
    assert [(one.url[-1], one.status, one.is_absent) for one in found] == [
        ("a", 404, True),
        ("b", 404, True),
        ("c", 423, False),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/a?b.ics", "/a%3Fb.ics"),
        ("/a#b.ics", "/a%23b.ics"),
        ("/50% off.ics", "/50%25%20off.ics"),
        ("/50%2", "/50%252"),
        ("/a%3Fb%2fc.ics", "/a%3Fb%2fc.ics"),
        (f"{BASE}/a?b", "/a%3Fb"),
    ],
)
def test_a_name_that_is_not_escaped_is_whole(written: str, meant: str) -> None:
    """SOGo writes names as they are; what a property refers to is left as it is written."""
    [one] = decode(multistatus(resource(written, propstat(hrefs("C:calendar-home-set", "/a?b")))), BASE)
    assert (one.url, one.hrefs(HOME)) == (f"{BASE}{meant}", ["/a?b"])


@pytest.mark.parametrize("name", ["D:sync-response", "D:Response", "response"])
def test_what_is_told_in_another_form_is_not_passed_over(name: str) -> None:
    part = f"<{name}><D:href>/a.ics</D:href><D:status>HTTP/1.1 200 OK</D:status></{name}>"
    with pytest.raises(PeerError, match="no multistatus of RFC 4918"):
        decode(multistatus(part), BASE)


def test_a_part_that_names_nothing_is_passed_over() -> None:
    extra = "<!-- a --><D:responsedescription>a</D:responsedescription><more><much/></more>"
    assert decode(multistatus(extra), BASE) == []


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (HttpResponse(207), Reason.GARBLED),
        (html(207), Reason.GARBLED),
        (xml(f"<D:error {NAMES}/>", 207), Reason.GARBLED),
        (xml(f"<multistatus {NAMES}/>", 207), Reason.GARBLED),
        (xml(multistatus(failed("/a", "HTTP/1.1 404 No")).body.decode()[:-20], 207), Reason.GARBLED),
        (multistatus(failed("/a", "fine")), Reason.GARBLED),
        (multistatus(failed("", "HTTP/1.1 404 No")), Reason.GARBLED),
        (multistatus(resource("/a")), Reason.GARBLED),
        (multistatus(failed("https://evil.example/", "HTTP/1.1 200 OK")), Reason.GARBLED),
        (multistatus(failed("/a", "HTTP/1.1 507 Insufficient Storage")), Reason.TOO_MANY_ENTRIES),
        (multistatus(*[failed("/a", "HTTP/1.1 404 No")] * (MAX_RESPONSES + 1)), Reason.TOO_MANY_ENTRIES),
        (HttpResponse(207, body=b"<" * (MAX_BYTES + 1)), Reason.TOO_MANY_ENTRIES),
        (xml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 207), Reason.GARBLED),
        (xml(f"<D:multistatus {NAMES}>{'<D:response/>' * 200_001}</D:multistatus>", 207), Reason.TOO_MANY_ENTRIES),
    ],
)
def test_what_is_not_believed(response: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        decode(response, BASE)
    assert raised.value.reason is reason


@given(st.binary(max_size=300))
def test_whatever_comes_it_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(PeerError):
        decode(HttpResponse(207, body=body), BASE)

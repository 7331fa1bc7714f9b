"""Who we are on a server: by the well-known address or a path, and never by way of another host."""

import pytest

from protocols.caldav.discovery import Site, find_site, principal_properties
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import (
    BASE,
    NOW,
    Dav,
    error,
    failed,
    hrefs,
    multistatus,
    principal,
    propstat,
    redirect,
    resource,
    site,
)
from tests.protocols.scripted import html, run

US = multistatus(resource("/", propstat(hrefs("D:current-user-principal", "/p/busyline/"))))
NOBODY = multistatus(
    resource("/", propstat("<D:current-user-principal><D:unauthenticated/></D:current-user-principal>"))
)


def found(dav: Dav, url: str = BASE) -> Site:
    return run(find_site(dav, url, NOW))


def test_what_a_server_tells() -> None:
    dav = Dav(site(search=True))
    assert found(dav) == Site(
        url=BASE,
        principal=f"{BASE}/p/busyline/",
        outbox=f"{BASE}/cal/busyline/outbox/",
        homes=(f"{BASE}/cal/busyline/",),
        addresses=("busyline@x.example",),
        collections=(f"{BASE}/p/",),
    )
    assert dav.asked == ["PROPFIND /.well-known/caldav", "PROPFIND /dav/", "PROPFIND /p/busyline/"]


def test_a_path_is_looked_at_first() -> None:
    answers = {**site(), "PROPFIND /remote.php/dav/": US}
    dav = Dav(answers)
    assert found(dav, f"{BASE}/remote.php/dav").principal
    assert dav.asked == ["PROPFIND /remote.php/dav/", "PROPFIND /p/busyline/"]


@pytest.mark.parametrize(
    "well_known", [error(404), error(405), error(403), html(), NOBODY, redirect("https://evil.example/"), redirect("")]
)
def test_without_a_well_known_address_the_root_is_asked(well_known: HttpResponse) -> None:
    dav = Dav({**site(), "PROPFIND /.well-known/caldav": well_known, "PROPFIND /": US})
    assert found(dav).principal == f"{BASE}/p/busyline/"


def test_redirects_that_do_not_end() -> None:
    dav = Dav({"PROPFIND /.well-known/caldav": redirect("/.well-known/caldav")})
    site = found(dav)
    assert site.principal is None
    assert "do not end" in site.trouble
    assert len(dav.asked) < 10


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({"PROPFIND /.well-known/caldav": NOBODY, "PROPFIND /": NOBODY}, "tells no principal"),
        ({"PROPFIND /.well-known/caldav": redirect("https://evil.example/")}, "another host"),
        ({**site(), "PROPFIND /p/busyline/": error(404)}, "HTTP 404"),
        ({**site(), "PROPFIND /p/busyline/": multistatus(failed("/p/busyline/", "HTTP/1.1 403 No"))}, "403"),
        (
            {
                **site(),
                "PROPFIND /p/busyline/": multistatus(
                    principal("busyline", hrefs("C:schedule-outbox-URL", "//evil.example/"))
                ),
            },
            "another host",
        ),
    ],
)
def test_what_is_wrong_with_us_is_said_of_nobody_else(answers: dict[str, HttpResponse], trouble: str) -> None:
    site = found(Dav(answers))
    assert (site.principal, site.outbox) == (None, None)
    assert trouble in site.trouble


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_server_that_refuses_us_is_not_asked_elsewhere(status: int) -> None:
    dav = Dav({"PROPFIND /.well-known/caldav": error(status), "PROPFIND /": US})
    with pytest.raises(PeerError):
        found(dav)
    assert len(dav.asked) == 1


def test_the_address_that_a_server_prefers_comes_first() -> None:
    preferred = '<D:href preferred="1">mailto:second@x.example</D:href>'
    both = (
        f"<C:calendar-user-address-set><D:href>mailto:first@x.example</D:href>{preferred}</C:calendar-user-address-set>"
    )
    answers = {**site(), "PROPFIND /p/busyline/": multistatus(resource("/p/busyline/", propstat(both)))}
    assert found(Dav(answers)).addresses == ("second@x.example", "first@x.example")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (error(404), Reason.NO_SUCH_MAILBOX),
        (multistatus(failed("/p/ann/", "HTTP/1.1 404 No")), Reason.NO_SUCH_MAILBOX),
        (multistatus(), Reason.NO_SUCH_MAILBOX),
        (multistatus(failed("/p/ann/", "HTTP/1.1 403 No")), Reason.NO_ACCESS),
        (html(207), Reason.GARBLED),
    ],
)
def test_a_principal_that_is_not_there(answer: HttpResponse, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        run(principal_properties(Dav({"PROPFIND /p/ann/": answer}), f"{BASE}/p/ann/", NOW))
    assert raised.value.reason is reason


def test_a_principal_under_another_of_its_names() -> None:
    dav = Dav({"PROPFIND /p/ann/": multistatus(principal("ann", href="/p/uid-1/"))})
    assert run(principal_properties(dav, f"{BASE}/p/ann/", NOW)).url == f"{BASE}/p/uid-1/"

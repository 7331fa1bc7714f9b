"""Where a person's calendars are: what a search really proves, and what a template spares."""

import pytest

from protocols.caldav.discovery import find_site
from protocols.caldav.errors import NotOfferedError
from protocols.caldav.people import Person, find_person
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import (
    BASE,
    NOW,
    Dav,
    error,
    hrefs,
    mailbox,
    multistatus,
    principal,
    propstat,
    resource,
    site,
)
from tests.protocols.scripted import run

SEARCH = "REPORT /p/ principal-property-search"
ANN = Person((f"{BASE}/cal/ann/",), None, ("ann@x.example",))
NONE = multistatus()


def found(answers: dict[str, HttpResponse], name: str = "ann", **templates: str | None) -> Person:
    dav = Dav({**site(search=True), **answers})

    async def conversation() -> Person:
        known = await find_site(dav, BASE, NOW)
        knobs = {"principal": None, "home": None, **templates}
        return await find_person(dav, mailbox(name), known, principal=knobs["principal"], home=knobs["home"], as_of=NOW)

    return run(conversation())


def test_by_template() -> None:
    assert found({}, home="/u/{local}/") == Person((f"{BASE}/u/ann/",))
    assert found({"PROPFIND /p/ann/": multistatus(principal())}, principal="/p/{local}/") == ANN
    with pytest.raises(PeerError) as raised:
        found({}, principal="/p/{local}/")
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


def test_ourselves() -> None:
    assert found({}, "busyline").homes == (f"{BASE}/cal/busyline/",)


def test_by_search() -> None:
    assert found({SEARCH: multistatus(principal())}) == ANN


def test_by_the_search_of_sabre() -> None:
    email = "<S:email-address>Ann@x.example</S:email-address>" + hrefs("C:calendar-home-set", "/cal/ann/")
    answers = [error(403), multistatus(resource("/p/ann/", propstat(email)))]
    assert found({SEARCH: answers}).homes == ANN.homes  # type: ignore[dict-item]


def test_whose_address_only_contains_the_one_asked_is_somebody_else() -> None:
    other = principal("joann", href="/p/joann/")
    answers = [multistatus(other), NONE, multistatus(principal("busyline"))]
    with pytest.raises(PeerError) as raised:
        found({SEARCH: answers})  # type: ignore[dict-item]
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX


@pytest.mark.parametrize("answer", [NONE, error(403), error(501)])
def test_a_search_that_finds_not_even_ourselves_proves_nothing(answer: HttpResponse) -> None:
    with pytest.raises(NotOfferedError, match="write principal") as raised:
        found({SEARCH: answer})
    assert not raised.value.of_server


def test_two_people_with_one_address() -> None:
    second = hrefs("C:calendar-home-set", "/cal/other/") + hrefs("C:calendar-user-address-set", "mailto:ann@x.example")
    with pytest.raises(PeerError) as raised:
        found({SEARCH: multistatus(principal(), resource("/p/other/", propstat(second)))})
    assert raised.value.reason is Reason.INCOMPLETE


def test_somebody_without_calendars() -> None:
    alone = hrefs("C:calendar-user-address-set", "mailto:ann@x.example")
    with pytest.raises(PeerError) as raised:
        found({SEARCH: multistatus(resource("/p/ann/", propstat(alone)))})
    assert raised.value.reason is Reason.NO_CALENDAR


def test_calendars_on_another_host_are_not_asked() -> None:
    away = hrefs("C:calendar-home-set", "https://evil.example/") + hrefs(
        "C:calendar-user-address-set", "mailto:ann@x.example"
    )
    with pytest.raises(PeerError, match="another host"):
        found({SEARCH: multistatus(resource("/p/ann/", propstat(away)))})


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_server_that_refuses_us_is_not_asked_on(status: int) -> None:
    with pytest.raises(PeerError) as raised:
        found({SEARCH: error(status)})
    assert not isinstance(raised.value, NotOfferedError)

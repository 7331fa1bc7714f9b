"""What a CalDAV client finds: each resource is what it says, and the caller's own addresses stand in it."""

import pytest
from lxml import etree

from protocols.caldav.propfind import Resource
from protocols.caldav.refusals import caldav, dav
from protocols.caldav.resources import HOME, INBOX, OUTBOX, PATHS, PRINCIPAL, ROOT, Principal, resources

OLGA = Principal("Contoso", ("olga@contoso.example", "o@contoso.example"), "https://busy.example.com")
SYSTEM = Principal("hub")


def values(resource: Resource, name: str) -> list[str]:
    """Texts or names of what is inside a property."""
    element = etree.Element("x")
    resource.properties[name](element)
    return [each.text or etree.QName(each).localname for each in element.iter() if each is not element]


def one(path: str, principal: Principal = OLGA) -> Resource:
    """The resource at ``path``."""
    (found,) = resources(path, principal, children=False, max_size=1000)
    return found


def test_the_root_holds_all_others() -> None:
    assert [each.href for each in resources(ROOT, OLGA, children=True, max_size=1)] == list(PATHS)
    assert [each.href for each in resources(HOME, OLGA, children=True, max_size=1)] == [HOME]


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        (ROOT, ["collection"]),
        (PRINCIPAL, ["collection", "principal"]),
        (HOME, ["collection"]),
        (INBOX, ["collection", "schedule-inbox"]),
        (OUTBOX, ["collection", "schedule-outbox"]),
    ],
)
def test_each_is_what_it_says_and_leads_to_the_principal(path: str, kinds: list[str]) -> None:
    assert values(one(path), dav("resourcetype")) == kinds
    assert values(one(path), dav("current-user-principal")) == [PRINCIPAL]
    sends = "schedule-send-freebusy" in values(one(path), dav("current-user-privilege-set"))
    assert sends == (path == OUTBOX)


def test_the_principal_leads_everywhere() -> None:
    found = one(PRINCIPAL)
    for name, path in (("calendar-home-set", HOME), ("schedule-inbox-URL", INBOX), ("schedule-outbox-URL", OUTBOX)):
        assert values(found, caldav(name)) == [path]
    assert values(found, caldav("calendar-user-address-set")) == [
        "mailto:olga@contoso.example",
        "mailto:o@contoso.example",
        PRINCIPAL,
    ]
    assert values(one(PRINCIPAL, SYSTEM), caldav("calendar-user-address-set")) == [PRINCIPAL]


@pytest.mark.parametrize(
    ("organizer", "allowed"),
    [
        ("mailto:olga@contoso.example", True),
        ("MAILTO:O@Contoso.example", True),
        (PRINCIPAL, True),
        (f"https://busy.example.com{PRINCIPAL}", True),
        ("mailto:ann@contoso.example", False),
        ("olga@contoso.example", False),
        (f"{PRINCIPAL}x", False),
        ("", False),
    ],
)
def test_who_may_organise(organizer: str, allowed: bool) -> None:
    assert OLGA.organises(organizer) == allowed
    assert SYSTEM.organises(organizer)

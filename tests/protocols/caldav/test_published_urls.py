"""Where files are: no address leads anywhere else than its own place in the template."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.published_urls import PublishedUrls
from protocols.model.mailbox import Mailbox

TEMPLATE = "https://dav.x.example/public/{local}/freebusy.ifb"
URLS = PublishedUrls(TEMPLATE, {"ann@x.example": "https://elsewhere.example/secret.ics"})


def url(address: str, template: str = TEMPLATE) -> str | None:
    found = PublishedUrls(template, {}).find(Mailbox.parse(address))
    return found.url if found else None


def test_people_go_before_the_template() -> None:
    ann, bob = (URLS.find(Mailbox.parse(f"{name}@x.example")) for name in ("Ann", "bob"))
    assert ann is not None
    assert (ann.url, ann.common) == ("https://elsewhere.example/secret.ics", False)
    assert "secret" not in repr(ann)
    assert bob is not None
    assert (bob.url, bob.common) == ("https://dav.x.example/public/bob/freebusy.ifb", True)


def test_without_a_template_only_the_people_are_known() -> None:
    assert PublishedUrls(None, {}).find(Mailbox.parse("bob@x.example")) is None


@pytest.mark.parametrize(
    ("address", "template", "expected"),
    [
        ("a+b@x.example", TEMPLATE, "https://dav.x.example/public/a%2Bb/freebusy.ifb"),
        ("a?b#c@x.example", TEMPLATE, "https://dav.x.example/public/a%3Fb%23c/freebusy.ifb"),
        ("jürgen@x.example", TEMPLATE, "https://dav.x.example/public/j%C3%BCrgen/freebusy.ifb"),
        ("a&b=c@x.example", "https://x.example/f?u={address}", "https://x.example/f?u=a%26b%3Dc%40x.example"),
        ("{domain}@x.example", "https://x.example/{local}/{domain}", "https://x.example/%7Bdomain%7D/x.example"),
    ],
)
def test_what_stands_in_an_address_is_quoted(address: str, template: str, expected: str) -> None:
    assert url(address, template) == expected


@pytest.mark.parametrize("local", ["..", ".", "a/../b", "/etc", "a..b", ".a", "a.", "%2e%2e", "a%2fb"])
def test_what_could_climb_in_a_path_is_nobody(local: str) -> None:
    assert url(f"{local}@x.example") is None


@given(st.text(st.sampled_from("abc!#$%&'*+-/=?^_`{|}~."), min_size=1, max_size=20))
def test_nobody_leaves_host_or_path(local: str) -> None:
    found = url(f"{local}@x.example")
    if found is None:
        return
    parts = urlsplit(found)
    assert parts[:2] == ("https", "dav.x.example")
    assert (parts.query, parts.fragment) == ("", "")
    assert unquote(parts.path) == f"/public/{local}/freebusy.ifb"
    assert parts.path.count("/") == 3

"""A resource is called as its server writes it, and known in any spelling."""

import pytest

from protocols.caldav.sync_places import collection_url, href_of, is_within, key_of, same_key, url_of
from tests.protocols.caldav.sync_samples import PATH, URL


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{URL}a%20b.ics", "a%20b.ics"),
        ("https://dav.example/ann@x/work/a.ics?x=1", "a.ics"),
        (URL, ""),
        (URL.rstrip("/"), ""),
        (f"{URL}sub/a.ics", ""),
        ("https://dav.example/ann%40x/other/a.ics", ""),
    ],
)
def test_the_name_is_the_last_part(url: str, key: str) -> None:
    assert key_of(url, URL) == key


@pytest.mark.parametrize(
    ("url", "within"),
    [
        (URL, True),
        (URL.rstrip("/"), True),
        ("https://dav.example/ann@x/work/sub/a.ics", True),
        ("https://dav.example/ann%40x/workshop/a.ics", False),
        ("https://dav.example/ann%40x/", False),
    ],
)
def test_what_lies_below_it(url: str, *, within: bool) -> None:
    assert is_within(url, URL) is within


def test_where_it_lies() -> None:
    assert collection_url(URL.rstrip("/")) == collection_url(URL) == URL
    assert url_of("a%20b.ics", URL) == f"{URL}a%20b.ics"
    assert href_of("a%20b.ics", URL) == f"{PATH}a%20b.ics"
    assert same_key("a%20b.ics") == same_key("a b.ics")

"""Tests of galsync/files/ldif.py: RFC 2849 in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.files.disk import UnreadableError
from galsync.files.ldif import decoded, encoded

names = st.sampled_from(["cn", "mail", "displayName", "x;lang-de"])
strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
entries = st.lists(st.tuples(names, strings), max_size=4).map(lambda more: [("dn", "CN=a,DC=b"), *more])


@given(st.lists(entries, max_size=3))
def test_what_is_written_is_read(written: list[list[tuple[str, str]]]) -> None:
    data = encoded(written)
    assert list(map(list, decoded(data))) == written
    assert all(len(line) <= 76 for line in data.split(b"\n"))
    assert data.isascii()


def test_bytes_that_are_no_text_come_back() -> None:
    assert list(decoded(encoded([[("dn", "CN=a"), ("jpegPhoto", b"\xff\xd8")]]))) == [
        [("dn", "CN=a"), ("jpegPhoto", b"\xff\xd8")]
    ]


def test_the_example_of_the_specification() -> None:
    """RFC 2849, examples 2 and 3: a folded value, and one in base64."""
    data = (
        b"version: 1\n# a comment\n#  over two lines\n"
        b"dn:cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com\r\nobjectclass:top\r\n"
        b"description:Babs is a big sailing fan, and travels extensively in sea\n rch of perfect sailing conditions.\n"
        b"title:Product Manager, Rod and Reel Division\n\n\n"
        b"dn: cn=Gern Jensen, ou=Product Testing, dc=airius, dc=com\n"
        b"description:: V2hhdCBhIGNhcmVmdWwgcmVhZGVyIHlvdSBhcmUh\n"
    )
    one, two = decoded(data)
    assert one[2:] == [
        (
            "description",
            "Babs is a big sailing fan, and travels extensively in search of perfect sailing conditions.",
        ),
        ("title", "Product Manager, Rod and Reel Division"),
    ]
    assert two[1] == ("description", "What a careful reader you are!")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"dn: CN=a\nmail: x", "line 2 is not ended"),
        (b"dn: CN=a\nno attribute\n", "line 2 is no attribute"),
        (b"dn: CN=a\nphoto:< file:///etc/passwd\n", "line 2 points to another file"),
        (b"dn: CN=a\nmail:: !!\n", "line 2 holds broken base64"),
        (b"mail: x\n", "and not with its dn"),
        (b"dn: CN=a\nchangetype: modify\n", "holds changes"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_what_is_no_content_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        list(decoded(data))


@pytest.mark.parametrize("text", [" a", ":a", "<a", "a ", "é", "a\nb", "a\rb", "a\0b"])
def test_what_is_no_safe_string_stands_in_base64(text: str) -> None:
    assert b"cn:: " in encoded([[("dn", "CN=a"), ("cn", text)]])

"""Tests of protocols.ldap.names."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.filters import checked
from protocols.ldap.names import (
    MAX_CN,
    common_name,
    escaped,
    guid_octets,
    guid_text,
    parted,
    quoted,
    within,
)
from tests.protocols.ldap.forest import matches
from tests.protocols.ldap.naming import value_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Sales", "Sales"),
        ('James "Jim" Smith, III', 'James \\"Jim\\" Smith\\, III'),  # RFC 4514 4
        (" Ann ", "\\ Ann\\ "),
        ("#1", "\\#1"),
        ("a#1", "a#1"),
        ("a\rb", "a\\0Db"),
        ("a\x00b", "a\\00b"),
        ("Lučić", "Lučić"),
        ("a=b+c;d<e>f\\g", "a\\=b\\+c\\;d\\<e\\>f\\\\g"),
    ],
)
def test_what_a_name_cannot_hold_is_escaped(value: str, written: str) -> None:
    assert escaped(value) == written


@given(TEXT)
def test_every_value_comes_back_out_of_its_name(value: str) -> None:
    rdn, above = parted(f"CN={escaped(value)},OU=x,DC=y")
    assert (value_of(rdn), above) == (value, "OU=x,DC=y")


@given(TEXT)
def test_every_value_can_stand_in_a_filter(value: str) -> None:
    text = checked(f"(cn={quoted(value)})")
    assert matches({"cn": [value.encode()]}, text)
    assert not matches({"cn": [f"{value}x".encode()]}, text)


def test_octets_in_a_filter() -> None:
    assert quoted(b"\x00(") == "\\00\\28"
    assert quoted("a*(b)\\") == "a\\2a\\28b\\29\\5c"


@pytest.mark.parametrize(
    ("dn", "base", "inside"),
    [
        ("CN=a,OU=b,DC=c", "ou=B,dc=C", True),
        ("OU=b,DC=c", "OU=b,DC=c", True),
        ("OU=xb,DC=c", "OU=b,DC=c", False),
        ("CN=a,DC=c", "", True),
    ],
)
def test_what_lies_within(dn: str, base: str, inside: bool) -> None:
    assert within(dn, base) is inside


def test_what_holds_nothing_above_it() -> None:
    assert parted("DC=c") == ("DC=c", "")


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        ("Ann  Lee", "", "Ann Lee"),
        ("Ann\nLee\x00", "ab", "Ann Lee (ab)"),
        ("x" * 70, "ab", "x" * 59 + " (ab)"),
        ("\x00", "", ""),
    ],
)
def test_common_names_are_short_and_readable(text: str, suffix: str, name: str) -> None:
    assert common_name(text, suffix) == name


@given(TEXT)
def test_no_common_name_is_too_long(text: str) -> None:
    assert len(common_name(text * 9, "12345678")) <= MAX_CN


@given(st.uuids())
def test_a_guid_is_spelled_as_windows_spells_it(value: uuid.UUID) -> None:
    assert guid_text(value.bytes_le) == str(value)
    assert guid_octets(str(value)) == value.bytes_le


@pytest.mark.parametrize("octets", [b"", b"x" * 15])
def test_a_guid_that_is_none(octets: bytes) -> None:
    with pytest.raises(ValueError, match="octets"):
        guid_text(octets)
    with pytest.raises(ValueError, match="GUID"):
        guid_octets(octets.hex())

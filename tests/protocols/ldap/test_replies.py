"""Tests of protocols.ldap.replies."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.ber import BerError, integer, octets, tlv
from protocols.ldap.controls import PAGES
from protocols.ldap.replies import Found, Part, Referred, Reply, part
from protocols.ldap.results import RefusedError
from protocols.model.freebusy import Reason


def message(number: int, tag: int, *parts: bytes, controls: bytes = b"") -> bytes:
    """A message of a server."""
    return tlv(0x30, integer(number), tlv(tag, *parts, b""), controls)


def result(code: int, words: str = "", *more: bytes) -> tuple[bytes, ...]:
    return (integer(code, 0x0A), octets(""), octets(words), *more)


def entry(dn: str, attributes: dict[str, list[bytes]]) -> tuple[bytes, ...]:
    pairs = [tlv(0x30, octets(name), tlv(0x31, *map(octets, values), b"")) for name, values in attributes.items()]
    return octets(dn), tlv(0x30, *pairs, b"")


ATTRIBUTES = st.dictionaries(
    st.text("abcdefghij;=-", min_size=1, max_size=8), st.lists(st.binary(max_size=300), max_size=4), max_size=6
)


@given(st.integers(min_value=1, max_value=2**31 - 1), st.text(max_size=200), ATTRIBUTES)
def test_entries_come_back(number: int, dn: str, attributes: dict[str, list[bytes]]) -> None:
    dn = dn.encode(errors="ignore").decode()
    assert part(message(number, 0x64, *entry(dn, attributes))) == Part(number, Found(dn, attributes))


def test_names_of_attributes_do_not_depend_on_case() -> None:
    body = part(message(1, 0x64, *entry("a", {"displayName": [b"Ann"], "Hidden": [b"TRUE"], "n": [b"7"]}))).body
    assert isinstance(body, Found)
    assert (body.text("DISPLAYNAME"), body.true("hidden"), body.number("N")) == ("Ann", True, 7)
    assert (body.text("none"), body.true("none"), body.number("displayName"), body.octets("x")) == (
        "",
        False,
        None,
        b"",
    )


def test_an_attribute_without_values_is_empty() -> None:
    body = part(message(1, 0x64, *entry("a", {"mail": []}))).body
    assert isinstance(body, Found)
    assert (body.text("mail"), body.texts("mail"), body.octets("mail"), body.true("mail")) == ("", [], b"", False)


def test_broken_text_is_an_error_or_a_sign() -> None:
    found = Found("a", {"cn": [b"A\xff"]})
    with pytest.raises(ValueError, match="utf-8"):
        found.text("cn")
    assert found.readable().text("cn") == "A\ufffd"


@pytest.mark.parametrize("tag", [0x61, 0x65, 0x67, 0x69, 0x6B, 0x6D, 0x78])
def test_results_of_every_operation(tag: int) -> None:
    assert part(message(3, tag, *result(32, "0000208D: no"))) == Part(3, Reply(code=32, diagnostic="0000208D: no"))


def test_referrals_and_credentials_of_a_result() -> None:
    more = (tlv(0xA3, octets("ldap://a"), octets("ldap://b")), octets(b"token", 0x87))
    body = part(message(1, 0x61, *result(14, "", *more))).body
    assert body == Reply(code=14, referrals=("ldap://a", "ldap://b"), credentials=b"token")


def test_controls_of_a_result() -> None:
    control = tlv(0xA0, tlv(0x30, octets(PAGES), octets(b"value")), tlv(0x30, octets("1.2"), b"\x01\x01\xff"))
    body = part(message(1, 0x65, *result(0), controls=control)).body
    assert isinstance(body, Reply)
    assert body.controls == {PAGES: b"value", "1.2": b""}


def test_a_reference_is_no_entry() -> None:
    assert part(message(1, 0x73, octets("ldap://c/DC=c"))) == Part(1, Referred(("ldap://c/DC=c",)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 400",
        message(1, 0x63),
        message(1, 0x65, integer(0, 0x0A)),
        message(1, 0x64, octets("a")),
        tlv(0x30, octets("a"), tlv(0x65, *result(0))),
        message(1, 0x65, *result(0), controls=tlv(0xA0, tlv(0x30, b""))),
    ],
)
def test_what_no_server_says(data: bytes) -> None:
    with pytest.raises(BerError):
        part(data)


@given(st.binary(max_size=80))
def test_no_octets_do_more_than_be_refused(data: bytes) -> None:
    with contextlib.suppress(BerError):
        part(data)


@given(st.data())
def test_no_damage_does_more_than_be_refused(data: st.DataObject) -> None:
    whole = bytearray(message(1, 0x64, *entry("cn=a", {"cn": [b"Ann"], "mail": [b"a", b"b"]})))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BerError):
        part(bytes(whole))


def test_a_refusal_is_raised_where_it_is_asked_for() -> None:
    assert Reply().checked() == Reply()
    with pytest.raises(RefusedError) as caught:
        Reply(code=50).checked()
    assert (caught.value.code, caught.value.reason) == (50, Reason.NO_ACCESS)

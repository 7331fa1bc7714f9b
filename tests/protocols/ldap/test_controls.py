"""Tests of protocols.ldap.controls."""

import pytest

from protocols.ldap.ber import BerError, integer, octets, tlv
from protocols.ldap.controls import dirsync, dirsync_answer, page, page_cookie


def test_a_page_is_asked_for_as_rfc_2696_says() -> None:
    assert page(1000, b"c").value == bytes.fromhex("30070202" + "03e8" + "040163")
    assert page(5).critical is True


def test_the_next_page() -> None:
    assert page_cookie(tlv(0x30, integer(0), octets(b"next"))) == b"next"
    assert page_cookie(tlv(0x30, integer(9), octets(b""))) == b""
    assert page_cookie(None) == b""


def test_changes_are_asked_for_without_a_right_to_replicate() -> None:
    value = dirsync(b"c").value
    assert value is not None
    assert value[:5] == bytes.fromhex("300b020101")  # LDAP_DIRSYNC_OBJECT_SECURITY
    assert value.endswith(octets(b"c"))


def test_what_dirsync_answers() -> None:
    assert dirsync_answer(tlv(0x30, integer(1), integer(0), octets(b"c"))) == (True, b"c")
    assert dirsync_answer(tlv(0x30, integer(0), integer(0), octets(b"c"))) == (False, b"c")


@pytest.mark.parametrize("value", [b"", b"\x30\x00", tlv(0x30, integer(1)), b"\x04\x01a"])
def test_a_control_that_is_none(value: bytes) -> None:
    with pytest.raises(BerError):
        page_cookie(value)
    with pytest.raises(BerError):
        dirsync_answer(value)


def test_dirsync_without_its_answer_is_an_error() -> None:
    with pytest.raises(BerError, match="without its cookie"):
        dirsync_answer(None)

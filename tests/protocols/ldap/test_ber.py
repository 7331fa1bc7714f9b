"""Tests of protocols.ldap.ber."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.ber import (
    MAX_MESSAGE,
    BerError,
    boolean,
    element,
    elements,
    expect,
    integer,
    number,
    octets,
    size_of_message,
    tlv,
)


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_whole_numbers_come_back(value: int) -> None:
    data = integer(value)
    tag, start, stop = element(data, 0, len(data))
    assert (tag, number(data, start, stop)) == (0x02, value)


@pytest.mark.parametrize(
    ("value", "data"), [(0, "020100"), (127, "02017f"), (128, "02020080"), (-128, "020180"), (256, "02020100")]
)
def test_whole_numbers_are_as_short_as_can_be(value: int, data: str) -> None:
    """X.690 8.3: the first nine bits are never all alike."""
    assert integer(value).hex() == data


@given(st.binary(max_size=70_000))
def test_octets_of_any_length_come_back(value: bytes) -> None:
    data = octets(value)
    _, start, stop = element(data, 0, len(data))
    assert data[start:stop] == value
    assert stop == len(data)


def test_truth_is_all_ones() -> None:
    assert (boolean(True), boolean(False)) == (b"\x01\x01\xff", b"\x01\x01\x00")


def test_elements_follow_one_another() -> None:
    data = tlv(0x30, integer(1), octets("a"), boolean(True))
    start, stop = expect(element(data, 0, len(data)), 0x30)
    assert [tag for tag, _, _ in elements(data, start, stop)] == [0x02, 0x04, 0x01]


@pytest.mark.parametrize("data", ["", "30", "3005020101", "3080", "3085000000000102", "30840000"])
def test_what_is_cut_off_is_no_element(data: str) -> None:
    raw = bytes.fromhex(data)
    with pytest.raises(BerError):
        element(raw, 0, len(raw))


@pytest.mark.parametrize("content", [b"", b"123456789"])
def test_a_number_that_is_none(content: bytes) -> None:
    with pytest.raises(BerError):
        number(content, 0, len(content))


def test_another_kind_of_element_is_refused() -> None:
    with pytest.raises(BerError, match="0x02 where 0x30"):
        expect((0x02, 0, 1), 0x30)


@pytest.mark.parametrize(
    ("head", "size"),
    [("30", None), ("3005", (2, 5)), ("3082", None), ("30820100", (4, 256)), ("308400000100", (6, 256))],
)
def test_the_size_of_a_message(head: str, size: tuple[int, int] | None) -> None:
    assert size_of_message(bytes.fromhex(head)) == size


@pytest.mark.parametrize(
    "head", [b"HTTP", b"\x30\x80", b"\x30\x85\0\0\0\0\0", b"\x30\x84" + (MAX_MESSAGE + 1).to_bytes(4, "big")]
)
def test_what_is_no_message_is_refused_before_it_is_read(head: bytes) -> None:
    with pytest.raises(BerError):
        size_of_message(head)


@given(st.binary(max_size=60))
def test_no_octets_do_more_than_be_refused(data: bytes) -> None:
    try:
        for tag, start, stop in elements(data, 0, len(data)):
            assert 0 <= tag <= 255
            assert start <= stop <= len(data)
    except BerError:
        pass

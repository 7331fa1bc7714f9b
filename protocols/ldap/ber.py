"""The part of BER that LDAP is written in: definite lengths, one octet per tag (RFC 4511 5.1, X.690 8)."""

from collections.abc import Iterator
from typing import Final

BOOLEAN, INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 0x01, 0x02, 0x04, 0x0A, 0x30, 0x31
MAX_MESSAGE: Final = 64 * 1024 * 1024
"""Octets of one message: more than any entry of a directory has, and less than would exhaust the machine."""


class BerError(ValueError):
    """Octets that are no BER, or not of the kind that LDAP allows."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element: tag, length, and the parts one after the other."""
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def integer(number: int, tag: int = INTEGER) -> bytes:
    """A whole number of at most 64 bits in two's complement, as short as can be; also enumerations."""
    return tlv(tag, number.to_bytes((number ^ (number >> 63)).bit_length() // 8 + 1, "big", signed=True))


def octets(text: str | bytes, tag: int = OCTETS) -> bytes:
    """A string of octets; text as UTF-8."""
    return tlv(tag, text.encode() if isinstance(text, str) else text)


def boolean(value: bool, tag: int = BOOLEAN) -> bytes:
    """TRUE is all ones (RFC 4511 5.1)."""
    return tlv(tag, b"\xff" if value else b"\x00")


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The tag of the element at ``at``, and where its content starts and stops. Raises BerError past ``end``."""
    start = at + 2
    if start > end:
        raise BerError("an element is cut off")
    size = data[at + 1]
    if size > 0x7F:
        octets_of_size = size & 0x7F
        if not 0 < octets_of_size <= 4:
            raise BerError("a length that LDAP does not allow")
        start += octets_of_size
        size = int.from_bytes(data[at + 2 : start], "big")
    if start + size > end:
        raise BerError("an element reaches beyond what holds it")
    return data[at], start, start + size


def elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The elements one after the other, as :func:`element` tells them."""
    while at < end:
        tag, start, stop = element(data, at, end)
        yield tag, start, stop
        at = stop


def number(data: bytes, start: int, stop: int) -> int:
    """The whole number whose content lies there. Raises BerError where it is empty or beyond 64 bits."""
    if not 0 < stop - start <= 8:
        raise BerError("a number without octets, or with too many")
    return int.from_bytes(data[start:stop], "big", signed=True)


def expect(found: tuple[int, int, int], tag: int) -> tuple[int, int]:
    """Where the content of ``found`` lies. Raises BerError where it has another tag."""
    if found[0] != tag:
        raise BerError(f"an element 0x{found[0]:02x} where 0x{tag:02x} belongs")
    return found[1], found[2]


def size_of_message(head: bytes) -> tuple[int, int] | None:
    """How many octets the message that begins with ``head`` has before its content, and in it; None where ``head`` is
    too short to tell. Raises BerError where it is no message of LDAP."""
    if len(head) < 2:
        return None
    if head[0] != SEQUENCE:
        raise BerError("what came is no message of LDAP")
    size = head[1]
    if size <= 0x7F:
        return 2, size
    more = size & 0x7F
    if not 0 < more <= 4:
        raise BerError("a length that LDAP does not allow")
    if len(head) < 2 + more:
        return None
    size = int.from_bytes(head[2 : 2 + more], "big")
    if size > MAX_MESSAGE:
        raise BerError(f"a message of more than {MAX_MESSAGE} octets")
    return 2 + more, size

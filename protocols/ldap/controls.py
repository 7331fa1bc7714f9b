"""The controls that are sent with a search: pages (RFC 2696), DirSync, what is deleted, no referrals ([MS-ADTS])."""

from typing import Final

from protocols.ldap.ber import SEQUENCE, BerError, element, elements, expect, integer, number, octets, tlv
from protocols.ldap.operations import Control

PAGES: Final = "1.2.840.113556.1.4.319"
DIRSYNC: Final = "1.2.840.113556.1.4.841"
SHOW_DELETED: Final = Control("1.2.840.113556.1.4.417")  # [MS-ADTS] 3.1.1.3.4.1.14
NO_REFERRALS: Final = Control("1.2.840.113556.1.4.1339", critical=False)  # DOMAIN_SCOPE, 3.1.1.3.4.1.4
_OBJECT_SECURITY: Final = 0x1  # what the account may read anyway: needs no right to replicate (3.1.1.3.4.1.3)
_MOST_OCTETS: Final = 1024 * 1024


def page(size: int, cookie: bytes = b"") -> Control:
    """The next page of at most ``size`` entries."""
    return Control(PAGES, tlv(SEQUENCE, integer(size), octets(cookie)))


def page_cookie(value: bytes | None) -> bytes:
    """What stands for the next page in a server's answer; b"" where there is none. Raises BerError."""
    if value is None:
        return b""
    start, stop = expect(element(value, 0, len(value)), SEQUENCE)
    _, cookie = elements_of(value, start, stop, 2)
    return value[cookie[1] : cookie[2]]


def dirsync(cookie: bytes) -> Control:
    """What changed since ``cookie``; everything for b""."""
    return Control(DIRSYNC, tlv(SEQUENCE, integer(_OBJECT_SECURITY), integer(_MOST_OCTETS), octets(cookie)))


def dirsync_answer(value: bytes | None) -> tuple[bool, bytes]:
    """Whether more is to be had, and the cookie to ask with. Raises BerError where the server has sent neither."""
    if value is None:
        raise BerError("an answer to DirSync without its cookie")
    start, stop = expect(element(value, 0, len(value)), SEQUENCE)
    more, _, cookie = elements_of(value, start, stop, 3)
    return number(value, more[1], more[2]) != 0, value[cookie[1] : cookie[2]]


def elements_of(value: bytes, start: int, stop: int, many: int) -> list[tuple[int, int, int]]:
    """Exactly ``many`` elements. Raises BerError."""
    found = list(elements(value, start, stop))
    if len(found) != many:
        raise BerError(f"{len(found)} elements of {many}")
    return found

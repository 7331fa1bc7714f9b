"""The body of a request: read whole, decompressed, capped, and of a type that the front understands."""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from aiohttp import web
from multidict import CIMultiDictProxy

from protocols.errors import Fault, RequestError
from service.body import encoding, whole

_XML: Final = frozenset({"", "text/xml", "application/xml", "application/soap+xml"})
_JSON: Final = frozenset({"", "application/json", "text/json"})
_FORM: Final = "application/x-www-form-urlencoded"
_CALENDAR: Final = "text/calendar"
_PLAIN: Final = frozenset({"", "identity"})
_LARGE: Final = 64 * 1024  # bytes; parsing them takes up to 10 ms

Decoded = TypeVar("Decoded")


async def read_xml(request: web.BaseRequest, limit: int) -> bytes:
    """The body, at most ``limit`` bytes after decompression.

    A caller that waits for ``100 Continue`` is told to go on. Raises RequestError: UNSUPPORTED_TYPE where the caller
    says it is no XML or encoded in a way we do not read, TOO_LARGE, TOO_SLOW (the door holds the watch), or MALFORMED
    where it does not come whole.
    """
    if not _is_xml(request.headers.get("Content-Type", "")):
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Type")
    return await whole(request, limit)


def may_be_xml(headers: CIMultiDictProxy[str]) -> bool:
    """Whether nothing in the ``headers`` speaks against a body of plain XML that is all there."""
    return _is_xml(headers.get("Content-Type", "")) and "Content-Encoding" not in headers


def is_plain_calendar(headers: CIMultiDictProxy[str]) -> bool:
    """Whether the ``headers`` promise a body of plain iCalendar."""
    return _is_calendar(headers.get("Content-Type", "")) and "Content-Encoding" not in headers


async def read_strangers_xml(request: web.BaseRequest, limit: int) -> bytes:
    """The same of somebody who is not proved yet, whose few bytes must not become many: compressed is unsupported."""
    if encoding(request) not in _PLAIN:
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Encoding")
    return await read_xml(request, limit)


async def decoded(decode: Callable[[bytes], Decoded], data: bytes) -> Decoded:
    """What ``decode`` makes of ``data``; of a large body in a thread, so that nobody else waits for it."""
    return await asyncio.to_thread(decode, data) if len(data) > _LARGE else decode(data)


async def read_form(request: web.BaseRequest, limit: int) -> bytes:
    """The same of a form, which says that it is one."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != _FORM:
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Type")
    return await whole(request, limit)


async def read_json(request: web.BaseRequest, limit: int) -> bytes:
    """The same of JSON; a caller that does not say what it sends is believed to send that."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _JSON:
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Type")
    return await whole(request, limit)


async def read_calendar(request: web.BaseRequest, limit: int) -> bytes:
    """The same of iCalendar, which says that it is that."""
    if not _is_calendar(request.headers.get("Content-Type", "")):
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Type")
    return await whole(request, limit)


@lru_cache(maxsize=256)
def _is_calendar(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == _CALENDAR


@lru_cache(maxsize=256)
def _is_xml(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in _XML

"""The body of whatever request comes through a door of ours: read whole, decompressed, and capped."""

from typing import Final

from aiohttp import web

from protocols.errors import Fault, RequestError

_DECODED: Final = frozenset({"", "identity", "gzip", "deflate"})


async def whole(request: web.BaseRequest, limit: int) -> bytes:
    """The body, at most ``limit`` bytes after decompression.

    A caller that waits for ``100 Continue`` is told to go on. Raises RequestError: UNSUPPORTED_TYPE where it is encoded
    in a way we do not read, TOO_LARGE, TOO_SLOW (the door holds the watch), or MALFORMED where it does not come whole.
    """
    if encoding(request) not in _DECODED:
        raise RequestError(Fault.UNSUPPORTED_TYPE, "Content-Encoding")
    if (request.content_length or 0) > limit:
        raise RequestError(Fault.TOO_LARGE, f"more than {limit} bytes")
    content = request.content
    try:
        if "Expect" in request.headers:
            await _go_on(request)
        if content.is_eof() and content.total_bytes <= limit:  # nearly always: all of it came with the head
            return content.read_nowait()
        return await _read(request, limit)
    except TimeoutError:
        raise RequestError(Fault.TOO_SLOW, "the body did not arrive in time") from None
    except web.RequestPayloadError:
        raise RequestError(Fault.MALFORMED, "the body is not what Content-Encoding or its length say") from None
    except ConnectionError:
        raise RequestError(Fault.MALFORMED, "the caller hung up before the end of the body") from None


def encoding(request: web.BaseRequest) -> str:
    """How the body is encoded, as the caller says; "" for not at all."""
    return request.headers.get("Content-Encoding", "").strip().lower()


async def _read(request: web.BaseRequest, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit:
            raise RequestError(Fault.TOO_LARGE, f"more than {limit} bytes")
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _go_on(request: web.BaseRequest) -> None:
    """RFC 9110 10.1.1. aiohttp's applications do this by themselves, its low-level server does not."""
    if request.version[:2] == (1, 1) and request.headers["Expect"].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun

"""The few kinds of HTTP answers that fronts give; none of them is HTML."""

from typing import Final

from aiohttp import web

READ: Final = ("GET", "HEAD")
XML: Final = "text/xml; charset=utf-8"


def xml(body: bytes, *, status: int = 200, content_type: str = XML) -> web.Response:
    """An XML document."""
    return web.Response(status=status, body=body, headers={"Content-Type": content_type})


def json(body: bytes, *, status: int = 200) -> web.Response:
    """A JSON document."""
    return web.Response(status=status, body=body, headers={"Content-Type": "application/json; charset=utf-8"})


def plain(words: str, *, status: int) -> web.Response:
    """One line of plain text."""
    return web.Response(status=status, text=words + "\n")


def not_allowed(*methods: str) -> web.Response:
    """405, naming what is allowed."""
    response = plain(f"only {' and '.join(methods)} here", status=405)
    response.headers["Allow"] = ", ".join(methods)
    return response

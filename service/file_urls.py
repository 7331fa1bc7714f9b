"""Addresses of files on the web, as the settings write them."""

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator

from service.reach import is_loopback

_SCHEMES = {
    "webcal": "write https:// instead of webcal://",
    "webcals": "write https:// instead of webcals://",
    "http": "no https address: http:// is for this machine (127.0.0.1) alone, so write https://",
}


def file_url(text: str) -> str:
    """``text`` where it is the https address of a file. Raises ValueError, in words without the address."""
    if not text.isprintable() or set(text) & set(" {}\\"):
        raise ValueError("an address has no spaces, braces or backslashes: write it as it stands in a browser")
    parts = urlsplit(text)
    schemes = {"https", "http"} if is_loopback(parts.hostname or "") else {"https"}
    if parts.scheme in _SCHEMES and parts.scheme not in schemes:
        raise ValueError(_SCHEMES[parts.scheme])
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError('no https address without user and #: write one such as "https://calendars.example.net/a.ics"')
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("its port is no number: write one from 1 to 65535, or none") from None
    return text


FileUrl: TypeAlias = Annotated[str, AfterValidator(file_url)]

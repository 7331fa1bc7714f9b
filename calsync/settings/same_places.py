"""Which calendar an address means, so that one that is written in two ways is known to be one."""

from typing import Final
from urllib.parse import unquote, urlsplit

_PORTS: Final = {"https": 443, "http": 80}
_GOOGLE_DAV: Final = {"apidata.googleusercontent.com": "/caldav/v2/", "www.google.com": "/calendar/dav/"}
_OF_MICROSOFT: Final = frozenset({"outlook.office365.com", "outlook.office.com"})
_PRIMARY: Final = "primary"


def google(calendar: str, user: str, label: str = "") -> tuple[str, ...]:
    """By the calendar's id; a user's own bears the user's address, and goes by the name "primary" too."""
    written = calendar.lower()
    return ("google", user.lower() if written in ("", _PRIMARY) else written, label)


def graph(mailbox: str, calendar: str = "", folder: str = "") -> tuple[str, ...]:
    """By mailbox and name."""
    return ("graph", mailbox.lower(), _path(calendar), _path(folder))


def ews(url: str, mailbox: str, calendar: str = "", folder: str = "") -> tuple[str, ...]:
    """By server, mailbox and name; what is asked of Microsoft 365 by EWS is what Graph tells."""
    if urlsplit(url).hostname in _OF_MICROSOFT:
        return graph(mailbox, calendar, folder)
    return ("ews", *_address(url.lower()), mailbox.lower(), _path(calendar), _path(folder))


def public_folder(url: str, path: str) -> tuple[str, ...]:
    """By server and path."""
    return ("ews", *_address(url.lower()), "/" + _path(path))


def caldav(url: str) -> tuple[str, ...]:
    """By its address, however that is written; a calendar of Google by its id."""
    host, path = _address(url)
    of_google = path.removeprefix(_GOOGLE_DAV.get(host, path))
    calendar, slash, rest = of_google.partition("/")
    return google(calendar, calendar) if slash and rest == "events" and calendar else ("caldav", host, path)


def _address(url: str) -> tuple[str, str]:
    """Host (with its port where that is another than usual) and path."""
    parts = urlsplit(url)
    port = parts.port if parts.port != _PORTS.get(parts.scheme) else None
    host = (parts.hostname or "").rstrip(".")
    return f"{host}:{port}" if port else host, unquote(parts.path).rstrip("/")


def _path(name: str) -> str:
    return "/".join(part.strip().casefold() for part in name.split("/") if part.strip())

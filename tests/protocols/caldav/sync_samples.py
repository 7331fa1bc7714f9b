"""What a CalDAV server answers about the resources of a calendar, for the tests of its synchronisation."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from protocols.http import Headers, HttpResponse

AS_OF = datetime(2026, 11, 2, 8, tzinfo=UTC)
URL = "https://dav.example/ann%40x/work/"
PATH = "/ann%40x/work/"
_NAMES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://calendarserver.org/ns/"'


def xml(body: str, status: int = 207, **headers: str) -> HttpResponse:
    """An answer in XML; a header's name is written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, Headers({"Content-Type": "application/xml", **fields}), body.encode())


def many(*responses: str, token: str = "") -> HttpResponse:
    """A multistatus."""
    told = f"<sync-token>{token}</sync-token>" if token else ""
    return xml(f"<multistatus {_NAMES}>{''.join(responses)}{told}</multistatus>")


def there(href: str, *properties: str) -> str:
    """A resource with these properties."""
    told = f"<prop>{''.join(properties)}</prop><status>HTTP/1.1 200 OK</status>"
    return f"<response><href>{href}</href><propstat>{told}</propstat></response>"


def gone(href: str, status: str = "404 Not Found") -> str:
    """A resource that fares so as a whole."""
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status></response>"


def etag(text: str) -> str:
    return f'<getetag>"{text}"</getetag>'


def data(content: bytes) -> str:
    return f"<C:calendar-data>{escape(content.decode())}</C:calendar-data>"


def error(condition: str, status: int, **headers: str) -> HttpResponse:
    """A refusal with a condition (RFC 4918 16), or a few."""
    return xml(f"<error {_NAMES}>{condition}</error>", status, **headers)

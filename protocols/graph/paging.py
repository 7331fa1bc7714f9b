"""Fetches every page of a collection of Graph: all of them or an error, never a part that looks whole."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from protocols.errors import PeerError
from protocols.graph.errors import people_object, problem
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

API_PATH: Final = "/v1.0"
_MOST_PAGES: Final = 500


def api(api_url: str) -> str:
    """The address under which Graph's resources lie; ``api_url`` may already end in the version."""
    return api_url.rstrip("/").removesuffix(API_PATH) + API_PATH


async def entries(send: Send, url: str, *, as_of: datetime, most: int | None = None) -> list[dict[str, Any]] | None:
    """All entries of the collection at ``url``, in order; None where there is none (404).

    Pages lie on the origin of ``url`` alone. Raises PeerError: what ``send`` raises, what the first page fails with,
    INCOMPLETE where a later page does not come or @odata.count tells of more, GROUP_TOO_LARGE as soon as there are more
    than ``most``.
    """
    found: list[dict[str, Any]] = []
    count: Any = None
    page_url = url
    for number in range(_MOST_PAGES):
        response = await send(HttpRequest("GET", page_url, Headers({"Accept": "application/json"})))
        if response.status == 404 and number == 0:
            return None
        failure = problem(response, as_of)
        if failure is not None:
            raise failure if number == 0 else _lost(failure)
        page = people_object(response.body)
        found += _values(page)
        count = page.get("@odata.count", count)
        if most is not None and len(found) > most:
            raise PeerError(Reason.GROUP_TOO_LARGE, f"more than {most}")
        following = page.get("@odata.nextLink")
        if following is None:
            return _counted(found, count)
        if not isinstance(following, str) or following == page_url or _origin(following) != _origin(url):
            raise PeerError(Reason.GARBLED, "the next page lies somewhere else")
        page_url = following
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"more than {_MOST_PAGES} pages")


def _values(page: dict[str, Any]) -> list[dict[str, Any]]:
    values = page.get("value")
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise PeerError(Reason.GARBLED, "a page without its value")
    return values


def _counted(found: list[dict[str, Any]], count: Any) -> list[dict[str, Any]]:
    if count is not None and count != len(found):
        raise PeerError(Reason.INCOMPLETE, f"{len(found)} entries of {str(count)[:10]}")
    return found


def _lost(failure: PeerError) -> PeerError:
    return PeerError(Reason.INCOMPLETE, f"a later page: {failure}", retry_after=failure.retry_after)


def _origin(url: str) -> tuple[str, str]:
    try:
        parts: SplitResult = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()

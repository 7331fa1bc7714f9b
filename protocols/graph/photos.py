"""Reads and writes the photos of users of a Microsoft 365 organisation; those of contacts in mailboxes are not among
them, since Graph cannot take such a photo away again (Graph, Delete profilePhoto)."""

from datetime import datetime
from typing import Final
from urllib.parse import quote

from protocols.errors import PeerError
from protocols.graph.errors import problem
from protocols.graph.paging import api
from protocols.graph.tried import refused_with
from protocols.http import Headers, HttpRequest, Send
from protocols.model.freebusy import Reason

SIZE: Final = "240x240"
"""Pixels of what is read: one of Exchange Online's sizes (Graph, profilePhoto), and well below 100 kB."""
MOST: Final = 4_000_000
"""Octets of a photo that is written (Graph, Update profilePhoto: 4 MB)."""
_JPEG, _PNG, _GIF = "image/jpeg", "image/png", "image/gif"
_BEGIN: Final = {b"\x89PNG": _PNG, b"GIF8": _GIF}


async def photo(send: Send, key: str, *, api_url: str, as_of: datetime) -> bytes:
    """The photo of the user with this id, in :data:`SIZE`; b"" where there is none. Raises PeerError."""
    url = f"{api(api_url)}/users/{quote(key, safe='')}/photos/{SIZE}/$value"
    response = await send(HttpRequest("GET", url, Headers({"Accept": "image/*"})))
    failure = problem(response, as_of)
    if failure is None:
        return response.body
    if response.status == 404:  # ImageNotFound, or somebody without a mailbox
        return b""
    raise failure


async def put_photo(send: Send, key: str, picture: bytes, *, api_url: str, as_of: datetime) -> PeerError | None:
    """The user has this photo from now on, none where it is b""; None where that is done."""
    url = f"{api(api_url)}/users/{quote(key, safe='')}/photo/$value"
    kind = _BEGIN.get(picture[:4], _JPEG)
    headers = Headers({"Accept": "application/json", **({"Content-Type": kind} if picture else {})})
    try:
        response = await send(HttpRequest("PUT" if picture else "DELETE", url, headers, picture))
    except PeerError as error:
        return error
    failure = problem(response, as_of)
    gone = failure is not None and (refused_with(failure, 404) or failure.reason is Reason.NO_SUCH_MAILBOX)
    return None if gone and not picture else failure

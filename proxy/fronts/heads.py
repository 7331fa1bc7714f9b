"""What stands at the head of every answer, written by aiohttp or, for an answer that is given at once, by us."""

import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from service.visit import SERVER_NAME

ALWAYS: Final = {"Server": SERVER_NAME, "X-Content-Type-Options": "nosniff"}
UNLESS_TOLD: Final = ("Cache-Control", "no-store")


class Head:
    """The head of a front's answers with status 200; ``fields`` are its own, Content-Type among them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        lasting = "".join(f"{name}: {value}\r\n" for name, value in [*fields.items(), *ALWAYS.items(), UNLESS_TOLD])
        told = "Content-Length: %d\r\nX-Request-Id: %s\r\nrequest-id: %s\r\nDate: %s\r\n%s\r\n"
        self._lines = f"HTTP/1.1 200 OK\r\n{lasting.replace('%', '%%')}{told}"

    def written(self, size: int, request_id: str, client_request_id: str) -> bytes:
        """That of an answer of ``size`` bytes; ``client_request_id`` is repeated where there is one."""
        theirs = f"client-request-id: {client_request_id}\r\n" if client_request_id else ""
        return (self._lines % (size, request_id, request_id, _date(int(time.time())), theirs)).encode("ascii")


@lru_cache(maxsize=2)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)  # RFC 9110 5.6.7

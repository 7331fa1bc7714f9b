"""Says which key of the configuration keeps the server from starting, and what to write instead."""

import asyncio
import errno
import os
from contextlib import AsyncExitStack
from typing import NoReturn

from proxy.settings.server import ServerSettings
from service.door import Door

_REMEDIES = {
    errno.EADDRINUSE: "another program listens there: end it, or write another port",
    errno.EADDRNOTAVAIL: "this machine has no such address: write one of its own, or 0.0.0.0 for all of them",
    errno.EACCES: "ports below 1024 need the right to them (CAP_NET_BIND_SERVICE): give it, or write another port",
}


def start_error(error: OSError, server: ServerSettings) -> str:
    """Why the server could not start, in words, by file or by key, with a remedy."""
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}; mend the path or its permissions, then try `busyline check`"
    refused = asyncio.run(_refusals(server))
    return "\n".join(refused) or f"{_words(error)}; try `busyline check`"


async def _refusals(server: ServerSettings) -> list[str]:
    """A sentence for each address on which this machine does not let us listen; all are tried side by side."""
    refused = []
    async with AsyncExitStack() as held:
        for key in ("listen", "plain_listen", "metrics_listen"):
            for address in getattr(server, key):
                try:
                    await held.enter_async_context(Door(_nobody, [address], patience=0))
                except OSError as error:
                    refused.append(f"server.{key}: {address}: {_words(error)}; {_remedy(error)}")
    return refused


async def _nobody(_: object) -> NoReturn:
    raise ConnectionError("this door was opened to see whether it can be")


def _words(error: OSError) -> str:
    """The system's own words: those of the event loop hold a tuple. Names have errors of their own, below zero."""
    if not error.errno:
        return "this machine does not let us listen"
    return os.strerror(error.errno) if error.errno > 0 else "this machine knows no such name"


def _remedy(error: OSError) -> str:
    return _REMEDIES.get(error.errno or 0, "write one of this machine's own addresses")

"""Says which key of the configuration keeps the server from starting, and what to write instead."""

import asyncio
import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NoReturn

from console.writable_checks import user_name
from proxy.settings import ProxySettings
from proxy.settings.certificate import CertificateAcme, CertificateFirstRun
from proxy.settings.server import ServerSettings
from service.addresses import ListenAddress
from service.door import Door

_REMEDIES = {
    errno.EADDRINUSE: "another program listens there: end it, or write another port",
    errno.EADDRNOTAVAIL: "this machine has no such address: write one of its own, or 0.0.0.0 for all of them",
    errno.EACCES: "ports below 1024 need the right to them (CAP_NET_BIND_SERVICE): give it, or write another port",
}


def start_error(
    error: OSError,
    settings: ProxySettings,
    directory: Path,
    *,
    places: Mapping[str, Sequence[ListenAddress]] | None = None,
) -> str:
    """Why the server could not start, in words, by file or by key, with a remedy; ``directory`` is the file's own,
    ``places`` where it listens, if not where [server] says."""
    if error.filename is not None:
        return _of_file(Path(os.fsdecode(error.filename)), error, settings, directory)
    refused = asyncio.run(refusals(listened(settings.server) if places is None else places))
    return "\n".join(refused) or f"{_words(error)}; try `busyline check`"


def _of_file(path: Path, error: OSError, settings: ProxySettings, directory: Path) -> str:
    for key, written in _written(settings):
        place = (directory / written).absolute()
        if path.absolute() == place or path.absolute().is_relative_to(place) or place.is_relative_to(path.absolute()):
            mend = f"let the user that Busyline runs as (here {user_name(os.geteuid())}) have it"
            return f"{key}: {path}: {error.strerror}; {mend}, or write another path, such as /var/lib/busyline/…"
    who = user_name(os.geteuid())
    return f"{path}: {error.strerror}; mend the path or its permissions for the user {who}, then try `busyline check`"


def _written(settings: ProxySettings) -> Iterator[tuple[str, Path]]:
    """The directories that Busyline writes to, by key."""
    certificate = settings.server.certificate
    if isinstance(certificate, CertificateAcme | CertificateFirstRun):
        yield "server.certificate.directory", certificate.directory
    if settings.ledger is not None:
        yield "ledger.directory", settings.ledger.directory
    if settings.capture is not None:
        yield "capture.directory", settings.capture.directory
    yield "tokens.directory", settings.tokens.directory


def listened(server: ServerSettings) -> dict[str, Sequence[ListenAddress]]:
    """Where a proxy listens, by key."""
    return {f"server.{key}": getattr(server, key) for key in ("listen", "plain_listen", "metrics_listen")}


async def refusals(places: Mapping[str, Sequence[ListenAddress]]) -> list[str]:
    """A sentence for each address on which this machine does not let us listen; all are tried side by side."""
    refused = []
    async with AsyncExitStack() as held:
        for key, addresses in places.items():
            for address in addresses:
                try:
                    await held.enter_async_context(Door(_nobody, [address], patience=0))
                except OSError as error:
                    refused.append(refusal(key, address, error))
    return refused


def refusal(key: str, address: ListenAddress, error: OSError) -> str:
    """Why the machine does not let us listen on ``address``, which stands at ``key``, with a remedy."""
    return f"{key}: {address}: {_words(error)}; {_remedy(error)}"


async def _nobody(_: object) -> NoReturn:
    raise ConnectionError("this door was opened to see whether it can be")


def _words(error: OSError) -> str:
    """The system's own words: those of the event loop hold a tuple. Names have errors of their own, below zero."""
    if not error.errno:
        return "this machine does not let us listen"
    return os.strerror(error.errno) if error.errno > 0 else "this machine knows no such name"


def _remedy(error: OSError) -> str:
    return _REMEDIES.get(error.errno or 0, "write one of this machine's own addresses")

"""Builds the proxy's TLS from the certificate that the settings name."""

import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from certs import first_run, pem
from proxy.settings.certificate import CertificateFiles, CertificateNone
from proxy.settings.server import ServerSettings

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True)
class ServerTls:
    """TLS of the listening sockets, or None for plain HTTP; ``ca`` is the first run's, for callers to import."""

    context: ssl.SSLContext | None
    ca: Path | None = None


def server_tls(server: ServerSettings, directory: Path, *, now: datetime) -> ServerTls:
    """What ``server`` asks for; its paths are relative to ``directory``. Raises CertificateError."""
    certificate = server.certificate
    host = urlsplit(server.public_url).hostname or ""
    ca = None
    if isinstance(certificate, CertificateNone):
        return ServerTls(None)
    if isinstance(certificate, CertificateFiles):
        chain, key = directory / certificate.chain, directory / certificate.key
    else:
        issued = first_run.issue(directory / certificate.directory, _names(host), now=now)
        chain, key, ca = issued.chain, issued.key, issued.ca
    loaded = pem.load(chain, key, now=now, host=host)
    for note in loaded.notes:
        _log.warning("certificate", file=str(chain), note=note)
    return ServerTls(loaded.context, ca)


def _names(host: str) -> list[str]:
    """The public name first; the loopback's too, so that a first try from this machine is trusted."""
    return list(dict.fromkeys([host, "localhost", "127.0.0.1", "::1"]))

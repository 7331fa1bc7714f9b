"""Builds the proxy's TLS from the certificate that the settings name, and what keeps it fresh while it is shown."""

import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

import structlog

from certs import first_run, pem, pfx
from certs.live import Live
from certs.objections import Kind, ascii_host
from certs.pair import CertificateError, Pair
from certs.watch import Watch
from proxy.acme_turns import AcmeInTurn
from proxy.connector import Clock
from proxy.keepers import AcmeKeeper
from proxy.settings.certificate import (
    CertificateAcme,
    CertificateFiles,
    CertificateFirstRun,
    CertificateNone,
    CertificatePfx,
)
from proxy.settings.server import ServerSettings
from proxy.wiring.acme import acme_keeping
from service.certificate_files import Bell, FileKeeper, Keeper, kept
from service.metrics import Metrics
from service.secrets import resolve
from service.turns import alone

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTls:
    """TLS of the listening sockets, and what is known of it; without ``live`` they speak plain HTTP.

    ``ca`` is the first run's, for callers to import. ``answers`` is what an ACME authority is told on the plain port.
    """

    live: Live | None = None
    ca: Path | None = None
    keeper: Keeper | None = None
    bell: Bell = field(default_factory=Bell)
    answers: Mapping[str, str] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)
    name: str = ""
    ready_days: int = 0

    @property
    def context(self) -> SSLContext | None:
        """For the door; it stays the same while certificates come and go."""
        return self.live.context if self.live else None

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Inside, the certificate is kept fresh."""
        async with kept(self.keeper):
            try:
                yield
            finally:
                self.ending.set()

    def doubts(self) -> list[str]:
        """Why callers would turn away, for ``/readyz``; the log and the metrics say more."""
        if self.live is None:
            return []
        if isinstance(self.keeper, AcmeKeeper | AcmeInTurn) and not self.keeper.issued:
            return ["no certificate is issued yet"]
        days, end = self.live.days_left, f"{self.live.expires:%Y-%m-%d}"
        if days <= 0:
            return [f"the certificate expired on {end}"]
        if not_yet := [each.words for each in self.live.objections() if each.kind is Kind.NOT_YET]:
            return not_yet
        return [f"the certificate expires on {end}"] if days < self.ready_days else []

    def count(self, metrics: Metrics) -> None:
        """Its numbers, at every scrape."""
        if (live := self.live) is None:
            return
        labels = {"kind": "server", "name": self.name}
        read, keeper = metrics.read, self.keeper
        read("busyline_certificate_days_left", "Until a certificate expires", lambda: live.days_left, labels=labels)
        read("busyline_certificate_swaps_total", "New certificates shown", lambda: float(live.swaps))
        if keeper is not None:
            words = "New certificates that could not be had or used"
            read("busyline_certificate_failures_total", words, lambda: float(keeper.failures))


def server_tls(
    server: ServerSettings,
    directory: Path,
    *,
    clock: Clock,
    client_authorities: Sequence[Path] = (),
    shared: bool = False,
) -> ServerTls:
    """What ``server`` asks for; its paths are relative to ``directory``. Raises CertificateError, SecretError.

    ``shared``: several processes show the same certificate, and one of them has it renewed.

    Callers may show a certificate of their own where there are ``client_authorities`` (PEM files, absolute).
    """
    certificate = server.certificate
    if isinstance(certificate, CertificateNone):
        return ServerTls()
    host = ascii_host(urlsplit(server.public_url).hostname or "")
    bell, ca = Bell(), None
    live_of = partial(Live, clock=clock, host=host, client_authorities=client_authorities)
    known = partial(ServerTls, bell=bell, name=host, ready_days=server.ready_days)
    if isinstance(certificate, CertificateAcme):
        acme = acme_keeping(certificate, directory, host, clock=clock, live_of=live_of, pause=bell.wait, shared=shared)
        return known(live=acme.live, keeper=acme.keeper, answers=acme.answers, ending=acme.ending)
    if isinstance(certificate, CertificateFirstRun):
        ca = directory / certificate.directory / first_run.CA_FILE
    watch = _watched(certificate, directory, host, clock)
    live = live_of(watch.read())
    for objection in live.objections():
        _log.warning("certificate", file=live.pair.source, note=objection.words)
    return known(live=live, ca=ca, keeper=FileKeeper(live, watch, pause=bell.wait))


def _watched(
    certificate: CertificateFiles | CertificatePfx | CertificateFirstRun, directory: Path, host: str, clock: Clock
) -> Watch:
    if isinstance(certificate, CertificateFiles):
        chain, key = directory / certificate.chain, directory / certificate.key
        return Watch((chain, key), lambda: pem.read(chain, key))
    if isinstance(certificate, CertificatePfx):
        file, password = directory / certificate.file, certificate.password
        return Watch((file,), lambda: pfx.read(file, resolve(password, directory).reveal() if password else None))
    place = directory / certificate.directory

    def issued() -> Pair:
        try:
            with alone(place):  # several processes may begin at once, and there is to be one CA
                files = first_run.issue(place, _names(host), now=clock())
                return pem.read(files.chain, files.key)
        except OSError as error:
            raise CertificateError(f"{place} cannot be written: {error.strerror}: let Busyline write there") from None

    return Watch((place / first_run.CHAIN_FILE, place / first_run.KEY_FILE), issued)


def _names(host: str) -> list[str]:
    """The public name first; the loopback's too, so that a first try from this machine is trusted."""
    return list(dict.fromkeys([host, "localhost", "127.0.0.1", "::1"]))

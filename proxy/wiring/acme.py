"""Builds what has the proxy's certificate issued by ACME: its state on the disk, the order, and the keeper."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from certs.acme_order import Authority, Order, check_installed
from certs.acme_state import AcmeState
from certs.live import Live
from certs.objections import covers
from certs.pair import CertificateError, Pair
from certs.placeholder import placeholder
from certs.signing_requests import fresh_key, signing_request
from proxy.connector import Clock
from proxy.keepers import AcmeKeeper, Pause
from proxy.settings.certificate import CertificateAcme
from service.secrets import resolve

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True)
class AcmeKeeping:
    """``answers`` is what the plain port tells; ``ending`` ends an order under way."""

    live: Live
    keeper: AcmeKeeper
    answers: dict[str, str]
    ending: threading.Event


@dataclass(frozen=True, slots=True)
class _Issuer:
    """One order after another, each with a fresh key."""

    settings: CertificateAcme
    authority: Authority
    state: AcmeState
    names: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)

    def issue(self) -> Pair:
        """Issued and kept on the disk. Raises CertificateError, OSError."""
        key = fresh_key(self.settings.algorithm)
        order = Order(
            authority=self.authority,
            account_key=self.state.account_key(),
            answers=self.answers,
            sleep=self._sleep,
        )
        return self.state.store(key, order.issue(signing_request(key, self.names)))

    def _sleep(self, seconds: float) -> None:
        if self.ending.wait(seconds):
            raise CertificateError("the order was left, because Busyline stops: it asks again after the start")


def acme_keeping(
    settings: CertificateAcme,
    directory: Path,
    host: str,
    *,
    clock: Clock,
    live_of: Callable[[Pair], Live],
    pause: Pause,
) -> AcmeKeeping:
    """What ``settings`` ask for. Until the first certificate is issued the door shows one that nobody trusts.

    Raises CertificateError where the libraries are missing, SecretError for an external account without its key.
    """
    check_installed()
    issuer = _issuer(settings, directory, host)
    kept = _kept(issuer.state)
    live = live_of(kept or placeholder(issuer.names, now=clock()))
    keeper = AcmeKeeper(
        live,
        issuer.issue,
        issued=kept is not None,
        urgent=kept is not None and not all(covers(kept.leaf, name) for name in issuer.names),
        wanted=lambda: _kept(issuer.state) is None,
        clock=clock,
        pause=pause,
    )
    return AcmeKeeping(live, keeper, issuer.answers, issuer.ending)


def _issuer(settings: CertificateAcme, directory: Path, host: str) -> _Issuer:
    external = settings.external_account
    authority = Authority(
        directory_url=settings.directory_url,
        ca=directory / settings.ca if settings.ca else None,
        email=settings.email,
        external=(external.kid, resolve(external.key, directory).reveal()) if external else None,
    )
    state = AcmeState.of(directory / settings.directory, settings.directory_url)
    return _Issuer(settings, authority, state, settings.names or (host,))


def _kept(state: AcmeState) -> Pair | None:
    try:
        return state.load()
    except CertificateError as error:
        _log.warning("certificate", file=str(state.certificate_path), note=str(error))
        return None

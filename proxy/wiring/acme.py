"""Builds what has the proxy's certificate issued by ACME: its state on the disk, the order, and the keeper."""

import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from certs import pem
from certs.acme_answers import SharedAnswers
from certs.acme_order import Authority, Order, check_installed
from certs.acme_state import AcmeState
from certs.live import Live
from certs.objections import covers
from certs.pair import CertificateError, Pair, belong_together
from certs.placeholder import placeholder
from certs.signing_requests import fresh_key, signing_request
from proxy.acme_turns import AcmeInTurn
from proxy.connector import Clock
from proxy.keepers import AcmeKeeper, Orders
from proxy.settings.certificate import CertificateAcme
from service.certificate_files import Pause
from service.secrets import resolve
from service.turns import Turn

_ISSUED: Final = "what the authority issued"

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True)
class AcmeKeeping:
    """``answers`` is what the plain port tells; ``ending`` ends an order under way."""

    live: Live
    keeper: AcmeKeeper | AcmeInTurn
    answers: MutableMapping[str, str]
    ending: threading.Event


@dataclass(frozen=True, slots=True)
class _Issuer:
    """One order after another, each with a fresh key."""

    settings: CertificateAcme
    authority: Authority
    state: AcmeState
    names: tuple[str, ...]
    answers: MutableMapping[str, str] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)

    def issue(self) -> Pair:
        """Issued, and of the key that was asked for; not kept yet. Raises CertificateError, OSError."""
        key = fresh_key(self.settings.algorithm)
        order = Order(
            authority=self.authority,
            account_key=self.state.account_key(),
            answers=self.answers,
            sleep=self._sleep,
        )
        chain = pem.certificates_in(order.issue(signing_request(key, self.names)), _ISSUED)
        if not belong_together(chain[0], key):
            raise CertificateError(f"{_ISSUED} is for another key: correct directory_url")
        return Pair(chain, key, _ISSUED)

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
    shared: bool = False,
) -> AcmeKeeping:
    """What ``settings`` ask for. Until the first certificate is issued the door shows one that nobody trusts.

    ``shared``: other processes do the same in the same directory, and one of all renews.

    Raises CertificateError where the libraries are missing, SecretError for an external account without its key.
    """
    check_installed()
    issuer = _issuer(settings, directory, host, shared=shared)
    kept = _kept(issuer.state)
    live = live_of(kept or placeholder(issuer.names, now=clock()))

    def renewing() -> AcmeKeeper:
        kept = _kept(issuer.state)
        return AcmeKeeper(
            live,
            Orders(issue=issuer.issue, keep=issuer.state.store, wanted=lambda: _kept(issuer.state) is None),
            issued=kept is not None,
            urgent=kept is not None and not all(covers(kept.leaf, name) for name in issuer.names),
            clock=clock,
            pause=pause,
        )

    keeper = _in_turn(live, issuer, renewing, issued=kept is not None, pause=pause) if shared else renewing()
    return AcmeKeeping(live, keeper, issuer.answers, issuer.ending)


def _in_turn(
    live: Live, issuer: _Issuer, renewing: Callable[[], AcmeKeeper], *, issued: bool, pause: Pause
) -> AcmeInTurn:
    state = issuer.state
    return AcmeInTurn(live, Turn(state.folder), kept=state.load, renewing=renewing, issued=issued, pause=pause)


def _issuer(settings: CertificateAcme, directory: Path, host: str, *, shared: bool = False) -> _Issuer:
    external = settings.external_account
    authority = Authority(
        directory_url=settings.directory_url,
        ca=directory / settings.ca if settings.ca else None,
        email=settings.email,
        external=(external.kid, resolve(external.key, directory).reveal()) if external else None,
    )
    state = AcmeState.of(directory / settings.directory, settings.directory_url)
    answers: MutableMapping[str, str] = SharedAnswers(state.folder / "challenges") if shared else {}
    return _Issuer(settings, authority, state, settings.names or (host,), answers)


def _kept(state: AcmeState) -> Pair | None:
    try:
        return state.load()
    except CertificateError as error:
        _log.warning("certificate", file=str(state.certificate_path), note=str(error))
        return None

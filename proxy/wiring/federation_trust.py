"""Builds what an Exchange federation trust needs: its keys, whom it believes, and the two addresses that it opens."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from certs import federation as keys
from certs.federation import FederationKeys
from protocols.ews.autodiscover.settings import Federation
from protocols.ews.wssecurity.assertion import Trust
from protocols.ews.wssecurity.message import Cover, Demands
from protocols.model.caller import Caller
from proxy.auth.networks import Addresses
from proxy.auth.shared_replays import Seen, SharedMemories
from proxy.auth.ws_security import WsSecurity
from proxy.connector import Clock
from proxy.fronts.autodiscover import Directions
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.federated import SUFFIX, FederatedEntrance, FederatedEws, FederatedSettings
from proxy.server import Front
from proxy.settings import ProxySettings
from proxy.settings.federation import FederationSettings
from service.metrics import Metrics

_PROOF: Final = "ws-security"
_DAY: Final = 86_400.0

_log = structlog.get_logger("busyline.wiring")


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationTrust:
    """The trust while the proxy runs. ``told`` is what the whole world may know of it."""

    told: Federation
    keys: FederationKeys
    proof: WsSecurity
    demands: Demands
    public_url: str
    max_body: int
    clock: Clock

    def fronts(
        self,
        paths: tuple[str, str],
        *,
        entrance: Entrance,
        addresses: Addresses,
        desks: Mapping[str, Desk],
        directions: Directions,
    ) -> dict[str, Front]:
        """The fronts behind ``paths``, those of EWS and of Autodiscover, each with SUFFIX."""
        way_in = FederatedEntrance(
            proof=self.proof, demands=self.demands, entrance=entrance, addresses=addresses, max_body=self.max_body
        )
        ews, soap = (path + SUFFIX for path in paths)
        return {
            ews: FederatedEws(entrance=way_in.at(self.public_url + ews), desks=desks),
            soap: FederatedSettings(entrance=way_in.at(self.public_url + soap), directions=directions),
        }

    def count(self, metrics: Metrics) -> None:
        """The days that the certificates have left, at every scrape."""
        for place, pair in self.keys.pairs.items():
            ends = pair.leaf.not_valid_after_utc
            metrics.read(
                "busyline_certificate_days_left",
                "Until a certificate expires",
                lambda ends=ends: (ends - self.clock()).total_seconds() / _DAY,  # type: ignore[misc]
                labels={"kind": "federation", "name": place},
            )

    def doubts(self) -> list[str]:
        """Why callers would be turned away, for ``/readyz``."""
        ends = self.keys.expires
        expired = [f"the federation certificate expired on {ends:%Y-%m-%d}"] if ends <= self.clock() else []
        return expired + self.proof.doubts()


def federation_trust(
    settings: ProxySettings, directory: Path, *, clock: Clock, stack: AsyncExitStack, seen: Seen | None = None
) -> FederationTrust | None:
    """The trust of [federation], None where there is none; ``stack`` closes it. Raises CertificateError.

    ``seen``: where messages are remembered, if not in this process alone.
    """
    if (written := settings.federation) is None:
        return None
    found = keys.load(written.files(directory))
    for note in found.notes(now=clock()):
        _log.warning("federation_certificate", note=note)
    issuers = {
        issuer.uri: [each for path in issuer.certificates for each in keys.certificates(directory / path)]
        for issuer in written.issuers
    }
    trust = Trust(
        audience=written.application_uri,
        issuers=issuers,
        keys=found.decryption,
        skew=written.clock_skew,
        sha1_tokens=written.sha1_tokens,
    )
    vouching = {issuer.uri: frozenset(issuer.domains) for issuer in written.issuers if issuer.domains}
    memories = SharedMemories(seen=seen, clock=clock) if seen else None
    proof = WsSecurity(trust, _callers(settings), clock=clock, vouching=vouching, memories=memories)
    stack.callback(proof.close)
    return FederationTrust(
        told=_told(written),
        keys=found,
        proof=proof,
        demands=Demands(cover=Cover(written.signed), skew=written.clock_skew),
        public_url=settings.server.public_url,
        max_body=settings.server.max_body,
        clock=clock,
    )


def _callers(settings: ProxySettings) -> dict[str, Caller]:
    return {
        domain: Caller(caller.name, caller.organisation, _PROOF)
        for caller in settings.callers
        if caller.federation
        for domain in caller.federation.domains
    }


def _told(written: FederationSettings) -> Federation:
    issuers = tuple((issuer.endpoint, issuer.uri) for issuer in written.issuers)
    return Federation(application_uri=written.application_uri, domains=frozenset(written.domains), issuers=issuers)

"""The proxy's part of the configuration: what may be written, what it means, and which narrow default it has."""

from typing import Self

from pydantic import Field, model_validator

from proxy import consistency
from proxy.settings.callers import CallerSettings
from proxy.settings.capture import CaptureSettings
from proxy.settings.cluster import ClusterSettings
from proxy.settings.connectors import ConnectorSettings
from proxy.settings.directory import GroupSettings, RoomListSettings, check_directories
from proxy.settings.federation import FederationSettings
from proxy.settings.ledger import LedgerSettings
from proxy.settings.moves import MoveSettings, check_moves
from proxy.settings.oidc import OidcSettings
from proxy.settings.published import FreeBusyUrlsSettings, check_names
from proxy.settings.routes import AliasSettings, RoomsSettings, RouteSettings
from proxy.settings.rules import RuleSettings, check_rules
from proxy.settings.server import CacheSettings, ServerSettings
from proxy.settings.tokens import MicrosoftSettings, TokensSettings
from service.words import Section


class ProxySettings(Section):
    """Everything the free/busy server needs to know."""

    server: ServerSettings
    cache: CacheSettings = CacheSettings()
    cluster: ClusterSettings | None = Field(None, description="only where several nodes share what they fetched")
    connectors: dict[str, ConnectorSettings] = Field(default_factory=dict, description="one per calendar system")
    routes: tuple[RouteSettings, ...] = ()
    aliases: tuple[AliasSettings, ...] = ()
    groups: tuple[GroupSettings, ...] = ()
    room_lists: tuple[RoomListSettings, ...] = ()
    moves: tuple[MoveSettings, ...] = ()
    callers: tuple[CallerSettings, ...] = ()
    rooms: RoomsSettings = RoomsSettings()
    rules: tuple[RuleSettings, ...] = ()
    ledger: LedgerSettings | None = Field(None, description="which caller looked at whom; kept only where written")
    capture: CaptureSettings | None = Field(None, description="where requests are kept for a while if ordered")
    tokens: TokensSettings = TokensSettings()
    microsoft: MicrosoftSettings = MicrosoftSettings()
    oidc: tuple[OidcSettings, ...] = ()
    federation: FederationSettings | None = Field(None, description="only where there is an Exchange federation trust")
    free_busy_urls: FreeBusyUrlsSettings | None = Field(None, description="people published by URL; only where written")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        consistency.check_names(self.connectors, self.routes, self.callers)
        check_directories(self.connectors, self.groups, self.room_lists)
        check_moves(self.moves, self.connectors)
        consistency.check_federation(trust=self.federation is not None, callers=self.callers)
        consistency.check_issuers(self.federation.issuers if self.federation else ())
        check_rules(self.rules, check_names(self.free_busy_urls, [caller.name for caller in self.callers]))
        consistency.check_oidc([each.issuer for each in self.oidc], self.callers)
        consistency.check_client_certificates(self.server.certificate.kind, self.callers)
        return self

"""The proxy's part of the configuration: what may be written, what it means, and which narrow default it has."""

from typing import Self

from pydantic import Field, model_validator

from proxy import consistency
from proxy.settings.callers import CallerSettings
from proxy.settings.connectors import ConnectorSettings
from proxy.settings.routes import RoomsSettings, RouteSettings
from proxy.settings.server import CacheSettings, ServerSettings
from proxy.settings.words import Section


class ProxySettings(Section):
    """Everything the free/busy server needs to know."""

    server: ServerSettings
    cache: CacheSettings = CacheSettings()
    connectors: dict[str, ConnectorSettings] = Field(default_factory=dict, description="one per calendar system")
    routes: tuple[RouteSettings, ...] = ()
    callers: tuple[CallerSettings, ...] = ()
    rooms: RoomsSettings = RoomsSettings()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        consistency.check_names(self.connectors, self.routes, self.callers)
        return self

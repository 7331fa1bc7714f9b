"""The part of the configuration that is about hubs: which there are, and what they join."""

from typing import Self

from pydantic import model_validator

from calsync.settings.consistency import check_hubs
from calsync.settings.hubs import HubSettings
from calsync.settings.notices import NoticesSettings
from calsync.settings.spokes import SpokeSettings
from service.state.settings import StateSettings
from service.words import Section

__all__ = ["CalsyncSettings", "HubSettings", "NoticesSettings", "SpokeSettings"]


class CalsyncSettings(Section):
    """Everything the hubs need to know."""

    state: StateSettings = StateSettings()
    hubs: tuple[HubSettings, ...] = ()
    hub_notifications: NoticesSettings | None = None

    @model_validator(mode="after")
    def _hubs_fitting(self) -> Self:
        check_hubs(self.hubs)
        return self

    def hub(self, name: str) -> HubSettings | None:
        """The hub of that name."""
        return next((each for each in self.hubs if each.name == name), None)

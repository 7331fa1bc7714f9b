"""The part of the configuration that is about address books: which there are, and whose people go where."""

from typing import Self

from pydantic import Field, model_validator

from galsync.settings.consistency import check_syncs
from galsync.settings.directories import DirectorySettings
from galsync.settings.forwarder_consistency import check_forwarders
from galsync.settings.forwarders import ForwarderSettings
from galsync.settings.mail import MailSettings
from galsync.settings.pair_consistency import check_pairs
from galsync.settings.pair_syncs import syncs_of
from galsync.settings.pairs import PairSettings
from galsync.settings.syncs import SyncSettings
from service.state.settings import StateSettings
from service.words import Section

__all__ = ["DirectorySettings", "GalsyncSettings", "MailSettings", "PairSettings", "SyncSettings"]


class GalsyncSettings(Section):
    """Everything the syncs of address books need to know."""

    state: StateSettings = StateSettings()
    mail: MailSettings | None = None
    directories: dict[str, DirectorySettings] = Field(default_factory=dict, description="one per address book")
    directory_syncs: tuple[SyncSettings, ...] = ()
    pairs: tuple[PairSettings, ...] = ()
    move_forwarders: tuple[ForwarderSettings, ...] = ()

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        check_syncs(self.directories, self.directory_syncs)
        check_forwarders(self.directories, self.move_forwarders)
        check_pairs(self.pairs, self.directories, {sync.name for sync in self.directory_syncs})
        return self

    def sync(self, name: str) -> SyncSettings | None:
        """The sync of that name, those of pairs included."""
        of_pairs = (sync for pair in self.pairs for sync in syncs_of(pair))
        return next((each for each in (*self.directory_syncs, *of_pairs) if each.name == name), None)

    def pair(self, name: str) -> PairSettings | None:
        """The pair of that name."""
        return next((each for each in self.pairs if each.name == name), None)

    @property
    def scheduled(self) -> tuple[SyncSettings, ...]:
        """The syncs that run by themselves."""
        return tuple(each for each in self.directory_syncs if each.schedule is not None)

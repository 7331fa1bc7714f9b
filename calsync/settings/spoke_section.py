"""What every spoke of a hub has, whichever protocol reaches it."""

from typing import ClassVar

from pydantic import Field

from calsync.settings.giving import GetSettings, GiveSettings
from service.words import Section, Switch


class SpokeSection(Section):
    """``keys`` are those that are for one kind of hub alone, by kind: a protocol that lacks a kind has no such."""

    keys: ClassVar[dict[str, frozenset[str]]]
    writable: ClassVar[bool] = True
    person: ClassVar[bool] = False
    """Whether somebody signs in for it, by ``busyline connect``."""

    read: Switch = Field(
        True, description="false: nothing is taken from here, it is a target alone, as for mere busy times"
    )
    give: GiveSettings = GiveSettings()
    get: GetSettings = GetSettings()

    @property
    def place(self) -> tuple[str, ...]:
        """Which calendar or folder it is: equal for two that are surely the same."""
        raise NotImplementedError

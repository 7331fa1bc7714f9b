"""What every spoke of a hub is made with: the ways to the network, the clock, and what closes it all."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from calsync.settings import HubSettings
from calsync.settings.consistency import connection_of
from calsync.spokes.patience import Rest
from protocols.google.patience import Pace
from service.outgoing import NetworkSection, Outgoing
from service.secrets import Reference, Secret, resolve

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Chance: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rests:
    """How long servers asked to be left alone, kept for as long as the process goes on: hubs are opened anew after each
    failure."""

    _of: dict[tuple[str, ...], Rest] = field(default_factory=dict)

    def of(self, hub: str, spoke: str, *where: str) -> Rest:
        """That of one spoke, the same each time, as long as the settings tell the same place (``where``)."""
        return self._of.setdefault((hub, spoke, *where), Rest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One hub being opened. What is opened is closed by ``stack``; ``directory`` is that of the configuration file.
    ``number`` gives a text that is never the same."""

    hub: HubSettings
    directory: Path
    stack: AsyncExitStack
    clock: Clock
    sleep: Sleep
    chance: Chance
    number: Callable[[], str]
    rests: Rests = field(default_factory=Rests)

    @property
    def of_contacts(self) -> bool:
        """Whether the hub joins folders of contacts."""
        return self.hub.kind == "contacts"

    @property
    def pace(self) -> Pace:
        """How Google is asked again."""
        return Pace(clock=self.clock, sleep=self.sleep, chance=self.chance)

    def outgoing(self, settings: NetworkSection) -> Outgoing:
        """The way to one system."""
        return Outgoing(settings, self.directory, self.stack)

    def secret(self, reference: Reference) -> Secret:
        """What lies there. Raises SecretError."""
        return resolve(reference, self.directory)

    def rest(self, spoke: str, *where: str) -> Rest:
        """How long the server of a spoke asked to be left alone, about what lies ``where`` (such as a mailbox)."""
        return self.rests.of(self.hub.name, spoke, *where)

    def connection(self, spoke: str) -> str:
        """The name by which somebody signed in for a spoke."""
        return connection_of(self.hub.name, spoke)

"""Opens the directories that say who has moved: groups by the connector's directory, attributes by its API."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from protocols.google import movers as google
from protocols.graph import movers as graph
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.connector import Clock
from proxy.directory import Directory
from proxy.list_files import ListFileError
from proxy.moves.sources import AttributeSource, GroupSource, Source, objection
from proxy.scopes import GOOGLE_USERS
from proxy.settings.connectors import ConnectorSettings, GoogleConnector, GraphConnector
from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings
from proxy.wiring.directories.google import directory_url
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_google, at_graph

ATTRIBUTES: Final = {"graph": graph.ATTRIBUTES, "google": google.ATTRIBUTES}
"""Which attributes can say who moves, by protocol."""


class Sources:
    """Opens what a move is told by; what is opened is closed by ``stack``."""

    def __init__(
        self,
        connectors: Mapping[str, ConnectorSettings],
        directories: Mapping[str, Directory],
        directory: Path,
        stack: AsyncExitStack,
        *,
        clock: Clock,
    ) -> None:
        self._connectors, self._directories = connectors, directories
        self._directory, self._stack, self._clock = directory, stack, clock

    async def source(self, move: MoveSettings) -> Source:
        """Raises ListFileError in words where the connector cannot tell; SecretError, OSError (a CA file)."""
        people = move.people
        assert isinstance(people, GroupPeople | AttributePeople)
        name = move.source if people.of == "from" else move.target
        settings, found = self._connectors[name], self._directories.get(name)
        if isinstance(people, GroupPeople):
            if found is None:
                raise _wanted(move, f"the connector {name} has no directory: write [connectors.{name}.directory]")
            return GroupSource(found, Mailbox.parse(people.group))
        if words := objection(people, name, settings, ATTRIBUTES):
            raise _wanted(move, words)
        network = PeerNetwork(settings, self._directory, self._stack)
        if isinstance(settings, GraphConnector):
            return await self._graph(settings, network, people)
        assert isinstance(settings, GoogleConnector)  # what else can tell, the objection knows
        assert settings.directory is not None
        assert settings.directory.subject is not None
        return await self._google(settings, settings.directory.subject, network, people)

    async def _graph(self, settings: GraphConnector, network: PeerNetwork, people: AttributePeople) -> Source:
        send, api_url = await at_graph(settings, network)

        async def ask() -> Sequence[Mover]:
            return await graph.movers(
                send, attribute=people.attribute, value=people.value, api_url=api_url, as_of=self._clock()
            )

        return AttributeSource(ask)

    async def _google(
        self, settings: GoogleConnector, subject: str, network: PeerNetwork, people: AttributePeople
    ) -> Source:
        api_url = directory_url(settings)
        send = (await at_google(settings, network, api_url=api_url))(subject, GOOGLE_USERS)

        async def ask() -> Sequence[Mover]:
            return await google.movers(
                send, attribute=people.attribute, value=people.value, api_url=api_url, as_of=self._clock()
            )

        return AttributeSource(ask)


def _wanted(move: MoveSettings, words: str) -> ListFileError:
    return ListFileError(f'[[moves]] "{move.name}": {words}')

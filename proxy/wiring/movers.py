"""Opens the directories that say who has moved: groups by the connector's directory, attributes by its API."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from protocols.google import directory as google_directory
from protocols.google import movers as google
from protocols.graph import movers as graph
from protocols.graph.clouds import CLOUDS
from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.connector import Clock
from proxy.directory import Directory
from proxy.list_files import ListFileError
from proxy.moves.sources import AttributeSource, GroupSource, Source
from proxy.settings.connectors import ConnectorSettings, GoogleConnector, GraphConnector
from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings
from proxy.wiring.sign_in import PeerNetwork
from service.tokens import authorized
from service.tokens_google import GoogleTokens, key_file
from service.tokens_microsoft import MicrosoftTokens

_GOOGLE_USERS: Final = "https://www.googleapis.com/auth/admin.directory.user.readonly"


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
        if isinstance(people, GroupPeople):
            found = self._directories.get(name)
            if found is None:
                raise _wanted(move, f"the connector {name} has no directory: write [connectors.{name}.directory]")
            return GroupSource(found, Mailbox.parse(people.group))
        settings = self._connectors[name]
        network = PeerNetwork(settings, self._directory, self._stack)
        if isinstance(settings, GraphConnector) and graph.ATTRIBUTES.fullmatch(people.attribute):
            return await self._graph(settings, network, people)
        if isinstance(settings, GoogleConnector) and google.ATTRIBUTES.fullmatch(people.attribute):
            if settings.directory is None or settings.directory.subject is None:
                remedy = f"write subject in [connectors.{name}.directory], the administrator to ask as"
                raise _wanted(move, f"the connector {name} has no directory: {remedy}")
            return await self._google(settings, settings.directory.subject, network, people)
        remedy = 'write one of "extensionAttribute1" to 15, "mail" and "otherMails" at graph, or at google '
        remedy += '"orgUnitPath" or "Schema.field"; else a group or a file'
        raise _wanted(move, f'the connector {name} tells nothing of "{people.attribute}": {remedy}')

    async def _graph(self, settings: GraphConnector, network: PeerNetwork, people: AttributePeople) -> Source:
        cloud = CLOUDS[settings.cloud]
        api_url, login_url = settings.graph_url or cloud.graph, settings.login_url or cloud.login
        reference = settings.certificate or settings.secret
        assert reference is not None  # the settings see to it
        tokens = MicrosoftTokens(
            network.blocking(only=login_url),
            authority=f"{login_url}/{settings.tenant}",
            client_id=settings.client_id,
            proof=network.secret(reference),
            scope=f"{api_url}/.default",
        )
        send = authorized((await network.wire()).send, tokens, to=api_url)

        async def ask() -> Sequence[Mover]:
            return await graph.movers(
                send, attribute=people.attribute, value=people.value, api_url=api_url, as_of=self._clock()
            )

        return AttributeSource(ask)

    async def _google(
        self, settings: GoogleConnector, subject: str, network: PeerNetwork, people: AttributePeople
    ) -> Source:
        written = settings.directory
        api_url = (written.api_url if written is not None else None) or google_directory.API_URL
        account = key_file(network.secret(settings.service_account))
        blocking, wire = network.blocking(only=str(account["token_uri"])), await network.wire()
        tokens = GoogleTokens(blocking, account=account, subject=subject, scopes=(_GOOGLE_USERS,))
        send = authorized(wire.send, tokens, to=api_url)

        async def ask() -> Sequence[Mover]:
            return await google.movers(
                send, attribute=people.attribute, value=people.value, api_url=api_url, as_of=self._clock()
            )

        return AttributeSource(ask)


def _wanted(move: MoveSettings, words: str) -> ListFileError:
    return ListFileError(f'[[moves]] "{move.name}": {words}')

"""What a system must grant beside its calendars: for groups and rooms, automatic replies, and people who move."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from console.configuration import Configuration
from proxy import scopes
from proxy.settings.connectors import EwsConnector, GoogleConnector, GraphConnector
from proxy.settings.moves import AttributePeople, GroupPeople

GROUPS, ROOMS, REPLIES, PEOPLE = "groups", "rooms", "replies", "people"
_NAMES: Final[dict[type, dict[str, str]]] = {
    GoogleConnector: {
        GROUPS: scopes.GOOGLE_GROUP_MEMBERS,
        ROOMS: scopes.GOOGLE_ROOMS,
        REPLIES: scopes.GMAIL_SETTINGS,
        PEOPLE: scopes.GOOGLE_USERS,
    },
    GraphConnector: {
        GROUPS: scopes.GRAPH_GROUP_MEMBERS,
        ROOMS: scopes.GRAPH_ROOMS,
        REPLIES: scopes.GRAPH_MAILBOX_SETTINGS,
        PEOPLE: scopes.GRAPH_USERS,
    },
    EwsConnector: {REPLIES: scopes.EWS_IMPERSONATION},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the account of one connector needs besides; ``client_id`` is the application's, of Microsoft 365."""

    connector: str
    permissions: tuple[str, ...]
    client_id: str = ""


def grants_of(configuration: Configuration, names: Iterable[str]) -> tuple[Grant, ...]:
    """Of the connectors ``names``, those that need anything besides, in their order."""
    found = []
    for name in names:
        connector = configuration.connectors[name]
        known = _NAMES.get(type(connector), {})
        wanted = set(_wanted(configuration, name))
        if permissions := tuple(known[use] for use in known if use in wanted):
            client_id = connector.client_id if isinstance(connector, GraphConnector) else ""
            found.append(Grant(connector=name, permissions=permissions, client_id=client_id))
    return tuple(found)


def _wanted(configuration: Configuration, name: str) -> Iterator[str]:
    """What a connector is used for besides calendars."""
    connector = configuration.connectors[name]
    if connector.directory is not None:
        if connector.directory.groups:
            yield GROUPS
        if connector.directory.rooms:
            yield ROOMS
    if connector.automatic_replies:
        yield REPLIES
    for move in configuration.moves:
        people = move.people
        if not isinstance(people, GroupPeople | AttributePeople):
            continue
        if name == (move.source if people.of == "from" else move.target):
            yield GROUPS if isinstance(people, GroupPeople) else PEOPLE

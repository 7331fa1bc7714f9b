"""Opens the directories of the connectors, and hangs each caller's groups and rooms between its veil and its fronts."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from protocols.model.mailbox import Mailbox
from proxy.connector import Clock, Connector
from proxy.directories.book import Expanding, GroupBook
from proxy.directories.files import written_groups, written_room_lists
from proxy.directories.roll import Roll
from proxy.directories.shelf import RoomShelf
from proxy.directory import Directory
from proxy.federation import Federation
from proxy.hops import Circles
from proxy.layers.groups import Groups
from proxy.rooms import RoomDesk
from proxy.settings import ProxySettings
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector
from proxy.wiring.directories import exchange, google, graph
from proxy.wiring.sign_in import PeerNetwork
from routing.backwards import Backwards
from routing.policy import Policy
from routing.ways import Ways
from service.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Directories:
    """What all callers share: the directories by the names of their connectors, and what is kept of them."""

    by_name: Mapping[str, Directory]
    book: GroupBook
    shelf: RoomShelf
    groups: Mapping[str, tuple[Mailbox, ...]]
    ways: Ways
    backwards: Backwards
    clock: Clock
    expands: bool
    offers: bool
    circles: Circles

    def of_caller(self, veil: Connector, policy: Policy, federation: Federation) -> tuple[Connector, RoomDesk | None]:
        """The caller's groups above its ``veil``, or that itself where there is nothing to expand; and its rooms."""
        return self._groups(veil, policy, federation) if self.expands else veil, self._rooms(policy, federation)

    def _groups(self, veil: Connector, policy: Policy, federation: Federation) -> Connector:
        roll = Roll(
            ways=self.ways,
            book=self.book,
            backwards=self.backwards,
            written=self.groups,
            may_ask=lru_cache(maxsize=65_536)(lambda mailbox: policy.rule_for(mailbox) is not None),
            never_via=federation.never_via,
        )
        table = self.ways.table
        return Groups(veil, roll=roll, policy=policy, table=table, deadline=federation.deadline, clock=self.clock)

    def _rooms(self, policy: Policy, federation: Federation) -> RoomDesk | None:
        if not self.offers:
            return None
        return RoomDesk(
            self.shelf,
            policy=policy,
            ways=self.ways,
            backwards=self.backwards,
            never_via=federation.never_via,
            deadline=federation.deadline,
            circles=self.circles,
        )


async def directories(
    settings: ProxySettings,
    directory: Path,
    stack: AsyncExitStack,
    *,
    ways: Ways,
    clock: Clock,
    metrics: Metrics,
    without: Collection[str] = (),
    circles: Circles | None = None,
) -> Directories:
    """The directories of all connectors but those ``without``; what is opened is closed by ``stack``.

    ``circles`` knows our own name on the way of a request.

    Raises SecretError, OSError (a CA file), ListFileError.
    """
    circles = circles or Circles()
    wanted = {name: one for name, one in settings.connectors.items() if one.directory and name not in without}
    networks = {name: PeerNetwork(one, directory, stack, hop=circles.hop) for name, one in wanted.items()}
    by_name = {name: await directory_of(one, networks[name], clock) for name, one in wanted.items()}
    expanding, offering = _expanding(wanted, by_name), _offering(wanted, by_name)
    groups, lists = written_groups(settings.groups, directory), written_room_lists(settings.room_lists, directory)
    book, shelf = GroupBook(expanding, clock=clock), RoomShelf(offering, clock=clock, written=lists)
    stack.push_async_callback(book.close)
    stack.push_async_callback(shelf.close)
    for name in by_name:
        _count(name, book if name in expanding else None, shelf if name in offering else None, metrics)
    return Directories(
        by_name=by_name,
        book=book,
        shelf=shelf,
        groups=groups,
        ways=ways,
        backwards=Backwards(ways.table),
        clock=clock,
        expands=bool(expanding or groups),
        offers=bool(offering or lists),
        circles=circles,
    )


async def directory_of(settings: ConnectorSettings, network: PeerNetwork, clock: Clock) -> Directory:
    """The directory of one connector, which must have one. Raises SecretError, OSError (the CA file)."""
    return await _DIRECTORIES[type(settings)](settings, network, clock)


_DIRECTORIES: Final[dict[type[Any], Callable[[Any, PeerNetwork, Clock], Awaitable[Directory]]]] = {
    GoogleConnector: google.opened,
    GraphConnector: graph.opened,
    EwsConnector: exchange.opened,
}


def _expanding(wanted: Mapping[str, ConnectorSettings], by_name: Mapping[str, Directory]) -> dict[str, Expanding]:
    """The directories that expand groups, and which addresses each is asked about."""
    return {
        name: Expanding(directory=by_name[name], concerns=_fits(one.directory.groups), keep=one.directory.keep)
        for name, one in wanted.items()
        if one.directory is not None and one.directory.groups
    }


def _offering(
    wanted: Mapping[str, ConnectorSettings], by_name: Mapping[str, Directory]
) -> dict[str, tuple[Directory, timedelta]]:
    """The directories that offer rooms, and how long what they say is kept."""
    return {
        name: (by_name[name], one.directory.keep)
        for name, one in wanted.items()
        if one.directory is not None and one.directory.rooms
    }


def _fits(globs: tuple[str, ...]) -> Callable[[Mailbox], bool]:
    pattern = re.compile("|".join(map(translate, globs)))
    return lru_cache(maxsize=65_536)(lambda mailbox: pattern.match(mailbox.address) is not None)


def _count(name: str, book: GroupBook | None, shelf: RoomShelf | None, metrics: Metrics) -> None:
    def failures() -> float:
        return float((book.failures(name) if book else 0) + (shelf.failures(name) if shelf else 0))

    words = "Calls to directories that brought nothing"
    metrics.read("busyline_directory_failures_total", words, failures, labels={"connector": name})
    if book is not None:
        words = "1 where the directory of the connector knows no operation that expands groups"
        expands = book.expands
        metrics.read(
            "busyline_directory_without_groups", words, lambda: float(not expands(name)), labels={"connector": name}
        )

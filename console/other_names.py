"""Under which other addresses a person may have been asked about: what is said of one name is for all of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from console.configuration import Configuration
from protocols.model.mailbox import Mailbox
from proxy.moves.opening import files_of, sides_of
from proxy.moves.slices import at_once
from proxy.routes import ways_of
from proxy.settings.moves import ASK, MoveSettings
from routing.backwards import Backwards
from routing.moves import Move
from routing.table import RouteTable
from routing.ways import Leg, legs_of

_ROUNDS: Final = 5  # an alias of what a route makes of somebody who moves is found in three


class OtherNames:
    """The names of people by aliases, routes and the lists of moves. Raises ListFileError, in words, for wrong lists.

    Lists that a directory keeps are not asked for. Two people whom two systems know by one address stay two.
    """

    def __init__(self, configuration: Configuration, directory: Path, now: datetime) -> None:
        self._table = ways_of(configuration, directory).table
        self._backwards, self._now = Backwards(self._table), now
        self._moves = _lists(configuration, directory, self._table)

    def of(self, address: str) -> frozenset[str]:
        """All names of whoever has the canonical ``address``, which is one of them."""
        names = {address}
        for _ in range(_ROUNDS):
            more = {other for name in names for other in self._next(Mailbox(name, name))}
            if more <= names:
                break
            names |= more
        return frozenset(names)

    def _next(self, mailbox: Mailbox) -> Iterator[str]:
        aliases = self._table.aliases
        yield from aliases.others(mailbox)
        if (legs := self._legs(mailbox)) is None:
            yield from self._origins(mailbox)
        for leg in legs or ():
            yield from self._at(leg)
        for move in self._moves:
            for name in (mailbox, aliases.real(mailbox)):
                if (told := move.told(name, self._now)) is not None:
                    yield told.address
                    yield move.sides.there(Mailbox(told.address, told.address)).address
                    for leg in (told.current, told.old):
                        yield from self._at(leg)

    def _at(self, leg: Leg) -> Iterator[str]:
        """Whom the connector knows by the leg's address: what callers write, and that address if it is nobody's."""
        for each in self._backwards.asked(leg.via, leg.mailbox):
            if each.address != leg.mailbox.address:
                yield each.address
        if (legs := self._legs(leg.mailbox)) is None or leg in legs:
            yield leg.mailbox.address

    def _legs(self, mailbox: Mailbox) -> tuple[Leg, ...] | None:
        """Who is asked about the mailbox by the routes, and as whom; None where none fits."""
        real, route = self._table.resolve(mailbox)
        try:
            return None if route is None else legs_of(real, route)
        except ValueError:
            return ()

    def _origins(self, known: Mailbox) -> set[str]:
        """Of whom a connector's own address is; nobody's where two connectors mean two people by it."""
        found = {via: self._made_into(via, known) for via in self._table.connectors}
        telling = [names for names in found.values() if names]
        return telling[0] if len(telling) == 1 else set()

    def _made_into(self, via: str, known: Mailbox) -> set[str]:
        here = {known.address, self._table.aliases.real(known).address}
        return {each.address for each in self._backwards.asked(via, known)} - here


def kept_by_directories(configuration: Configuration) -> tuple[str, ...]:
    """The moves of which no file says who moves."""
    return tuple(move.name for move in configuration.moves if not _has_file(move))


def _lists(configuration: Configuration, directory: Path, table: RouteTable) -> list[Move]:
    found: list[Move] = []
    for settings in configuration.moves:
        if _has_file(settings):
            files = files_of(settings, sides_of(settings, table), directory)
            taken = [(move.sides.name, move.people) for move in found]
            found.append(at_once(files.load(files.texts(), None, taken)))
    return found


def _has_file(settings: MoveSettings) -> bool:
    return isinstance(settings.people, str) and settings.people != ASK

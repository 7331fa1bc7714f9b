"""The sockets at which the workers listen: the parent makes them and keeps them, so that nobody who waits is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from console.start_errors import refusal
from console.workers.plan import KEYS, Plan
from service.addresses import ListenAddress
from service.listeners import Handed, Kept, kept

_Spot: TypeAlias = tuple[str, ListenAddress, int]
"""A key of [server], a real address of it, and the number of a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one worker inherits, by key of [server]: its ``own``, and the ``spares`` of others, to stand in for them."""

    own: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)
    spares: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)

    @property
    def owned(self) -> frozenset[Kept]:
        """All at which it listens."""
        return frozenset(each for found in self.own.values() for each in found)

    @property
    def lent(self) -> tuple[Kept, ...]:
        """All at which it may."""
        return tuple(each for found in self.spares.values() for each in found)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The numbers that they have in both processes."""
        return tuple(each.descriptor for each in (*self.owned, *self.lent))

    def message(self) -> dict[str, Any]:
        """For the worker, who understands it by :func:`handed`."""
        return {
            key: {"own": [each.descriptor for each in self.own[key]], "spares": [each.descriptor for each in found]}
            for key, found in self.spares.items()
        }


def handed(message: Mapping[str, Any]) -> dict[str, Handed]:
    """A worker's copies of what :meth:`Given.message` tells, by key of [server]. Raises OSError."""
    return {key: Handed.inherited(found["own"], found["spares"]) for key, found in message.items()}


class Sockets:
    """For each address and each worker's place one or, where a name is several addresses, more; until :meth:`close`.

    Where there are fewer workers than before, the sockets of the places that are gone stay: whoever is dealt to one is
    taken in by those who serve.
    """

    def __init__(self) -> None:
        self._kept: dict[_Spot, tuple[Kept, ...]] = {}

    async def opened(self, plan: Plan) -> Plan:
        """``plan`` at the real addresses, at which each of its workers has its place from now on.

        Raises OSError in words, by key and with a remedy, and nothing has changed.
        """
        fresh: dict[_Spot, tuple[Kept, ...]] = {}
        found: dict[str, list[ListenAddress]] = {key: [] for key in KEYS}
        for key, written in _addresses(plan):
            address = written
            for number in range(1, plan.workers + 1):
                there = self._kept.get((key, address, number)) or fresh.get((key, address, number))
                if there is None:
                    there = await _made(key, address, fresh)
                    address = ListenAddress(address.host, there[0].port)
                    fresh[key, address, number] = there
            found[key].append(address)
        self._kept |= fresh
        return plan.at({key: tuple(addresses) for key, addresses in found.items()})

    def given(self, plan: Plan, number: int) -> Given:
        """What the worker of this number is to inherit: all at the addresses of ``plan``."""
        wanted = set(_addresses(plan))
        everything = {key: [spot for spot in self._kept if spot[0] == key and spot[:2] in wanted] for key in KEYS}
        return Given(
            own={key: self._at(spot for spot in spots if spot[2] == number) for key, spots in everything.items()},
            spares={key: self._at(spot for spot in spots if spot[2] != number) for key, spots in everything.items()},
        )

    def keep_only(self, plan: Plan) -> None:
        """Close what is at no address of ``plan``: workers that serve there have theirs until they end."""
        wanted = set(_addresses(plan))
        gone = {spot: self._kept.pop(spot) for spot in list(self._kept) if spot[:2] not in wanted}
        _close(gone)

    def refuse(self) -> None:
        """Nobody is to wait any more: no worker serves, and none begins to."""
        for there in self._kept.values():
            for each in there:
                each.refuse()

    def close(self) -> None:
        """Keep none any longer."""
        _close(self._kept)
        self._kept.clear()

    def _at(self, spots: Iterator[_Spot]) -> tuple[Kept, ...]:
        return tuple(each for spot in spots for each in self._kept[spot])


async def _made(key: str, address: ListenAddress, fresh: Mapping[_Spot, tuple[Kept, ...]]) -> tuple[Kept, ...]:
    try:
        return await kept(address)
    except OSError as error:
        _close(fresh)
        raise OSError(refusal(f"server.{key}", address, error)) from None


def _addresses(plan: Plan) -> Iterator[tuple[str, ListenAddress]]:
    server = plan.configuration.server
    return ((key, address) for key in KEYS for address in getattr(server, key))


def _close(kept: Mapping[_Spot, tuple[Kept, ...]]) -> None:
    for there in kept.values():
        for each in there:
            each.close()

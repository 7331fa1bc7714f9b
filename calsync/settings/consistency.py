"""What the sections of the hubs say of each other: spokes that differ, and options that fit what they join."""

from collections.abc import Iterator, Sequence
from typing import Final

from calsync.settings.giving import LONGEST, OF_EVENTS
from calsync.settings.hubs import HubSettings
from calsync.settings.spokes import SpokeSettings
from service.connections import is_name
from service.mistakes import Problem, raise_all

_NOTHING_WRITTEN: Final = "neither read nor written: write read = true, or create = true below [….get]"
_OF_EVENTS_GET: Final = frozenset({"people", "reminders"})


def check_hubs(hubs: Sequence[HubSettings]) -> None:
    """Raises ValidationError with every mistake at its place."""
    problems: list[Problem] = []
    names: set[str] = set()
    for number, hub in enumerate(hubs):
        place = ("hubs", number)
        if hub.name in names:
            problems.append(((*place, "name"), f"{hub.name} is there twice: each has a name of its own"))
        names.add(hub.name)
        problems += [((*place, *rest), text) for rest, text in (*_hub(hub), *_elsewhere(hub, hubs[:number]))]
    raise_all(problems)


def connection_of(hub: str, spoke: str) -> str:
    """The name by which somebody signs in for a spoke, with ``busyline connect``."""
    return f"{hub}-{spoke}"


def _hub(hub: HubSettings) -> Iterator[Problem]:
    if len(hub.spokes) < 2:
        yield ("spokes",), "a hub joins at least two: write [hubs.spokes.NAME] for each"
    places: dict[tuple[str, ...], str] = {}
    for name, spoke in hub.spokes.items():
        first = places.setdefault(spoke.place, name)
        if first != name:
            yield ("spokes", name), f"{first} is the same {hub.kind}: name each once"
        yield from ((("spokes", name, *rest), text) for rest, text in _spoke(hub, name, spoke))


def _spoke(hub: HubSettings, name: str, spoke: SpokeSettings) -> Iterator[Problem]:
    if hub.kind not in spoke.keys:
        yield ("protocol",), f"{spoke.protocol} has no {hub.kind}: name another, or write another kind of hub"
    if spoke.person and not is_name(connection_of(hub.name, name)):
        words = "give the hub and this spoke names of small letters, digits and hyphens"
        yield (), f"somebody signs in for it, by busyline connect {connection_of(hub.name, name)}: {words}"
    yield from _of_other_kinds(hub.kind, spoke)
    yield from _allowed(spoke)


def _of_other_kinds(kind: str, spoke: SpokeSettings) -> Iterator[Problem]:
    others = {key: other for other, keys in spoke.keys.items() if other != kind for key in keys}
    for key in sorted(others.keys() & spoke.model_fields_set):
        yield (key,), f"is for hubs of kind = {others[key]} alone: remove it"
    if kind != "contacts":
        return
    for section, keys in (("give", OF_EVENTS), ("get", _OF_EVENTS_GET)):
        for key in sorted(keys & getattr(spoke, section).model_fields_set):
            yield (section, key), "says nothing about contacts: remove it"


def _allowed(spoke: SpokeSettings) -> Iterator[Problem]:
    give, get = spoke.give, spoke.get
    if not spoke.read and not get.create:
        yield ("read",), _NOTHING_WRITTEN
    if not spoke.read and give.model_fields_set:
        yield ("give",), "nothing is taken from here (read = false): remove it"
    if not spoke.writable and get.writes:
        yield ("get",), f"{spoke.protocol} cannot be written to: remove it"
    if get.detail == "busy" and get.people:
        yield ("get", "people"), 'detail = "busy" tells nobody who takes part: remove one of the two'
    for key in ("back", "ahead"):
        if getattr(give, key) > LONGEST:
            yield ("give", key), f"is longer than anybody plans: write at most {LONGEST.days}d"


def _elsewhere(hub: HubSettings, others: Sequence[HubSettings]) -> Iterator[Problem]:
    """Two hubs that write the same calendar would each find the copies of the other."""
    written = {spoke.place: other.name for other in others for spoke in other.spokes.values() if spoke.get.writes}
    for name, spoke in hub.spokes.items():
        if spoke.get.writes and (other := written.get(spoke.place)):
            yield ("spokes", name, "get"), f"the hub {other} writes there already: let one of the two read alone"

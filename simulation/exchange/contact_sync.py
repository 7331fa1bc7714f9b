"""What changed in a folder of contacts of the simulated Exchange since a state, and which of its items are wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from simulation.exchange.contact_items import Item, item_id, local, path_of
from simulation.exchange.soap import NS, SoapFault


@dataclass(frozen=True, slots=True)
class _State:
    """The versions of what was told so far, by key, in the folder ``of``."""

    of: str
    told: Mapping[str, int]


class ContactSync:
    """Tells changes (SyncFolderItems) by comparing with what was told with a state. ``most`` is the most that one
    answer has, whatever is asked."""

    def __init__(self) -> None:
        self.most = 512
        self._states: dict[str, _State] = {}
        self._numbers = count(1)

    def forget(self) -> None:
        """No state given so far is good any more."""
        self._states.clear()

    def told(self, folder: str, items: Mapping[str, Item], state: str, most: int) -> str | None:
        """What belongs into the answer; None for a state that is not known."""
        last = self._states.get(state) if state else _State(folder, {})
        if last is None or last.of != folder:
            return None
        changes = [key for key, item in items.items() if last.told.get(key) != item.version]
        changes += [key for key in last.told if key not in items]
        part, now = changes[: min(most, self.most)], dict(last.told)
        for key in part:
            now.pop(key, None)
            if key in items:
                now[key] = items[key].version
        token = f"H4sIAA{next(self._numbers)}=="
        self._states[token] = _State(folder, now)
        return (
            f"<m:SyncState>{token}</m:SyncState>"
            f"<m:IncludesLastItemInRange>{str(len(part) == len(changes)).lower()}</m:IncludesLastItemInRange>"
            f"<m:Changes>{''.join(_change(key, items.get(key), last.told) for key in part)}</m:Changes>"
        )


def holds(operation: etree._Element, item: Item) -> bool:
    """Whether the Restriction of a FindItem lets ``item`` through. Raises SoapFault for one that is not known here."""
    restriction = operation.find("m:Restriction", NS)
    return restriction is None or all(_is_met(each, item) for each in restriction)


def _is_met(condition: etree._Element, item: Item) -> bool:
    name = local(condition)
    if name == "Or":
        return any(_is_met(each, item) for each in condition)
    if name not in _CONDITIONS:
        raise SoapFault("ErrorSchemaValidation")
    value = item.told.get(path_of(condition[0]), "")
    return _CONDITIONS[name](value, next(each.get("Value", "") for each in condition.iter("{*}Constant")))


_CONDITIONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "IsEqualTo": lambda value, wanted: value == wanted,
    "Contains": lambda value, wanted: value.startswith(wanted),
    "IsGreaterThanOrEqualTo": lambda value, wanted: datetime.fromisoformat(value) >= datetime.fromisoformat(wanted),
}


def _change(key: str, item: Item | None, told: Mapping[str, int]) -> str:
    if item is None:
        return f'<t:Delete><t:ItemId Id={quoteattr(key)} ChangeKey="1"/></t:Delete>'
    word = "Update" if key in told else "Create"
    return f"<t:{word}><t:{item.element}>{item_id(item)}</t:{item.element}></t:{word}>"

"""Finds an item that a spoke does not give by its title, which is kept nowhere: what stands there is looked at anew."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from calsync.agreed import Aside
from calsync.contents import fields, title
from calsync.engine.troubles import in_peace
from calsync.items import Item
from calsync.plans.naming import PRIVATE, UNTOLD
from calsync.spoke import Failed
from console.hubs.work import HubWork

_AT_ONCE: Final = 100
_ALL: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """``found`` are those whose title is the one that was asked for, as the ledger names them; ``troubles`` says, by
    spoke, why one could not be asked."""

    found: Sequence[Aside] = ()
    troubles: dict[str, str] = field(default_factory=dict)


async def withheld(work: HubWork, text: str) -> Withheld:
    """What is not taken, is not named in the ledger, and has exactly the title ``text``, whatever its letter case.

    The whole title: whoever may ask for a part of it could spell out a private one letter by letter. Only items that
    the ledger knows to be there are looked at, and nothing of them is kept or told but that it is they. Raises
    StateError.
    """
    asides = [each async for each in _unnamed(work)]
    found, troubles = list[Aside](), dict[str, str]()
    for name, spoke in work.hub.spokes.items():
        here = {each.key: each for each in asides if each.spoke == name}
        keys = list(here)
        for start in range(0, len(keys), _AT_ONCE):
            told = await in_peace(spoke.look(keys[start : start + _AT_ONCE]), within=work.hub.patience)
            if isinstance(told, Failed):
                troubles[name] = told.words
                break
            found += [here[key] for key, one in told.items() if isinstance(one, Item) and _is_called(one, text)]
    return Withheld(found=found, troubles=troubles)


async def _unnamed(work: HubWork) -> AsyncIterator[Aside]:
    for sort in (PRIVATE, UNTOLD):
        for aside in (await work.ledger.search(work.hub.name, sort, _ALL))[1]:
            if aside.title.startswith(sort):
                yield aside


def _is_called(item: Item, text: str) -> bool:
    return title(fields(item.content)).casefold() == text.strip().casefold()

"""Delta query of one folder of contacts in the simulated Microsoft 365: what has changed since a token was given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from simulation.graph.contact_objects import Folder, shown
from simulation.graph.schedule import GraphRefusal

_REFUSED: Final = ("$expand", "$top", "$orderby", "$search", "$filter")
_SIZE: Final = re.compile(r"odata\.maxpagesize=(\d+)")
_LOST: Final = "lost"


@dataclass(frozen=True, slots=True)
class _Chain:
    """What is told from ``at`` on; ``after`` are the versions by id that it leads to."""

    select: str
    queue: tuple[str, ...]
    after: Mapping[str, int]
    at: int = 0


class ContactDelta:
    """Tells changes by comparing with what a token was given for. ``page`` is the most contacts of any page,
    ``replays`` so many unchanged contacts are told again in each round."""

    def __init__(self) -> None:
        self.page = 500
        self.replays = 0
        self._chains: dict[str, _Chain] = {}
        self._numbers = count(1)

    def forget(self) -> None:
        """No token given so far is good any more."""
        self._chains.clear()

    def answer(
        self, folder: Folder, query: Mapping[str, str], url: str, headers: Mapping[str, str], *, lost: bool
    ) -> dict[str, Any]:
        """One page. Raises GraphRefusal."""
        if refused := [name for name in _REFUSED if name in query]:
            raise GraphRefusal(400, "ErrorInvalidUrlQuery", f"{refused[0]} is not supported with delta.")
        chain = self._chain(folder, query)
        asked = _SIZE.search(headers.get("prefer", ""))
        size = min(int(asked[1]) if asked else 10, self.page)
        part = chain.queue[chain.at : chain.at + size]
        page: dict[str, Any] = {"value": [_told(folder, one, chain.select) for one in part]}
        if chain.at + size < len(chain.queue):
            following = _Chain(chain.select, chain.queue, chain.after, chain.at + size)
            token = _LOST if lost else self._keep(folder, following)
            return page | {"@odata.nextLink": f"{url}?$skiptoken={token}"}
        return page | {
            "@odata.deltaLink": f"{url}?$deltatoken={self._keep(folder, _Chain(chain.select, (), chain.after))}"
        }

    def _chain(self, folder: Folder, query: Mapping[str, str]) -> _Chain:
        if token := query.get("$skiptoken"):
            return self._known(folder, token)
        now = {one: item.version for one, item in folder.contacts.items()}
        if token := query.get("$deltatoken"):
            last = self._known(folder, token)
            changed = [one for one, version in now.items() if last.after.get(one) != version]
            gone = [one for one in last.after if one not in now]
            again = [one for one in now if one not in changed][: self.replays]
            return _Chain(last.select, (*again, *changed, *gone), now)
        return _Chain(query.get("$select", ""), tuple(now), now)

    def _known(self, folder: Folder, token: str) -> _Chain:
        if token == _LOST:
            raise GraphRefusal(500, "ErrorInternalServerError", "The page cannot be had.")
        chain = self._chains.get(f"{folder.properties['id']} {token}")
        if chain is None:
            raise GraphRefusal(410, "SyncStateNotFound", "The sync state generation is not found.")
        return chain

    def _keep(self, folder: Folder, chain: _Chain) -> str:
        token = f"t{next(self._numbers)}"
        self._chains[f"{folder.properties['id']} {token}"] = chain
        return token


def _told(folder: Folder, one: str, select: str) -> dict[str, Any]:
    item = folder.contacts.get(one)
    if item is None:
        return {"id": one, "@removed": {"reason": "deleted"}}
    return shown(item, {"$select": select} if select else {})

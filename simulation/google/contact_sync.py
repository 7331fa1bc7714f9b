"""Sync tokens of the simulated People API: pages of all contacts of somebody, or of those that changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

_FIXED: Final = ("pageSize", "personFields", "sources", "requestSyncToken")  # the same in a whole chain


class ExpiredTokenError(Exception):
    """The token is not known any more, or was given for another question."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is told, and the tokens, "" for none."""

    people: list[dict[str, Any]]
    page_token: str = ""
    sync_token: str = ""


@dataclass(frozen=True, slots=True)
class _Chain:
    """``queue`` are the keys to be told, ``now`` the versions of all contacts when the chain began."""

    asked: tuple[str, ...]
    queue: tuple[str, ...]
    now: Mapping[str, str]


class ContactSync:
    """Tells changes by comparing with what stood there when a token was given."""

    def __init__(self) -> None:
        self._chains: dict[str, _Chain] = {}
        self._syncs: dict[str, _Chain] = {}
        self._numbers = count(1)

    def forget(self) -> None:
        """Every sync token given so far has expired."""
        self._syncs.clear()

    def page(self, people: Mapping[str, dict[str, Any]], query: Mapping[str, str], size: int) -> Page:
        """One page of what ``query`` asks for. Raises ExpiredTokenError."""
        asked = tuple(query.get(name, "") for name in _FIXED)
        name, _, start = query.get("pageToken", "").partition(".")
        chain = self._chains.get(name) if name else self._begun(people, query, asked)
        if chain is None or chain.asked != asked:
            raise ExpiredTokenError
        name, at = name or f"p{next(self._numbers)}", int(start or 0)
        told = [people.get(key) or _deleted(key) for key in chain.queue[at : at + size]]
        if at + size < len(chain.queue):
            self._chains[name] = chain
            return Page(told, f"{name}.{at + size}")
        if query.get("requestSyncToken") != "true":
            return Page(told)
        token = f"s{next(self._numbers)}"
        self._syncs[token] = chain
        return Page(told, sync_token=token)

    def _begun(
        self, people: Mapping[str, dict[str, Any]], query: Mapping[str, str], asked: tuple[str, ...]
    ) -> _Chain | None:
        now = {key: str(person["etag"]) for key, person in people.items()}
        token = query.get("syncToken", "")
        if not token:
            return _Chain(asked, tuple(now), now)
        last = self._syncs.get(token)
        if last is None or last.asked != asked:
            return None
        changed = [key for key, etag in now.items() if last.now.get(key) != etag]
        return _Chain(asked, (*changed, *(key for key in last.now if key not in now)), now)


def _deleted(key: str) -> dict[str, Any]:
    return {"resourceName": key, "etag": "%gone", "metadata": {"deleted": True}}

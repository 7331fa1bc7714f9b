"""Adds the free/busy routes of a pair to the configuration file, and takes them out again; comments survive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from console.configuration import ConfigurationError, parsed
from galsync.files.disk import UnreadableError, read, replace, replaceable
from galsync.pairs.pieces import Back, Part, Stands
from galsync.side import Failed, Handed, Written
from galsync.steps import Change
from protocols.model.freebusy import Reason

KEY: Final = "routes"
_PREVIOUS: Final = ".previous"
_CHANGED: Final = "the file was changed since: our routes alone are taken out of it"


@dataclass(frozen=True, slots=True)
class Route:
    """One route: who asks about ``match`` is answered by ``via``."""

    match: str
    via: str

    @property
    def text(self) -> str:
        """As it stands in the file."""
        return f'[[routes]]\nmatch = "{self.match}"\nvia = "{self.via}"\n'


class RoutesFile:
    """The file at ``path`` as a ``Piece``; its state is its text. The version before stands beside it, ``.previous``.

    A route for a domain that is there already stays, wherever it leads. What would not be a configuration is not
    written.
    """

    part = Part.ROUTES
    key = KEY

    def __init__(self, path: Path, routes: Sequence[Route]) -> None:
        self.title = f"{path}: free/busy routes"
        self._path, self._routes = path, tuple(routes)

    async def read(self) -> Stands:
        """The whole file."""
        try:
            return (read(self._path) or b"").decode("utf-8")
        except (UnreadableError, UnicodeDecodeError) as error:
            return Failed(Reason.GARBLED, str(error))

    def shall(self, was: str) -> str:
        """With the routes that lack behind all others."""
        missing = self._missing(was)
        if not missing or _inline(was):
            return was
        end = "\r\n" if "\r\n" in was else "\n"
        body = was if was.endswith("\n") or not was else f"{was}{end}"
        added = "\n".join(route.text for route in missing).replace("\n", end)
        return f"{body}{end}{added}"

    def same(self, one: str, other: str) -> bool:
        """Byte for byte."""
        return one == other

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """Which routes come or go."""
        before, after = _routes(was), _routes(shall)
        names = sorted({*before, *after})
        found = ((name, before.get(name, ""), after.get(name, "")) for name in names)
        return tuple(Change(f"route of {name}", old, new) for name, old, new in found if old != new)

    def notes(self, was: str) -> tuple[str, ...]:
        """Routes that lead elsewhere, and a file that cannot be written: then the lines to commit."""
        known = _routes(was)
        told = [
            f"the route of {each.match} leads to {known[each.match]} already, and stays so"
            for each in self._routes
            if each.match in known and known[each.match] != each.via
        ]
        missing = self._missing(was)
        if missing and _inline(was):
            lines = ", ".join(f'{{ match = "{route.match}", via = "{route.via}" }}' for route in missing)
            told.append(f"{self._path} has its routes in one array: add to it, by hand, {lines}")
        elif missing and not replaceable(self._path):
            lines = "\n".join(route.text for route in missing)
            told.append(f"{self._path} cannot be written here: add these lines where it is kept\n\n{lines}")
        return tuple(told)

    async def write(self, now: str, shall: str) -> Written | Handed | Failed:
        """Whole or not at all, and only what is a configuration; handed over where the file cannot be written."""
        try:
            parsed(self._path, shall)
        except ConfigurationError as error:
            return Failed(Reason.GARBLED, f"the file would be wrong, and stays as it is: {error}")
        if not replaceable(self._path):
            return Handed()
        try:
            replace(self._path.with_name(f"{self._path.name}{_PREVIOUS}"), now.encode())
            replace(self._path, shall.encode())
        except UnreadableError as error:
            return Failed(error.reason, error.words)
        return Written()

    async def back(self, now: str, *, was: str, did: str) -> Back | Failed:
        """The very file of before, where nobody changed it since; else without the routes that were added."""
        before = _routes(was)
        ours = [Route(name, via) for name, via in _routes(did).items() if name not in before]
        try:
            shall, left = (was, []) if now == did else _without(now, ours)
        except TOMLKitError as error:
            return Failed(Reason.GARBLED, f"{self._path} is not TOML: {error}")
        if shall != now and not replaceable(self._path):
            names = ", ".join(route.match for route in ours)
            return Back(shall, f"{self._path} cannot be written here: take the routes of {names} out where it is kept")
        if now not in (shall, did):
            left.append(_CHANGED)
        return Back(shall, "; ".join(left))

    def _missing(self, was: str) -> list[Route]:
        known = _routes(was)
        return [route for route in self._routes if route.match not in known]


def _routes(text: str) -> dict[str, str]:
    """What each route of the file matches, and by which connectors."""
    try:
        told = tomlkit.parse(text).unwrap().get("routes", [])
    except TOMLKitError:
        return {}
    return {str(each.get("match", "")).lower(): _via(each.get("via")) for each in told if isinstance(each, dict)}


def _via(told: Any) -> str:
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)


def _inline(text: str) -> bool:
    """Whether the routes stand in one array, behind which nothing can be added."""
    try:
        return isinstance(tomlkit.parse(text).get("routes"), Array)
    except TOMLKitError:
        return False


def _without(text: str, ours: Iterable[Route]) -> tuple[str, list[str]]:
    """``text`` without these routes as far as they stand in it as they were added, and in words what is left.

    All else means what it meant, or the route is left. Raises TOMLKitError.
    """
    left = []
    for route in ours:
        found = [each for each in _tables(text) if str(each.get("match", "")).lower() == route.match]
        if not found:
            continue
        if found != [{"match": route.match, "via": route.via}]:
            left.append(f"the route of {route.match} is left: somebody wrote into it since")
            continue
        meant = _meaning(text)
        meant["routes"].remove(found[0])
        if not meant["routes"]:
            del meant["routes"]
        shorter = next((each for each in _cuts(text, route) if _meaning(each) == meant), None)
        if shorter is None:
            left.append(f"the route of {route.match} is left: take it out by hand")
        else:
            text = shorter
    return text, left


def _cuts(text: str, route: Route) -> Iterator[str]:
    """Ways to take the route out: the very lines that were added, else by TOML, which may move others together."""
    for end in ("\n", "\r\n"):
        block = f"\n{route.text}".replace("\n", end)
        if block in text:
            yield text.replace(block, "", 1)
    document = tomlkit.parse(text)
    routes = document.get("routes")
    if routes:
        place = next(n for n, each in enumerate(routes.unwrap()) if str(each.get("match", "")).lower() == route.match)
        del routes[place]
        if not routes:
            del document["routes"]
        yield tomlkit.dumps(document)


def _tables(text: str) -> list[dict[str, Any]]:
    routes = _meaning(text).get("routes", [])
    return [each for each in routes if isinstance(each, dict)] if isinstance(routes, list) else []


def _meaning(text: str) -> dict[str, Any]:
    return tomlkit.parse(text).unwrap()

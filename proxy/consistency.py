"""What no single key shows: names that must exist, and those that must not come twice, each error at its own key."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol, TypeAlias

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Problem: TypeAlias = tuple[tuple[str | int, ...], str]


class RouteLike(Protocol):
    """What is looked at of a route."""

    @property
    def match(self) -> str: ...
    @property
    def via(self) -> str: ...


class UsernamesLike(Protocol):
    """What is looked at of a caller's proof."""

    @property
    def usernames(self) -> tuple[str, ...]: ...


class CallerLike(Protocol):
    """What is looked at of a caller."""

    @property
    def name(self) -> str: ...
    @property
    def never_via(self) -> tuple[str, ...]: ...
    @property
    def basic(self) -> UsernamesLike: ...


def check_scheme(public_url: str, certificate: str) -> None:
    """Raises ValidationError where the address promises plain HTTP although there is a certificate."""
    if public_url.startswith("http:") and certificate != "none":
        _raise([(("public_url",), f'there is a certificate, so write "https://{public_url.partition("://")[2]}"')])


def check_names(connectors: Collection[str], routes: Sequence[RouteLike], callers: Sequence[CallerLike]) -> None:
    """Raises ValidationError, with one entry per problem at its own key."""
    _raise([*_routes(connectors, routes), *_callers(connectors, callers)])


def _routes(connectors: Collection[str], routes: Sequence[RouteLike]) -> Iterator[Problem]:
    seen: dict[str, RouteLike] = {}
    for number, route in enumerate(routes):
        if route.via not in connectors:
            yield ("routes", number, "via"), _no_connector(route.via, connectors)
        first = seen.setdefault(route.match, route)
        if first is not route:
            text = f'"{route.match}" has a route already, via "{first.via}": remove one of the two'
            yield ("routes", number, "match"), text


def _callers(connectors: Collection[str], callers: Sequence[CallerLike]) -> Iterator[Problem]:
    names: set[str] = set()
    owners: dict[str, str] = {}
    for number, caller in enumerate(callers):
        if caller.name in names:
            yield ("callers", number, "name"), f'there are two callers "{caller.name}": give each its own name'
        names.add(caller.name)
        for place, connector in enumerate(caller.never_via):
            if connector not in connectors:
                yield ("callers", number, "never_via", place), _no_connector(connector, connectors)
        for place, username in enumerate(caller.basic.usernames):
            owner = owners.setdefault(username.lower(), caller.name)
            if owner != caller.name:
                text = f'"{username}" is a user name of the caller "{owner}" already: give each caller its own'
                yield ("callers", number, "basic", "usernames", place), text


def _no_connector(name: str, known: Collection[str]) -> str:
    names = ", ".join(f'"{one}"' for one in sorted(known))
    remedy = f"write one of {names}" if names else f"add a section [connectors.{name}]"
    return f'there is no connector "{name}": {remedy}'


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise ValidationError.from_exception_data("configuration", [_entry(*problem) for problem in problems])


def _entry(place: tuple[str | int, ...], text: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("value_error", "{text}", {"text": text}), loc=place, input=None)

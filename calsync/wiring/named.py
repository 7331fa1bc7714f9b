"""Finds what an administrator calls by its name among what a system has."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from protocols.errors import PeerError
from protocols.model.freebusy import Reason


class Named(Protocol):
    """A calendar or a folder."""

    @property
    def name(self) -> str:
        """As people see it."""
        ...


N = TypeVar("N", bound=Named)


def named(found: Sequence[N], name: str, *, what: str, where: str) -> N:
    """The one that is called so, whatever its letter case. Raises PeerError(NO_CALENDAR) where there is none, or more
    than one: nobody knows then which is meant."""
    those = [each for each in found if each.name == name] or [
        each for each in found if each.name.casefold() == name.casefold()
    ]
    if len(those) == 1:
        return those[0]
    many = (
        f"{len(those)} of them are called so: rename all but one"
        if those
        else f"there is none: make a {what}, or write another name"
    )
    raise PeerError(Reason.NO_CALENDAR, f"no {what} {name!r} was found in {where}: {many}")

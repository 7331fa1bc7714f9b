"""Which folder of a mailbox holds a list of contacts: one of our own, or one that was shared for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Named(Protocol):
    """A folder below a mailbox's contacts."""

    @property
    def name(self) -> str: ...


F = TypeVar("F", bound=Named)


@dataclass(frozen=True, slots=True)
class ListFolder:
    """Called ``name`` where it is made; the list is the category of each contact, too.

    Ours are known by a mark, whatever somebody calls them, and a folder of the same name without it is somebody else's:
    unless the list is ``shared``, whose folder another company made for it.
    """

    name: str
    shared: bool = False

    def found(self, ours: F | None, folders: Iterable[F]) -> F | None:
        """``ours``, which bears the mark; where there is none, what else serves among ``folders``."""
        if ours is not None or not self.shared:
            return ours
        return called(folders, self.name)


def called(folders: Iterable[F], name: str) -> F | None:
    """The one of ``folders`` with that name; Exchange knows no capitals in names."""
    return next((folder for folder in folders if folder.name.lower() == name.lower()), None)

"""Who moves and when, packed: half a million people cost no time of the garbage collector and one look-up each."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class People:
    """The people of one list. Built once, never changed while it is in use.

    ``kinds``: by address as the side that is left knows it, the number of a pair of instant and batch. ``origins``: by
    the address on the other side where that differs, the first. Of each kind ``instants`` says when it moves, -1 for
    when its batch does; ``batches`` which of ``names`` its batch is, -1 for none; ``counts`` how many people it has.
    ``homes``: by the address on the other side, where one may have been any of several on the side that is left.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    instants: "array[int]" = field(default_factory=lambda: array("q"))
    batches: "array[int]" = field(default_factory=lambda: array("q"))
    counts: "array[int]" = field(default_factory=lambda: array("q"))
    names: list[str] = field(default_factory=list)
    homes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.kinds)

    def __contains__(self, address: object) -> bool:
        """Whether somebody is known by the address, on whichever side."""
        return address in self.kinds or address in self.origins

    def origin(self, address: str) -> str | None:
        """Under which address of the list whoever has ``address`` stands; None for nobody."""
        if address in self.kinds:
            return address
        return self.origins.get(address)

    def emptied(self, *, slice_of: int = 2_000) -> Iterator[None]:
        """Give the memory back bit by bit: freeing 100,000 texts at once would hold up whoever asks meanwhile."""
        for entries in (self.kinds, self.origins):
            while entries:
                for _ in range(min(slice_of, len(entries))):
                    entries.popitem()
                yield

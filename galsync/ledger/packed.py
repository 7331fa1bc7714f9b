"""Digests by field in little room: a hundred thousand agreements are in memory at once."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Self, TypeVar, overload

from protocols.model.person import Field

T = TypeVar("T")

_USUAL: Final = 8  # bytes of a digest; what stands for nothing has none
_FIELDS: Final = {each.value: each for each in Field}
_NAMES: Final = {each: each.value for each in Field}


class Digests(Mapping[Field, bytes]):
    """What a dict of digests would hold, in a tenth of its room; equal to it.

    ``names`` are the fields in order, with spaces between, and with ``:`` and the length behind those whose digest is
    not of eight bytes; ``digests`` are the digests, one after the other. ValueError where the two do not fit.
    """

    __slots__ = ("_places", "digests", "names")

    def __init__(self, names: str, digests: bytes) -> None:
        self.names, self._places, length = _shape(names)
        if len(digests) != length:
            raise ValueError(f"{len(digests)} bytes of digests where {length} are told")
        self.digests = digests

    @classmethod
    def of(cls, digests: Mapping[Field, bytes]) -> Self:
        """What ``digests`` holds."""
        if isinstance(digests, cls):
            return digests
        return cls(" ".join(map(_named, digests, map(len, digests.values()))), b"".join(digests.values()))

    def __getitem__(self, field: Field) -> bytes:
        return self.digests[self._places[field]]

    @overload
    def get(self, key: Field, /) -> bytes | None: ...
    @overload
    def get(self, key: Field, /, default: bytes | T) -> bytes | T: ...
    def get(self, key: Field, /, default: bytes | T | None = None) -> bytes | T | None:
        """Of a Mapping; without an exception for each field that is not there, which a plan asks for by the million."""
        place = self._places.get(key)
        return default if place is None else self.digests[place]

    def __iter__(self) -> Iterator[Field]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return f"Digests({self.names!r})"


def _named(field: Field, length: int) -> str:
    return _NAMES[field] if length == _USUAL else f"{_NAMES[field]}:{length}"


@lru_cache(maxsize=4096)  # whoever has the same fields shares what says where they are
def _shape(names: str) -> tuple[str, dict[Field, slice], int]:
    places, at = {}, 0
    for each in names.split():
        name, _, length = each.partition(":")
        if name not in _FIELDS:
            raise ValueError(f"there is no field {name}")
        end = at + (int(length) if length else _USUAL)
        places[_FIELDS[name]] = slice(at, end)
        at = end
    return names, places, at

"""[[directory_syncs]] moves: which people of the sources move meanwhile, and on which side of the move they stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from pydantic import Field

from galsync.people.moved import Side
from service.words import Section

SIDES: Final[Mapping[str, Side]] = {side.value: side for side in Side}


class SyncMoveSettings(Section):
    """One move that the people of the sources take part in."""

    name: str = Field(min_length=1, description="the move, as [[moves]] calls it", examples=["fabrikam-to-contoso"])
    side: Literal["from", "to"] = Field(
        description='"from": the sources have the people of the side that is left, whose entries go when they move; '
        '"to": those of the side they go to, whose entries come then',
        examples=["from"],
    )
    source: str | None = Field(
        None,
        description="the one source that this is said of; needed where the sync has several, of either side perhaps",
        examples=["fabrikam"],
    )


def each_once(moves: tuple[SyncMoveSettings, ...]) -> tuple[SyncMoveSettings, ...]:
    """``moves``. Raises ValueError where one stands there twice of one source: nobody is on both of its sides."""
    for name in {move.name for move in moves}:
        sources = [move.source for move in moves if move.name == name]
        if len(set(sources)) < len(sources) or (None in sources and len(sources) > 1):
            raise ValueError(f'names "{name}" twice: the sources are on one of its sides; else write source at each')
    return moves


def each_of_a_source(moves: tuple[SyncMoveSettings, ...], sources: Sequence[str]) -> None:
    """Raises ValueError where a move is said of what is no source, or of several at once: they may stand on different
    sides, and then nobody who moves would have an entry."""
    known = ", ".join(sources)
    for move in moves:
        if move.source is None and len(sources) > 1:
            raise ValueError(f'moves: "{move.name}" needs source, once for each that people move from or to: {known}')
        if move.source is not None and move.source not in sources:
            raise ValueError(
                f'moves: "{move.name}" names {move.source}, which is no source of this sync; there are {known}'
            )


def sides_of(moves: Iterable[SyncMoveSettings], name: str) -> frozenset[Side]:
    """On which sides of the move ``name`` the sources stand; none where it is not named."""
    return frozenset(SIDES[each.side] for each in moves if each.name == name)

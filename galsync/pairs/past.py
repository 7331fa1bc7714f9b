"""What a pair did before and did not take back, for a plan: what was ours to give is ours to narrow."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from galsync.pairs.accounts import given
from galsync.pairs.pieces import Part
from galsync.pairs.record import Row, State

_GIVEN: Final = frozenset({State.DONE, State.LEFT})


@dataclass(frozen=True, slots=True)
class Past:
    """``rows`` of a record that stand, in their order."""

    rows: tuple[Row, ...] = ()

    def of(self, key: str) -> tuple[tuple[str, str], ...]:
        """What stood at this piece before each step that may have been done, and what was to stand after it."""
        return tuple((row.was, row.did) for row in self.rows if row.key == key)

    def given(self, stamp: str) -> frozenset[str]:
        """The licences that the account with this stamp was given, as far as that was seen to be done."""
        told = [given(row.was, row.did) for row in _accounts(self.rows)]
        return frozenset(sku for whose, skus in told if whose == stamp for sku in skus)

    @property
    def shared(self) -> bool:
        """Whether anything was shared."""
        return any(row.part is Part.SHARING for row in self.rows)


def _accounts(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if row.part is Part.ACCOUNTS and row.state in _GIVEN)


NOTHING_YET: Final = Past()

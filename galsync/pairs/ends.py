"""What a pair needs of each of its two tenants, whatever they are spoken to by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Piece
from galsync.side import Failed
from protocols.model.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A tenant: its ``id``, and the domains that it has verified, in lower case."""

    id: str
    domains: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One product that licences are given of: its ``sku`` (a GUID), and how many are ``free``."""

    sku: str
    free: int


class AccountPiece(Piece, Protocol):
    """The account of one person."""

    def name(self, was: str) -> str:
        """The sign-in name that they have or would have where ``was`` stands; "" where that is somebody else's."""
        ...


class End(Protocol):
    """One tenant of a pair. Nothing here raises PeerError."""

    @property
    def name(self) -> str:
        """``source`` or ``destination``, with the name of its directory, in words for the operator."""
        ...

    @property
    def domain(self) -> str:
        """The domain of its people."""
        ...

    async def organisation(self) -> Organisation | Failed:
        """Which tenant it is."""
        ...

    def policy(self, partner: Organisation, past: Past = NOTHING_YET) -> Piece:
        """What its cross-tenant access policy lets the partner see; Absent where it has none."""
        ...

    def beside_policy(self) -> tuple[Piece, ...]:
        """What has to go so that the policy counts: organization relationships that are enabled."""
        ...

    def instead_of_policy(self, past: Past = NOTHING_YET) -> tuple[Piece, ...]:
        """What shares calendars where there is no policy: an organization relationship, a sharing policy."""
        ...

    async def stock(self) -> Mapping[str, Stock] | Failed:
        """The products that it has licences of, by skuPartNumber in upper case."""
        ...

    def account(self, person: Person, skus: tuple[str, ...], past: Past = NOTHING_YET) -> AccountPiece:
        """The account of somebody who is to move here, with these licences."""
        ...

    def piece(self, key: str) -> Piece | None:
        """The piece that once bore this key, for the way back; None where it is none of this end's."""
        ...

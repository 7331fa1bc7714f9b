"""What the ledger knows of an item: what all spokes last agreed on, and how it stands at each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from calsync.items import Fields

Digests: TypeAlias = Mapping[str, bytes]
"""A digest of 8 bytes for each field (calsync.items.Fields)."""
ANEW: Final = bytes(8)
"""In ``Link.asked``: this field has to be written there again, whatever was asked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How an item stands at one spoke. ``asked`` is what we last wanted there, ``stood`` what the spoke told then: they
    differ where a server writes things its own way, and neither counts as somebody's change. ``made``: it is a copy of
    ours, with our stamp. ``guarded`` and ``uid`` as in calsync.items.Item. ``copies`` counts how often a copy was made
    here: each has a token of its own. ``left`` says why the copy is not as it should be ("may not be changed here"), ""
    where it is; ``barred`` are the fields that the spoke refused, with what was to stand there (ANEW for nothing):
    they are tried again when something else is to. Without a ``version`` nothing stands under ``key`` any more, and a
    copy is to be made in its place. ``worn`` is what the rules put on a copy when it was written last
    (calsync.plans.getting.worn), "" where that is not known: by it a change of the copy is read.
    """

    spoke: str
    key: str
    version: str
    uid: str = ""
    asked: Digests = field(default_factory=dict)
    stood: Digests = field(default_factory=dict)
    made: bool = False
    guarded: str = ""
    copies: int = 0
    left: str = ""
    barred: Digests = field(default_factory=dict)
    worn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An item of a hub. ``id`` follows from the spoke and the key that it came from (``origin``, first in time), so
    that the same item has the same id even after a ledger was lost. ``fields`` is what all agreed on, as far as its
    origin gives it. One of them is no content: ``detail``, where the origin gives less than all ("subject", "busy";
    "none" where it gives the item no more, of which the times alone are kept, and copies are still to be removed).

    ``cut`` names fields that are longer at the origin. ``ended``: it is gone at its origin, and what is left of it may
    not be removed (or could not yet). ``print`` is its fingerprint (calsync/plans/fingerprints.py), by which copies of
    copies are known, and ``shadow`` that of copies that tell its times alone. ``by`` is the spoke whose change was
    taken last, and ``changed_at`` when that was, by its server.

    It is kept before anything is written, and each link after its write. So the ledger alone tells what is still to
    be done: a link whose ``asked`` is not what the fields make of it there, or that is missing. ``pending`` says that
    there may be such a one, whatever stopped the run: the next one plans it again.
    """

    id: str
    origin: str
    fields: Fields = field(repr=False)
    links: Mapping[str, Link]
    cut: frozenset[str] = frozenset()
    ended: bool = False
    print: bytes = b""
    shadow: bytes = b""
    by: str = ""
    changed_at: datetime | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An item of a spoke that is not taken: ``why`` tells whoever asks. ``due`` is when it has to be looked at again
    (its first occurrence comes into the window), None for never."""

    spoke: str
    key: str
    version: str
    why: str
    title: str = field(default="", repr=False)
    due: datetime | None = None

"""What a pair comes to once its tenants have been looked at: which steps, in which order, and what forbids them all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from galsync.pairs.ends import End, Organisation, Stock
from galsync.pairs.pieces import Absent, Piece
from galsync.pairs.record import Row
from galsync.pairs.steps import PairStep
from galsync.side import Failed

NO_PROXY: Final = (
    "both tenants share free/busy by a policy: between them no proxy is needed, and no routes are planned; write "
    "routes = true where you want them all the same"
)
NOT_YET: Final = (
    "the policy would share free/busy at both, and does not stand yet as it shall: no routes are planned; apply "
    "sharing first, or write routes = true where you want them all the same"
)
OLD_STAY: Final = (
    "organization relationships that are enabled stay so: the policy has limits of its own (see above), and would not "
    "do in their place"
)
SHARED_BEFORE: Final = "sharing is none, and what this pair shared before still stands: undo takes it back"
FORMER: Final = "{}: what it wrote still stands, though the settings do not ask for it any more: undo takes it back"
FALLEN_BACK: Final = (
    "{}: the Microsoft 365 cross-tenant access policy is not available ({}); an organization relationship and a "
    "sharing policy take its place at both"
)

_NAMED: Final = 50


def step_of(piece: Piece, was: str, why: str) -> PairStep | None:
    """What would be done to ``piece``; None where nothing lacks."""
    shall = piece.shall(was)
    if piece.same(was, shall):
        return None
    return PairStep(
        part=piece.part,
        key=piece.key,
        title=piece.title,
        why=why,
        was=was,
        shall=shall,
        changes=piece.changes(was, shall),
        notes=piece.notes(was),
    )


def strangers(ends: Sequence[End], organisations: Sequence[Organisation | Failed], account_domain: str) -> list[str]:
    """Why these two are not the tenants that the settings mean; none where they are."""
    words: list[str] = []
    for end, told in zip(ends, organisations, strict=True):
        if isinstance(told, Failed):
            words.append(f"{end.name} cannot be read: {told.words}")
        elif end.domain not in told.domains:
            words.append(f"{end.domain} is no verified domain of {end.name}: write one of {_some(told.domains)}")
    known = [told for told in organisations if isinstance(told, Organisation)]
    if len({told.id for told in known}) < len(known):
        words.append("source and destination are one tenant: see the credentials of their directories")
    target = organisations[-1]
    if account_domain and isinstance(target, Organisation) and account_domain not in target.domains:
        words.append(f"{account_domain} is no verified domain of {ends[-1].name}: accounts cannot be made in it")
    return words


def named(notes: Sequence[str]) -> list[str]:
    """The first of ``notes``, each of which names somebody, and how many more there are."""
    return [*notes[:_NAMED], *([f"{len(notes) - _NAMED} more accounts are like these"] if len(notes) > _NAMED else [])]


def moved_tenant(row: Row, organisation: Organisation) -> str:
    """Why ``row`` cannot be taken back at ``organisation``; "" where it was done there."""
    if row.tenant in ("", organisation.id):
        return ""
    return (
        f"{row.key} was written to the tenant {row.tenant}, and the settings lead to {organisation.id} now: put the "
        "directories of this pair as they were, and undo then"
    )


def lacking(steps: Iterable[Sequence[str]], wanted: Mapping[str, Stock | None]) -> list[str]:
    """Which licences are too few, in words, with the number that lacks. ``steps`` are the skus that each account would
    get more; ``wanted`` are the products by the names in the settings."""
    need = Counter(sku for skus in steps for sku in skus)
    words: list[str] = []
    for part, stock in wanted.items():
        if stock is None:
            words.append(f"the destination has no product {part}: see its licences in the Microsoft 365 admin centre")
        elif (short := need[stock.sku] - stock.free) > 0:
            words.append(f"{short} licences of {part} lack: {need[stock.sku]} are wanted and {stock.free} are free")
    return words


def absent(policies: Iterable[tuple[End, object]]) -> str:
    """Which end has no policy at all, in words; "" where both have it."""
    lacks = ((end.name, stands.words) for end, stands in policies if isinstance(stands, Absent))
    return "; ".join(FALLEN_BACK.format(name, words) for name, words in lacks)


def _some(domains: Iterable[str]) -> str:
    found = sorted(domains)
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")

"""Which further addresses an object gets and loses: what somebody else added to it stays."""

from galsync.engine.order import answers_to
from galsync.entries import Agreement, Entry, Held


def lacking(entry: Entry, held: Held) -> tuple[str, ...]:
    """The aliases that an UPDATE adds, as ``entry`` spells them."""
    return tuple(alias for alias in entry.aliases if alias.lower() not in held.addresses)


def surplus(entry: Entry, held: Held, known: Agreement | None) -> tuple[str, ...]:
    """The aliases that an UPDATE takes away, as ``known`` spells them: ours, and nobody wants them any more."""
    if known is None or not known.aliases or known.aliases == entry.aliases:
        return ()
    keep = answers_to(entry)
    return tuple(alias for alias in known.aliases if alias.lower() in held.addresses and alias.lower() not in keep)


def addresses_after(entry: Entry, held: Held, known: Agreement | None) -> frozenset[str]:
    """All that ``held`` answers to once the UPDATE has been written: the main address that it had goes as well."""
    taken = {alias.lower() for alias in surplus(entry, held, known)}
    if held.address and held.address != entry.address:
        taken.add(held.address.address)
    return (held.addresses - taken) | answers_to(entry)

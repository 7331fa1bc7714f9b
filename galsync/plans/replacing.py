"""Makes an object anew with what others added to it, where it cannot be changed into what it shall be."""

from dataclasses import replace

from galsync.engine.order import answers_to
from galsync.entries import Entry, Held
from galsync.plans.fields import texts_after
from galsync.plans.proxies import addresses_after
from galsync.steps import Act, Step


def made_anew(step: Step) -> tuple[Step, Step]:
    """REMOVE and CREATE in place of the UPDATE ``step``: of another form, or while two swap their addresses.

    The new object holds what the old one would have held after the update, what somebody typed there included. A
    ``sip:`` address is not: an entry has none. Killed between the two, the next run creates it from the source alone.
    """
    if step.held is None or step.entry is None:
        raise ValueError(f"only an update can be made anew, not {step.act}")
    removed = replace(step, act=Act.REMOVE, entry=None, agreement=None, changes=())
    entry, held = step.entry, step.held
    added = sorted(addresses_after(entry, held, step.known) - answers_to(entry))
    texts, photo = texts_after(held, step.changes), entry.photo
    if all(change.field != "photo" for change in step.changes):
        photo = photo or held.photo
    whole = replace(entry, texts=texts, aliases=(*entry.aliases, *spelled(added)), photo=photo)
    agreement = replace(step.agreement, key="") if step.agreement else None
    return removed, Step(act=Act.CREATE, anchor=step.anchor, why=step.why, entry=whole, agreement=agreement)


def entry_of(held: Held, anchor: str) -> Entry | None:
    """What stands there as an entry; None for what we never write, or what has no address."""
    if held.form is None or held.address is None:
        return None
    return Entry(
        anchor=anchor,
        form=held.form,
        address=held.address,
        aliases=spelled(sorted(held.addresses - {held.address.address})),
        texts=held.texts,
        hidden=held.hidden,
        members=held.members,
        photo=held.photo,
    )


def spelled(addresses: list[str]) -> tuple[str, ...]:
    """Addresses of Held.addresses as Entry.aliases has them; those for calls are left out."""
    aliases = (address for address in addresses if not address.startswith("sip:"))
    return tuple(f"X500:{alias[5:]}" if alias.startswith("x500:") else alias for alias in aliases)

"""An entry as a shared contact of Google, and such a contact as what is held."""

from dataclasses import replace
from xml.sax.saxutils import escape

from lxml import etree

from galsync.entries import Entry, Form, Held, Stamp
from galsync.steps import Step
from protocols.google import contact_entry
from protocols.google.shared_contacts import SharedContact
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

_FIELDS = {field.value: field for field in Field}


def held_of(contact: SharedContact) -> Held:
    """What stands there."""
    mail = contact_entry.addresses(contact.entry)
    names = (f"x500:{name.lower()}" for name in contact_entry.x500(contact.entry))
    return Held(
        key=contact.key,
        version=contact.etag,
        stamp=Stamp.read(contact_entry.stamp(contact.entry)),
        form=Form.SHARED_CONTACT,
        address=Mailbox.parse(mail[0]) if mail else None,
        addresses=frozenset((*mail, *names)),
        texts=contact_entry.texts(contact.entry),
    )


def narrowed(entry: Entry, stamp: Stamp) -> tuple[Entry, tuple[str, ...]]:
    """What of ``entry`` goes into a contact as small as Google wants it, and the names of what does not; ``entry``
    itself where all of it does. A plan for what was left out would find it missing for ever."""
    told = (stamp.text, entry.address.address, *entry.aliases, *entry.texts.values())
    if sum(len(escape(text).encode()) + 1 for text in told) <= contact_entry.MOST_BYTES:  # 1 for a line's end
        return entry, ()
    contact = _whole(entry, stamp)
    gone = contact_entry.fit(contact)
    if not gone:
        return entry, ()
    kept, texts = held_of(SharedContact("", "", contact)), {**entry.texts}
    for name in gone:
        if name in _FIELDS:
            texts.pop(_FIELDS[name], None)
    if Field.DISPLAY_NAME.value in gone:  # it is cut, and stays
        texts[Field.DISPLAY_NAME] = kept.texts[Field.DISPLAY_NAME]
    aliases = tuple(alias for alias in entry.aliases if alias.lower() in kept.addresses)
    return replace(entry, texts=texts, aliases=aliases), gone


def fresh(entry: Entry, stamp: Stamp) -> etree._Element:
    """``entry`` as a new contact, as small as Google wants it."""
    contact = _whole(entry, stamp)
    contact_entry.fit(contact)
    return contact


def _whole(entry: Entry, stamp: Stamp) -> etree._Element:
    contact = contact_entry.blank()
    contact_entry.put_stamp(contact, stamp.text)
    for field, text in entry.texts.items():
        contact_entry.put(contact, field, text)
    mail, names = split(entry.aliases)
    contact_entry.put_addresses(contact, entry.address.address, mail)
    contact_entry.put_x500(contact, names)
    return contact


def changed(contact: SharedContact, step: Step) -> etree._Element | None:
    """The contact as it shall be after ``step``: what its changes name, and nothing else. None where it would be too
    large, by what others wrote into it: nothing of theirs is taken out."""
    entry, wanted = contact.copied(), step.entry
    for change in step.changes:
        if field := _FIELDS.get(change.field):
            contact_entry.put(entry, field, change.after)
    named = {change.field for change in step.changes}
    if wanted is not None and named & {"address", "aliases"}:
        put_addresses(entry, wanted, step, named)
    grows = contact_entry.weight(entry) > max(contact_entry.MOST_BYTES, contact_entry.weight(contact.entry))
    return None if grows else entry


def put_addresses(entry: etree._Element, wanted: Entry, step: Step, named: set[str]) -> None:
    """The address and the aliases as far as ``named``; of the aliases, those of others stay."""
    mail, names = list(contact_entry.addresses(entry)), list(contact_entry.x500(entry))
    primary = mail[0] if mail else wanted.address.address
    if "address" in named:
        mail = [one for one in mail if one != primary]
        primary = wanted.address.address
    if "aliases" in named:
        old_mail, old_names = split(step.known.aliases if step.known else ())
        new_mail, new_names = split(wanted.aliases)
        mail = joined(mail, old_mail, new_mail)
        contact_entry.put_x500(entry, joined(names, old_names, new_names))
    contact_entry.put_addresses(entry, primary, [one for one in mail if one != primary])


def split(aliases: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Mail addresses, and X500 names without ``X500:``."""
    names = [one[5:] for one in aliases if one[:5].lower() == "x500:"]
    return [one.lower() for one in aliases if "@" in one and one[:5].lower() != "x500:"], names


def joined(there: list[str], known: list[str], wanted: list[str]) -> list[str]:
    """What stands ``there`` without what was ``known`` and is not ``wanted`` any more, and then what is wanted."""
    lower = {one.lower() for one in wanted}
    kept = [one for one in there if one.lower() in lower or one.lower() not in {old.lower() for old in known}]
    present = {one.lower() for one in kept}
    return [*kept, *(one for one in wanted if one.lower() not in present)]

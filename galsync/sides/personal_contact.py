"""An entry as a contact of one Google user, and such a contact as what is held."""

import copy
from collections.abc import Sequence
from typing import Any

from galsync.entries import Entry, Form, Held, Stamp
from galsync.sides.shared_contact import joined, split
from galsync.steps import Step
from protocols.google import contact_person
from protocols.google.personal_contacts import PersonalContact
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

_FIELDS = {field.value: field for field in Field}


def held_of(contact: PersonalContact) -> Held:
    """What stands there."""
    mail = contact_person.addresses(contact.person)
    names = (f"x500:{name.lower()}" for name in contact_person.x500(contact.person))
    return Held(
        key=contact.key,
        version=contact.etag,
        stamp=Stamp.read(contact_person.stamp(contact.person)),
        form=Form.CONTACT,
        address=Mailbox.parse(mail[0]) if mail else None,
        addresses=frozenset((*mail, *names)),
        texts=contact_person.texts(contact.person),
    )


def fresh(entry: Entry, stamp: Stamp, groups: Sequence[str]) -> dict[str, Any]:
    """``entry`` as a new contact in these contact groups."""
    person = contact_person.blank(groups)
    contact_person.put_stamp(person, stamp.text)
    contact_person.put(person, entry.texts)
    mail, names = split(entry.aliases)
    contact_person.put_addresses(person, entry.address.address, mail)
    if names:
        contact_person.put_x500(person, names)
    return person


def changed(contact: PersonalContact, step: Step) -> dict[str, Any]:
    """The contact as it shall be after ``step``: what its changes name, and nothing else."""
    person: dict[str, Any] = copy.deepcopy(dict(contact.person))
    contact_person.put(person, {_FIELDS[one.field]: one.after for one in step.changes if one.field in _FIELDS})
    named = {change.field for change in step.changes}
    if step.entry is None or not named & {"address", "aliases"}:
        return person
    mail = list(contact_person.addresses(person))
    primary = mail[0] if mail else step.entry.address.address
    if "address" in named:
        mail = [one for one in mail if one != primary]
        primary = step.entry.address.address
    if "aliases" in named:
        old_mail, old_names = split(step.known.aliases if step.known else ())
        new_mail, new_names = split(step.entry.aliases)
        mail = joined(mail, old_mail, new_mail)
        contact_person.put_x500(person, joined(list(contact_person.x500(person)), old_names, new_names))
    contact_person.put_addresses(person, primary, [one for one in mail if one != primary])
    return person

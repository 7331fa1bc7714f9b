"""An entry as a group of a Google Workspace, and such a group as what is held: its stamp ends its description."""

import hashlib
from dataclasses import replace
from typing import Final

from galsync.entries import Entry, Form, Held, Stamp
from galsync.sides.google_own_people import KEY
from protocols.google.groups import Group
from protocols.google.people import EVERYBODY, Found
from protocols.model.person import Field

HOLDS: Final = frozenset({Field.DISPLAY_NAME, Field.NOTES})
"""The fields of a group that are told here: its name, and its description without the stamp."""


def group_of(found: Found) -> Group:
    """A group of a listing."""
    person = found.person
    return Group(
        key=person.anchor,
        address=person.primary,
        name=person.texts.get(Field.DISPLAY_NAME, ""),
        description=found.marks[0] if found.marks else "",
        aliases=person.aliases,
    )


def held_of(group: Group, members: tuple[str, ...] = ()) -> Held:
    """What stands there. A member that is everybody of the organisation is left as somebody added it."""
    stamp, name = stamp_of(group), group.name
    texts = {Field.DISPLAY_NAME: name, Field.NOTES: notes_of(group)}
    return Held(
        key=f"{KEY}{group.key}",
        version=version_of(group),
        stamp=stamp,
        form=Form.GROUP,
        address=group.address,
        addresses=frozenset((*([group.address.address] if group.address else []), *group.aliases)),
        texts={field: text for field, text in texts.items() if text},
        members=tuple(member for member in members if member != EVERYBODY),
        readonly="" if stamp else "belongs to the domain itself",
    )


def stamp_of(group: Group) -> Stamp | None:
    """The stamp that is the last line of the description; None where that is anything else."""
    return Stamp.read(_parted(group.description)[1])


def notes_of(group: Group) -> str:
    """The description, without a stamp."""
    notes, last = _parted(group.description)
    return notes.strip() if Stamp.read(last) else group.description.strip()


def version_of(group: Group) -> str:
    """Another one whenever address, name or description are others: Google's own etag changes with the members, too,
    and nobody says that it is the same in a listing."""
    told = (group.address.address if group.address else "", group.name, group.description)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]


def described(notes: str, stamp: Stamp) -> str:
    """A description that ends with the stamp."""
    return f"{notes.strip()}\n{stamp.text}".strip()


def narrowed(entry: Entry) -> Entry:
    """What of a group Google holds here: a name, notes and members; no further addresses."""
    texts = {field: text for field, text in entry.texts.items() if field in HOLDS}
    if texts == entry.texts and not entry.aliases:
        return entry
    return replace(entry, texts=texts, aliases=())


def _parted(description: str) -> tuple[str, str]:
    """The description but its last line, and that line."""
    rest, _, last = description.replace("\r\n", "\n").rstrip().rpartition("\n")
    return rest, last.strip()

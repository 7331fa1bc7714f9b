"""One line of an address book in a file, and what a step makes of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a file holds of somebody; ``rest`` is what we do not read, by the file's own names, and give back as it was.

    ``aliases`` are as :class:`galsync.entries.Entry` has them, and of others whatever stands there. A line without a
    stamp was written by somebody else. ``raw`` is how it stood in the file, so that what nobody changes is given back
    verbatim; None for a format that needs no such thing, and once it was changed.
    """

    stamp: Stamp | None = None
    form: Form = Form.CONTACT
    address: Mailbox | None = None
    aliases: tuple[str, ...] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    hidden: bool = False
    members: tuple[str, ...] = ()
    photo: bytes = field(default=b"", repr=False)
    rest: Mapping[str, str] = field(default_factory=dict)
    raw: tuple[tuple[str, str], ...] | None = field(default=None, compare=False, repr=False)

    @property
    def addresses(self) -> frozenset[str]:
        """All that it answers to, in lower case."""
        own = (self.address.address,) if self.address else ()
        return frozenset((*own, *(alias.lower() for alias in self.aliases)))

    @property
    def version(self) -> str:
        """Another one after each change."""
        texts = sorted((str(key), text) for key, text in self.texts.items())
        told = (self.form.value, str(self.address), self.aliases, self.hidden, self.members, sorted(self.rest.items()))
        return hashlib.blake2b(repr((told, texts, self.photo)).encode(errors="replace"), digest_size=9).hexdigest()

    def held(self, key: str) -> Held:
        """As a target tells of it."""
        return Held(
            key=key,
            version=self.version,
            stamp=self.stamp,
            form=self.form,
            address=self.address,
            addresses=self.addresses,
            texts=self.texts,
            hidden=self.hidden,
            members=self.members,
            photo=self.photo,
        )


def created(entry: Entry, sync: str) -> Record:
    """A new record for ``entry``."""
    return Record(
        stamp=Stamp(sync, entry.anchor),
        form=entry.form,
        address=entry.address,
        aliases=entry.aliases,
        texts=entry.texts,
        hidden=entry.hidden,
        members=entry.members,
        photo=entry.photo,
    )


def made_again(record: Record, entry: Entry, sync: str) -> Record:
    """``record``, which bears the stamp of ``entry`` already, as a new one would be; what others added stays."""
    aliases = merged_aliases(record.aliases, entry.aliases, ())
    return _changed(record, replace(created(entry, sync), aliases=aliases, rest=record.rest))


def hidden(record: Record) -> Record:
    """``record``, found no more by who looks for people."""
    return _changed(record, replace(record, hidden=True))


def updated(record: Record, entry: Entry, known: Agreement | None, fields: frozenset[str]) -> Record:
    """``record`` with the entry's values of ``fields``, as :class:`galsync.steps.Change` names them."""
    texts = dict(record.texts)
    for name in fields & {each.value for each in Field}:
        texts.pop(Field(name), None)
        if text := entry.texts.get(Field(name)):
            texts[Field(name)] = text
    whole: dict[str, object] = {name: getattr(entry, name) for name in ("address", "hidden", "members", "photo")}
    changed = {name: value for name, value in whole.items() if name in fields}
    if "aliases" in fields:
        changed["aliases"] = merged_aliases(record.aliases, entry.aliases, known.aliases if known else ())
    return _changed(record, replace(record, texts=texts, **changed))  # type: ignore[arg-type]


def _changed(before: Record, after: Record) -> Record:
    return before if after == before else replace(after, raw=None)


def merged_aliases(there: tuple[str, ...], wanted: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """What is wanted, and of what is there all that was not ours."""
    ours = {alias.lower() for alias in (*wanted, *known)}
    return (*wanted, *(alias for alias in there if alias.lower() not in ours))

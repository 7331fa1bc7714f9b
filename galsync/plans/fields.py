"""Compares one object of the target with its entry, field by field, and minds what somebody typed there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from galsync.entries import Agreement, Entry, Form, Held, How
from galsync.plans.digests import digest
from galsync.plans.proxies import lacking, surplus
from galsync.rules import Rules
from galsync.steps import Change
from protocols.model.person import Field

_WORDS: Final = 10  # members and aliases that a change names; it counts the rest


@dataclass(frozen=True, slots=True)
class Compared:
    """What an UPDATE has to change, in the order of the rules, addresses first.

    ``stale``: the ledger has to learn something though nothing has to be written. ``ignored`` are fields that differ
    and stay as somebody typed them.
    """

    changes: tuple[Change, ...] = ()
    stale: bool = False
    ignored: tuple[Field, ...] = ()


_EQUAL: Final = Compared()


def shape(text: str) -> str:
    """``text`` as it is compared: NFC, without spaces around it. Phone numbers too are compared sign by sign."""
    return text.strip() if text.isascii() else normalize("NFC", text).strip()


def compare(
    entry: Entry, held: Held, known: Agreement | None, rules: Rules, *, begun: Agreement | None = None
) -> Compared:
    """What has to change in ``held`` so that it is as ``entry`` says and ``rules`` allow.

    Addresses, members and photo are always ours, and so is "hidden" where the target can hide; a field is as far as its
    :class:`How` says. A photo is compared with what was written last and not with what stands there: targets give it
    back smaller, or not at all. ``begun`` is what a killed run was about to agree: what it wrote is ours as well.
    """
    changes = _addresses(entry, held, known) if entry.aliases or known or entry.address != held.address else []
    stale = begun is not None or known is None or _outdated(entry, held, known)
    if rules.hides and held.hidden != entry.hidden:
        changes.append(Change("hidden", _HIDDEN[held.hidden], _HIDDEN[entry.hidden]))
    if entry.form is Form.GROUP:
        changes += _members(entry, held)
    changes += _photo(entry, held, known)
    ignored: list[Field] = []
    for name, how in rules.fields.items():
        has, want = held.texts.get(name, ""), entry.texts.get(name, "") if how is not How.CLEAR else ""
        if has == want or shape(has) == shape(want):
            stale = stale or known is None or known.written.get(name, b"") != digest(shape(want))
        elif how is not How.WRITE or not has or _ours(name, has, known) or _ours(name, has, begun):
            changes.append(Change(name.value, has, want))
        elif want:
            ignored.append(name)
    if not changes and not stale and not ignored:
        return _EQUAL
    return Compared(tuple(changes), stale, tuple(ignored))


def texts_after(held: Held, changes: Collection[Change]) -> dict[Field, str]:
    """The texts of ``held`` once ``changes`` have been written."""
    texts = dict(held.texts)
    for change in changes:
        if change.field in _FIELDS:
            texts.pop(Field(change.field), None)
            if change.after:
                texts[Field(change.field)] = change.after
    return texts


def allowed(entry: Entry, rules: Rules) -> Mapping[Field, str]:
    """The texts of ``entry`` that may be written at all."""
    fields = rules.fields
    if all(fields.get(name) in _WRITTEN for name in entry.texts):
        return entry.texts
    return {name: text for name, text in entry.texts.items() if fields.get(name) in _WRITTEN}


def agreement(
    entry: Entry, key: str, rules: Rules, *, known: Agreement | None = None, ignored: Collection[Field] = ()
) -> Agreement:
    """What the ledger shall know once the object ``key`` is as ``entry`` says.

    Of a field that stays as somebody typed it, what was written before is still known: whoever puts that back gives the
    field back to us.
    """
    written = {name: digest(shape(text)) for name, text in allowed(entry, rules).items() if name not in ignored}
    if known is not None:
        written |= {name: known.written[name] for name in ignored if name in known.written}
    return Agreement(
        anchor=entry.anchor,
        key=key,
        address=entry.address.address,
        written=written,
        aliases=entry.aliases,
        members=entry.members,
        photo=digest(entry.photo),
    )


_HIDDEN: Final = {True: "hidden", False: "shown"}
_WRITTEN: Final = (How.WRITE, How.OVERWRITE)
_FIELDS: Final = frozenset(name.value for name in Field)


def _ours(name: Field, text: str, agreed: Agreement | None) -> bool:
    return agreed is not None and agreed.written.get(name) == digest(shape(text))


def _addresses(entry: Entry, held: Held, known: Agreement | None) -> list[Change]:
    changes = []
    if held.address != entry.address:
        changes.append(Change("address", held.address.address if held.address else "", entry.address.address))
    added, taken = lacking(entry, held), surplus(entry, held, known)
    if added or taken:
        changes.append(Change("aliases", _listed(taken), _listed(added)))
    return changes


def _members(entry: Entry, held: Held) -> list[Change]:
    want, have = ({member.lower() for member in members} for members in (entry.members, held.members))
    return [Change("members", _listed(sorted(have - want)), _listed(sorted(want - have)))] if want != have else []


def _photo(entry: Entry, held: Held, known: Agreement | None) -> list[Change]:
    differs = digest(entry.photo) != known.photo if known else entry.photo not in (b"", held.photo)
    return [Change("photo", _size(held.photo), _size(entry.photo))] if differs else []


def _outdated(entry: Entry, held: Held, known: Agreement) -> bool:
    """Whether the ledger knows other addresses or members, another object, or that nobody wants it."""
    same_aliases = known.aliases == entry.aliases or set(known.aliases) == set(entry.aliases)
    same_members = known.members == entry.members or set(known.members) == set(entry.members)
    same = known.key == held.key and known.address == entry.address.address and same_aliases and same_members
    return not same or known.retired_at is not None


def _size(photo: bytes) -> str:
    return f"{len(photo)} bytes" if photo else ""


def _listed(items: Collection[str]) -> str:
    words = list(items)[:_WORDS]
    rest = len(items) - len(words)
    return ", ".join(words) + (f" and {rest} more" if rest else "")

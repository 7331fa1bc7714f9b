"""How a step is written down as JSON and read again: what it was to be, what stood there, and what was agreed."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.rows import Done
from galsync.steps import Act, Change, Step
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from service.state.instants import from_number, to_number
from service.state.json_text import dumped, loaded

_NAMES: Final = {field: field.value for field in Field}  # to ask the enumeration each time takes longer than the rest


def step_out(step: Step) -> bytes:
    """``step`` without its act, its anchor and its reason, which have columns of their own.

    The photo that stands there is kept, since an undo needs it; of the new one its digest in the agreement will do.
    """
    entry = replace(step.entry, photo=b"") if step.entry and step.entry.photo else step.entry
    objects = {
        "entry": entry and entry_out(entry),
        "before": step.held and held_out(step.held),
        "known": step.known and agreement_out(step.known),
        "agreement": step.agreement and agreement_out(step.agreement),
    }
    changes = [[each.field, each.before, each.after] for each in step.changes]
    there = {name: value for name, value in objects.items() if value is not None}
    return dumped(there | _without_empty(changes=changes, note=step.note))


def done_in(text: bytes, *, act: Act, anchor: str, place: str, key: str) -> tuple[Done, str]:
    """What :func:`step_out` wrote, with what its columns hold; and the step's note."""
    kept = loaded(text)
    done = Done(
        act=act,
        anchor=anchor,
        place=place,
        key=key,
        entry=entry_in(kept["entry"]) if "entry" in kept else None,
        before=held_in(kept["before"]) if "before" in kept else None,
        known=agreement_in(kept["known"]) if "known" in kept else None,
        agreement=agreement_in(kept["agreement"]) if "agreement" in kept else None,
        changes=tuple(Change(*each) for each in kept.get("changes", ())),
    )
    return done, kept.get("note", "")


def entry_out(entry: Entry) -> dict[str, Any]:
    """As JSON can hold it; what is empty is left out."""
    return _without_empty(
        anchor=entry.anchor,
        form=entry.form.value,
        address=_mailbox_out(entry.address),
        aliases=entry.aliases,
        texts=_texts_out(entry.texts),
        hidden=entry.hidden,
        members=entry.members,
        photo=b64encode(entry.photo).decode("ascii"),
    )


def entry_in(kept: Mapping[str, Any]) -> Entry:
    """What :func:`entry_out` was given."""
    return Entry(
        anchor=kept.get("anchor", ""),
        form=Form(kept["form"]),
        address=_mailbox_in(kept["address"]),
        aliases=tuple(kept.get("aliases", ())),
        texts=_texts_in(kept),
        hidden=kept.get("hidden", False),
        members=tuple(kept.get("members", ())),
        photo=b64decode(kept.get("photo", "")),
    )


def held_out(held: Held) -> dict[str, Any]:
    """As JSON can hold it; what is empty is left out."""
    return _without_empty(
        key=held.key,
        version=held.version,
        stamp=held.stamp and [held.stamp.sync, held.stamp.anchor],
        form=held.form and held.form.value,
        address=held.address and _mailbox_out(held.address),
        addresses=sorted(held.addresses),
        texts=_texts_out(held.texts),
        hidden=held.hidden,
        members=held.members,
        photo=b64encode(held.photo).decode("ascii"),
        readonly=held.readonly,
    )


def held_in(kept: Mapping[str, Any]) -> Held:
    """What :func:`held_out` was given."""
    return Held(
        key=kept.get("key", ""),
        version=kept.get("version", ""),
        stamp=Stamp(*kept["stamp"]) if "stamp" in kept else None,
        form=Form(kept["form"]) if "form" in kept else None,
        address=_mailbox_in(kept["address"]) if "address" in kept else None,
        addresses=frozenset(kept.get("addresses", ())),
        texts=_texts_in(kept),
        hidden=kept.get("hidden", False),
        members=tuple(kept.get("members", ())),
        photo=b64decode(kept.get("photo", "")),
        readonly=kept.get("readonly", ""),
    )


def agreement_out(agreement: Agreement) -> dict[str, Any]:
    """As JSON can hold it; what is empty is left out."""
    retired = agreement.retired_at
    return _without_empty(
        anchor=agreement.anchor,
        key=agreement.key,
        address=agreement.address,
        written={_NAMES[field]: digest.hex() for field, digest in agreement.written.items()},
        aliases=agreement.aliases,
        members=agreement.members,
        photo=agreement.photo.hex(),
        retired_at=None if retired is None else [to_number(retired)],  # in a list, since 0 is an instant and not empty
    )


def agreement_in(kept: Mapping[str, Any]) -> Agreement:
    """What :func:`agreement_out` was given."""
    return Agreement(
        anchor=kept.get("anchor", ""),
        key=kept.get("key", ""),
        address=kept.get("address", ""),
        written={Field(name): bytes.fromhex(digest) for name, digest in kept.get("written", {}).items()},
        aliases=tuple(kept.get("aliases", ())),
        members=tuple(kept.get("members", ())),
        photo=bytes.fromhex(kept.get("photo", "")),
        retired_at=from_number(kept["retired_at"][0]) if "retired_at" in kept else None,
    )


def _texts_out(texts: Mapping[Field, str]) -> dict[str, str]:
    return {_NAMES[field]: text for field, text in texts.items()}


def _texts_in(kept: Mapping[str, Any]) -> dict[Field, str]:
    return {Field(name): text for name, text in kept.get("texts", {}).items()}


def _mailbox_out(mailbox: Mailbox) -> list[str]:
    return [mailbox.address] if mailbox.asked == mailbox.address else [mailbox.address, mailbox.asked]


def _mailbox_in(kept: list[str]) -> Mailbox:
    return Mailbox(kept[0], kept[-1])


def _without_empty(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}

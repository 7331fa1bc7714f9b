"""Gives an object back what a run took from it, as far as it still is as the run left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from galsync.engine.order import answers_to
from galsync.entries import Agreement, Entry, Held
from galsync.plans.digests import digest
from galsync.plans.fields import shape, texts_after
from galsync.plans.proxies import addresses_after
from galsync.plans.replacing import spelled
from galsync.rows import Done
from galsync.steps import Act, Change
from protocols.model.person import Field

_HIDDEN: Final = {True: "hidden", False: "shown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """An object as it is to be again: ``changes`` lead there, ``ignored`` are fields that somebody changed since."""

    entry: Entry
    changes: tuple[Change, ...]
    known: Agreement
    ignored: tuple[Field, ...]


def left(row: Done) -> Held:
    """The object of a CREATE, UPDATE or RETIRE as the step left it; of a photo nothing is known."""
    entry, before = row.entry, row.before
    if before is None and entry is not None:
        return Held(
            key=row.key,
            form=entry.form,
            address=entry.address,
            addresses=answers_to(entry),
            texts=entry.texts,
            hidden=entry.hidden,
            members=entry.members,
        )
    if before is None:
        raise ValueError(f"a step without an object and without an entry: {row.act} of {row.anchor}")
    if row.act is Act.RETIRE or entry is None:
        return replace(before, hidden=row.act is Act.RETIRE or before.hidden)
    changed = {change.field for change in row.changes}
    return replace(
        before,
        address=entry.address,
        addresses=addresses_after(entry, before, row.known),
        texts=texts_after(before, row.changes),
        hidden=entry.hidden if "hidden" in changed else before.hidden,
        members=entry.members if "members" in changed else before.members,
    )


def restored(rows: Sequence[Done], before: Held, now: Held, agreed: Agreement | None) -> Restored:
    """What undoes ``rows``, all steps of one anchor, in ``now``: for each field, what stood in ``before`` wherever the
    last row's value still stands there; whatever somebody changed since stays."""
    after = left(rows[-1])
    texts, changes, ignored = _texts(before, after, now)
    address, hidden, members = now.address or before.address, now.hidden, now.members
    if before.address != after.address and now.address == after.address and before.address:
        address = before.address
        changes.append(Change("address", now.address.address if now.address else "", address.address))
    if address is None or now.form is None:
        raise ValueError(f"what was never written cannot be given back: {now.key}")
    answers = (now.addresses - (after.addresses - before.addresses)) | (before.addresses - after.addresses)
    aliases = sorted(answers - {address.address})
    if {*aliases, address.address} != now.addresses and (taken := _aliases(aliases, address.address, now)):
        changes.append(taken)
    if before.hidden != after.hidden and now.hidden == after.hidden:
        hidden = before.hidden
        changes.append(Change("hidden", _HIDDEN[now.hidden], _HIDDEN[hidden]))
    if set(before.members) != set(after.members) and set(now.members) == set(after.members):
        members = before.members
        changes.append(Change("members", *_both_ways(now.members, members)))
    photo = _photo(rows, before, now)
    if photo != now.photo:
        changes.append(Change("photo", f"{len(now.photo)} bytes", f"{len(photo)} bytes" if photo else ""))
    entry = Entry(
        anchor=rows[0].anchor,
        form=now.form,
        address=address,
        aliases=_as_written(aliases, rows, agreed),
        texts=texts,
        hidden=hidden,
        members=members,
        photo=photo,
    )
    base = agreed or Agreement(anchor=entry.anchor, key=now.key, address=address.address)
    gone = spelled(sorted(now.addresses - answers_to(entry)))
    known = replace(base, aliases=tuple(dict.fromkeys((*base.aliases, *gone))))
    return Restored(entry=entry, changes=tuple(changes), known=known, ignored=tuple(ignored))


def agreement_before(first: Agreement | None, last: Agreement | None, now: Agreement | None) -> Agreement | None:
    """What the ledger shall know once a run is undone that found it knowing ``first`` and left it with ``last``.

    What later runs taught it (``now`` is another than ``last``) it still knows.
    """
    if now is None or now == last or last is None:
        return first
    if first is None:
        return now
    written = dict(now.written)
    for name in {*first.written, *last.written}:
        if now.written.get(name) == last.written.get(name):
            written.pop(name, None)
            if name in first.written:
                written[name] = first.written[name]
    return replace(
        now,
        written=written,
        address=first.address if now.address == last.address else now.address,
        aliases=first.aliases if now.aliases == last.aliases else now.aliases,
        members=first.members if now.members == last.members else now.members,
        photo=first.photo if now.photo == last.photo else now.photo,
        retired_at=first.retired_at if now.retired_at == last.retired_at else now.retired_at,
    )


def _texts(before: Held, after: Held, now: Held) -> tuple[Mapping[Field, str], list[Change], list[Field]]:
    texts, changes, ignored = dict(now.texts), [], []
    for name in Field:
        old, new, has = (held.texts.get(name, "") for held in (before, after, now))
        if shape(old) == shape(new):
            continue
        if shape(has) == shape(new):
            changes.append(Change(name.value, has, old))
            texts.pop(name, None)
            if old:
                texts[name] = old
        elif shape(has) != shape(old):
            ignored.append(name)
    return texts, changes, ignored


def _aliases(wanted: Sequence[str], address: str, now: Held) -> Change | None:
    main = now.address.address if now.address else ""
    taken = now.addresses - {*wanted, address, main}
    added = {*wanted} - now.addresses
    return Change("aliases", ", ".join(sorted(taken)), ", ".join(sorted(added))) if taken or added else None


def _both_ways(now: Sequence[str], then: Sequence[str]) -> tuple[str, str]:
    return ", ".join(sorted({*now} - {*then})), ", ".join(sorted({*then} - {*now}))


def _photo(rows: Sequence[Done], before: Held, now: Held) -> bytes:
    """The photo that stood there before, where the run wrote another and that one is to be seen."""
    made = any(row.act is Act.CREATE for row in rows)
    written = made or any(change.field == "photo" for row in rows for change in row.changes)
    last = rows[-1].agreement
    return before.photo if written and last and digest(now.photo) == last.photo else now.photo


def _as_written(aliases: Sequence[str], rows: Sequence[Done], agreed: Agreement | None) -> tuple[str, ...]:
    """``aliases`` in the spelling in which they were written, where that is known: x500 names keep their capitals."""
    told = [agreement.aliases for row in rows for agreement in (row.known, row.agreement) if agreement]
    spelling = {alias.lower(): alias for some in (*told, agreed.aliases if agreed else ()) for alias in some}
    return tuple(spelling.get(alias.lower(), alias) for alias in spelled(list(aliases)))

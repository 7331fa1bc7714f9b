"""What a step asks of Exchange, as data that a script can carry out: once or twice, with the same result."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from galsync.entries import Entry, Form, Held, Stamp
from galsync.steps import Act, Step
from protocols.model.person import Field

FORMS: Final = frozenset({Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP})
STAMP_ATTRIBUTE: Final = "CustomAttribute15"

PERSONAL: Final[Mapping[Field, str]] = {  # parameters of Set-Contact and Set-User; Set-Group has the first and last
    Field.DISPLAY_NAME: "DisplayName",
    Field.GIVEN_NAME: "FirstName",
    Field.SURNAME: "LastName",
    Field.INITIALS: "Initials",
    Field.COMPANY: "Company",
    Field.DEPARTMENT: "Department",
    Field.TITLE: "Title",
    Field.OFFICE: "Office",
    Field.PHONE: "Phone",
    Field.MOBILE: "MobilePhone",
    Field.FAX: "Fax",
    Field.PAGER: "Pager",
    Field.HOME_PHONE: "HomePhone",
    Field.STREET: "StreetAddress",
    Field.CITY: "City",
    Field.STATE: "StateOrProvince",
    Field.POSTAL_CODE: "PostalCode",
    Field.COUNTRY: "CountryOrRegion",
    Field.WEB_PAGE: "WebPage",
    Field.NOTES: "Notes",
}
MAIL: Final[Mapping[Field, str]] = {  # parameters of Set-MailContact, Set-MailUser and Set-DistributionGroup
    Field(f"extra_{number}"): f"CustomAttribute{number}" for number in range(1, 16)
}
SHOW: Final = "show"
"""An order of another target's step: a guest that was invited elsewhere shows in the address lists, or does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One object's change.

    ``act`` is an Act's value or :data:`SHOW`. ``guid`` is the object's, "" where it is to be made. ``address`` is the
    one it shall have, ``was`` the one that the plan saw. ``add`` and ``take`` are proxy addresses with their prefix.
    ``hidden`` is None where it stays as it is. ``personal`` and ``mail`` hold for each parameter the value that the
    plan saw and the one it shall have. ``join`` and ``leave`` are the addresses of a group's members who come and go.
    ``manager`` is the address of a manager, "" for none and None where they stay. ``known`` are the addresses that the
    object answered to when that was planned: no script is told of them.
    """

    act: str
    anchor: str
    stamp: str
    guid: str = ""
    form: str = Form.MAIL_CONTACT.value
    name: str = ""
    alias: str = ""
    address: str = ""
    was: str = ""
    add: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    hidden: bool | None = None
    personal: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    mail: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    join: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    manager: str | None = None
    known: tuple[str, ...] = ()


def order(step: Step, sync: str, stamp_attribute: str = STAMP_ATTRIBUTE) -> Order:
    """The order for a CREATE, UPDATE, RETIRE or REMOVE. Raises ValueError for a step that says too little.

    The attribute that carries the stamp is never written as a field.
    """
    entry, held = step.entry, step.held
    stamp = Stamp(sync, step.anchor).text
    if step.act is Act.CREATE and entry:
        return _create(entry, stamp, stamp_attribute)
    if held is None:
        raise ValueError(f"{step.act.value} names no object")
    guid, form = held.key, (held.form or Form.MAIL_CONTACT).value
    if step.act is Act.RETIRE:
        return Order(act=step.act.value, anchor=step.anchor, stamp=stamp, guid=guid, form=form, hidden=True)
    if step.act is Act.REMOVE:
        return Order(act=step.act.value, anchor=step.anchor, stamp=stamp, guid=guid, form=form)
    if step.act is Act.UPDATE and entry:
        return _update(step, entry, held, stamp, stamp_attribute)
    raise ValueError(f"{step.act.value} is nothing to write")


def show(stamp: Stamp, address: str, *, hidden: bool = False) -> Order:
    """The guest that bears this stamp, and no other; ``address`` is for people to read."""
    return Order(act=SHOW, anchor=stamp.anchor, stamp=stamp.text, form=Form.GUEST.value, address=address, hidden=hidden)


def _create(entry: Entry, stamp: str, stamp_attribute: str) -> Order:
    digest = hashlib.blake2b(stamp.encode(), digest_size=6).hexdigest()
    local = re.sub(r"[^a-z0-9_-]", "", entry.address.local)[:40]
    wanted = frozenset(entry.texts)
    nothing: Mapping[Field, str] = {}
    return Order(
        act=Act.CREATE.value,
        anchor=entry.anchor,
        stamp=stamp,
        form=entry.form.value,
        name=f"{entry.address.address[:48]} ~{digest}",  # unique, at most 64 characters
        alias=f"{local or 'x'}.{digest}",
        address=entry.address.address,
        add=tuple(map(_proxy, entry.aliases)),
        hidden=entry.hidden,
        personal=_values(PERSONAL, wanted, nothing, entry, stamp_attribute),
        mail=_values(MAIL, wanted, nothing, entry, stamp_attribute),
        join=entry.members,
        manager=entry.texts.get(Field.MANAGER),
    )


def _update(step: Step, entry: Entry, held: Held, stamp: str, stamp_attribute: str) -> Order:
    named = {change.field for change in step.changes}
    fields = frozenset(each for each in Field if each.value in named)
    add, take = frozenset[str](), frozenset[str]()
    if "aliases" in named:
        wanted = {_proxy(alias) for alias in entry.aliases}
        add = frozenset(proxy for proxy in wanted if _address(proxy) not in held.addresses)
        kept = {_address(proxy) for proxy in wanted}
        known = map(_proxy, step.known.aliases if step.known else ())
        take = frozenset(proxy for proxy in known if _address(proxy) not in kept)
    moved = "address" in named
    return Order(
        act=step.act.value,
        anchor=step.anchor,
        stamp=stamp,
        guid=held.key,
        form=(held.form or entry.form).value,
        address=entry.address.address if moved else "",
        was=str(held.address or "") if moved else "",
        add=tuple(sorted(add)),
        take=tuple(sorted(take)),
        hidden=entry.hidden if "hidden" in named else None,
        personal=_values(PERSONAL, fields, held.texts, entry, stamp_attribute),
        mail=_values(MAIL, fields, held.texts, entry, stamp_attribute),
        join=_without(entry.members, held.members) if "members" in named else (),
        leave=_without(held.members, entry.members) if "members" in named else (),
        manager=entry.texts.get(Field.MANAGER, "") if Field.MANAGER in fields else None,
    )


def _without(members: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = {other.lower() for other in others}
    return tuple(member for member in members if member.lower() not in known)


def _values(
    names: Mapping[Field, str],
    fields: frozenset[Field],
    before: Mapping[Field, str],
    entry: Entry,
    stamp_attribute: str,
) -> Mapping[str, tuple[str, str]]:
    return {
        name: (before.get(key, ""), entry.texts.get(key, ""))
        for key, name in names.items()
        if key in fields and name != stamp_attribute
    }


def _proxy(alias: str) -> str:
    return alias if alias.startswith("X500:") else f"smtp:{alias}"


def _address(proxy: str) -> str:
    """As :attr:`galsync.entries.Held.addresses` has it."""
    return proxy.lower().removeprefix("smtp:")

"""People, entries, objects and steps to test with."""

from collections.abc import Mapping

from galsync.engine.order import answers_to
from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.steps import Act, Change, Step, Why
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

SYNC = "staff"


def person(name: str, *, title: str = "", address: str = "") -> Person:
    """``name`` of a.example."""
    texts = {Field.DISPLAY_NAME: name.title(), Field.TITLE: title}
    return Person(
        anchor=name,
        kind=Kind.USER,
        primary=Mailbox.parse(address or f"{name}@a.example"),
        texts={key: text for key, text in texts.items() if text},
    )


def entry(name: str, *, address: str = "", texts: Mapping[Field, str] | None = None) -> Entry:
    """As ``name`` shall stand."""
    return Entry(
        anchor=f"hr:{name}",
        form=Form.MAIL_CONTACT,
        address=Mailbox.parse(address or f"{name}@a.example"),
        texts={Field.DISPLAY_NAME: name.title()} if texts is None else texts,
    )


def held(name: str, *, key: str = "", address: str = "", sync: str | None = SYNC, version: str = "v1") -> Held:
    """As ``name`` stands; without our stamp where ``sync`` is None."""
    shall = entry(name, address=address)
    return Held(
        key=key or f"object-{name}",
        version=version,
        stamp=Stamp(sync, shall.anchor) if sync else None,
        form=shall.form,
        address=shall.address,
        addresses=answers_to(shall),
        texts=shall.texts,
    )


def create(name: str, *, address: str = "") -> Step:
    """``name`` is new."""
    shall = entry(name, address=address)
    known = Agreement(anchor=shall.anchor, key="", address=shall.address.address)
    return Step(act=Act.CREATE, anchor=shall.anchor, why=Why.NEW, entry=shall, agreement=known)


def update(name: str, *, stands: Held | None = None, title: str = "Lead") -> Step:
    """``name`` gets another title."""
    there = stands or held(name)
    shall = entry(name, texts={Field.DISPLAY_NAME: name.title(), Field.TITLE: title})
    changes = (Change("title", "", title),)
    known = Agreement(anchor=shall.anchor, key=there.key, address=shall.address.address)
    return Step(
        act=Act.UPDATE,
        anchor=shall.anchor,
        why=Why.CHANGED,
        entry=shall,
        held=there,
        agreement=known,
        known=known,
        changes=changes,
    )


def remove(name: str, *, stands: Held | None = None) -> Step:
    """``name`` goes for good."""
    there = stands or held(name)
    return Step(act=Act.REMOVE, anchor=f"hr:{name}", why=Why.GRACE_OVER, held=there)


def retire(name: str, *, stands: Held | None = None) -> Step:
    """``name`` is hidden."""
    there = stands or held(name)
    return Step(act=Act.RETIRE, anchor=f"hr:{name}", why=Why.GONE, held=there)

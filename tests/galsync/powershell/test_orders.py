"""Tests of galsync/powershell/orders.py: what each step asks of Exchange."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.powershell.orders import MAIL, PERSONAL, Order, order, show
from galsync.steps import Act, Change, Step, Why
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

ENTRY = Entry(
    anchor="ad:ann",
    form=Form.MAIL_CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("two@b.example", "X500:/o=B/cn=Ann"),
    texts={Field.TITLE: "Lead", Field.EXTRA_3: "x", Field.EXTRA_15: "y", Field.MANAGER: "boss@b.example"},
)
HELD = Held(
    key="guid",
    stamp=Stamp("s", "ad:ann"),
    form=Form.MAIL_CONTACT,
    address=Mailbox.parse("old@b.example"),
    addresses=frozenset({"old@b.example", "one@b.example"}),
    texts={Field.TITLE: "Head", Field.CITY: "Bonn"},
)


def made(act: Act, *fields: str, **more: object) -> Order:
    changes = tuple(Change(field, "", "") for field in fields)
    values = {"act": act, "anchor": "ad:ann", "why": Why.CHANGED, "entry": ENTRY, "held": HELD, "changes": changes}
    return order(Step(**{**values, **more}), "s")  # type: ignore[arg-type]


def test_a_new_contact_has_all_but_what_cannot_be_written() -> None:
    told = made(Act.CREATE, held=None)
    assert (told.stamp, told.form, told.address) == ("busyline:s/ad:ann", "mail-contact", "ann@b.example")
    assert told.add == ("smtp:two@b.example", "X500:/o=B/cn=Ann")
    assert (told.personal, told.mail) == ({"Title": ("", "Lead")}, {"CustomAttribute3": ("", "x")})


def test_an_update_names_what_the_plan_saw_and_what_shall_be() -> None:
    told = made(Act.UPDATE, "title", "city")
    assert told.personal == {"Title": ("Head", "Lead"), "City": ("Bonn", "")}
    assert (told.guid, told.address, told.was, told.hidden, told.add, told.take) == ("guid", "", "", None, (), ())


def test_an_address_moves_from_the_one_that_was_seen() -> None:
    told = made(Act.UPDATE, "address")
    assert (told.was, told.address) == ("old@b.example", "ann@b.example")


def test_of_aliases_only_those_that_were_ours_are_taken() -> None:
    known = Agreement(anchor="ad:ann", key="guid", address="", aliases=("one@b.example", "two@b.example"))
    told = made(Act.UPDATE, "aliases", known=known)
    assert told.add == ("X500:/o=B/cn=Ann", "smtp:two@b.example")
    assert told.take == ("smtp:one@b.example",)
    assert made(Act.UPDATE, "aliases").take == ()


def test_retiring_hides_and_nothing_else() -> None:
    told = made(Act.RETIRE, entry=None)
    assert told == Order(act="retire", anchor="ad:ann", stamp="busyline:s/ad:ann", guid="guid", hidden=True)


def test_removing_says_whom() -> None:
    told = made(Act.REMOVE, entry=None, held=replace(HELD, form=Form.MAIL_USER))
    assert (told.act, told.guid, told.form) == ("remove", "guid", "mail-user")


@pytest.mark.parametrize("act", [Act.UPDATE, Act.RETIRE, Act.REMOVE, Act.CREATE, Act.CONFLICT])
def test_a_step_that_says_too_little_is_an_error(act: Act) -> None:
    with pytest.raises(ValueError, match=r"names no object|nothing to write"):
        made(act, entry=None, held=None if act is not Act.CONFLICT else HELD)


def test_a_guest_is_shown_or_hidden_by_its_stamp() -> None:
    one, other = (show(Stamp("s", "ad:1"), "g@b.example", hidden=hidden) for hidden in (False, True))
    assert (one.act, one.anchor, one.stamp, one.hidden) == ("show", "ad:1", "busyline:s/ad:1", False)
    assert other.hidden is True


def test_every_field_but_the_manager_has_a_parameter() -> None:
    assert set(PERSONAL) | set(MAIL) == set(Field) - {Field.MANAGER}


addresses = st.sampled_from(
    ["a" * 64 + "@b.example", "o'brien@b.example", "ü@b.example", "{x}@" + "d" * 60 + ".example"]
)


@given(addresses, st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_names_and_aliases_are_what_exchange_takes_and_unique(address: str, anchor: str) -> None:
    """At most 64 characters; an alias of letters, digits and few signs, no point at an end."""
    entry = replace(ENTRY, anchor=anchor, address=Mailbox.parse(address))
    told = order(Step(act=Act.CREATE, anchor=anchor, why=Why.NEW, entry=entry), "s")
    other = order(
        Step(act=Act.CREATE, anchor=anchor + "x", why=Why.NEW, entry=replace(entry, anchor=anchor + "x")), "s"
    )
    assert len(told.name) <= 64
    assert len(told.alias) <= 64
    assert set(told.alias) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.")
    assert told.alias.count(".") == 1
    assert (told.name, told.alias) != (other.name, other.alias)


def test_a_group_says_who_joins_and_who_leaves() -> None:
    group = replace(ENTRY, form=Form.GROUP, texts={}, members=("a@b.example", "b@b.example"))
    there = replace(HELD, form=Form.GROUP, members=("B@b.example", "c@b.example"))
    assert made(Act.CREATE, entry=group, held=None).join == group.members
    told = made(Act.UPDATE, "members", entry=group, held=there)
    assert (told.form, told.join, told.leave) == ("group", ("a@b.example",), ("c@b.example",))
    other = made(Act.UPDATE, "hidden", entry=group, held=there)
    assert (other.join, other.leave) == ((), ())


def test_a_manager_is_named_by_address_and_stays_where_nothing_says_otherwise() -> None:
    assert made(Act.CREATE, held=None).manager == "boss@b.example"
    assert made(Act.UPDATE, "manager").manager == "boss@b.example"
    assert made(Act.UPDATE, "manager", entry=replace(ENTRY, texts={})).manager == ""
    assert made(Act.UPDATE, "title").manager is None

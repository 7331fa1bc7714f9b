"""What a recipient of Exchange Online is to a plan."""

from typing import Any

import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.powershell.orders import MAIL, PERSONAL, order
from galsync.sides.admin_cmdlets_held import held_of, is_half, mark
from galsync.steps import Act, Step, Why
from protocols.graph import admin_recipients
from protocols.graph.admin_recipients import Recipient
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

OURS = Stamp("fabrikam", "ad:ann")


def _recipient(kind: str = "MailContact", name: str = "ann", **texts: str) -> Recipient:
    return Recipient(
        key="1", kind=kind, name=name, address=None, primary="", addresses=frozenset({"ann@b.example"}), texts=texts
    )


def _held(each: Recipient) -> Held:
    return held_of(each, "CustomAttribute15")


def test_the_orders_and_the_reading_know_the_same_properties() -> None:
    assert set(PERSONAL.values()) == set(admin_recipients.PERSONAL)
    assert set(MAIL.values()) == set(admin_recipients.CUSTOM)


@pytest.mark.parametrize(
    ("kind", "form", "stamp"),
    [
        ("MailContact", Form.MAIL_CONTACT, OURS),
        ("MailUser", Form.MAIL_USER, OURS),
        ("GuestMailUser", Form.GUEST, None),
        ("UserMailbox", None, None),
        ("GroupMailbox", Form.GROUP, None),
    ],
)
def test_only_contacts_and_mail_users_are_anybody_s(kind: str, form: Form | None, stamp: Stamp | None) -> None:
    held = _held(_recipient(kind, CustomAttribute15=OURS.text, DisplayName="Ann", Title="Lead"))
    assert (held.form, held.stamp) == (form, stamp)
    assert held.texts == {Field.DISPLAY_NAME: "Ann", **({Field.TITLE: "Lead"} if stamp else {})}


def test_a_name_that_was_made_for_the_stamp_is_one_of_something_half_made() -> None:
    entry = Entry(anchor=OURS.anchor, form=Form.MAIL_CONTACT, address=Mailbox.parse("ann@b.example"))
    made = order(Step(act=Act.CREATE, anchor=OURS.anchor, why=Why.NEW, entry=entry), OURS.sync)
    assert made.name.endswith(mark(OURS.text))
    held = _held(_recipient(name=made.name, DisplayName=OURS.text))
    assert (held.stamp, held.texts) == (OURS, {})


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Somebody", {"DisplayName": OURS.text}),
        (f"x {mark(OURS.text)}", {"DisplayName": "busyline:other/ad:ann"}),
        (f"x {mark(OURS.text)}", {"DisplayName": "Ann"}),
        (f"x {mark(OURS.text)}", {"DisplayName": OURS.text, "CustomAttribute15": "theirs"}),
    ],
)
def test_anything_else_is_whole(name: str, texts: dict[str, Any]) -> None:
    each = _recipient(name=name, **texts)
    assert not is_half(each, "CustomAttribute15")
    assert _held(each).stamp is None

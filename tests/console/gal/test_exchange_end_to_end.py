"""`busyline gal` with an Exchange server at the other end: contacts in mailboxes, and a mailbox that was shared."""

from pathlib import Path

import pytest

from tests.console.gal.aside import aside
from tests.console.gal.exchange_estate import ANNA, BEN, EXPORT, PARTNER, WRITER, ExchangeEstate, exchange_estate

SYNC = """\
[[directory_syncs]]
name = "{name}"
from = "{source}"
to = "{target}"
grace = "0d"
guards.deletions = {{ share = 1.0 }}
"""
GROUP = 'mailboxes = { list = "Contoso", group = "phones@fabrikam.example" }\n'
LISTED = 'mailboxes = {{ list = "Contoso", addresses = ["{}"] }}\n'
ANN, BOB, CY = (f"{local}@fabrikam.example" for local in ("ann", "bob", "cy"))


def sync(name: str, source: str, target: str, *more: str) -> str:
    return SYNC.format(name=name, source=source, target=target) + "".join(more)


def export(here: ExchangeEstate, mailbox: str, *more: str) -> str:
    return here.directory("partner", PARTNER, f'mailbox = "{mailbox}"', *more, protocol="staff-export-ews")


@pytest.mark.parametrize("scheme", ["Basic", "NTLM"])
def test_contacts_come_are_changed_taken_back_and_purged(tmp_path: Path, scheme: str) -> None:
    """Those of the group who may sign in and have a mailbox here get them: Anna alone."""
    with aside(exchange_estate(tmp_path, scheme)) as here:
        typing = here.typing
        ews = here.directory(
            "fabrikam", WRITER, 'people = "boxes"', 'domains = ["fabrikam.example"]', kind=scheme.lower()
        )
        here.configure(ews, sync("staff", "hr", "fabrikam", GROUP))
        assert typing.types("plan", "staff") == 0, typing.err
        assert "# anna@fabrikam.example\n+ create ann@fabrikam.example (Ann)" in typing.out
        assert here.standing(ANNA, "staff") is None
        assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
        assert here.standing(ANNA, "staff") == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
        assert here.standing(BEN, "staff") is None
        assert typing.json("plan", "staff")["steps"] == []
        typing.people(("ann", "Anne", "1"), ("bob", "Bob", "2"))
        assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
        assert here.standing(ANNA, "staff") == {ANN: "Anne", BOB: "Bob"}
        assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
        assert here.standing(ANNA, "staff") == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
        assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
        assert here.standing(ANNA, "staff") == {}
        assert here.server.calls[-1].user == WRITER.username


def test_an_account_that_may_act_for_one_mailbox_is_refused_another_in_words(tmp_path: Path) -> None:
    with aside(exchange_estate(tmp_path)) as here:
        here.desk.scope = frozenset({ANNA})
        ews = here.directory("fabrikam", WRITER)
        here.configure(ews, sync("staff", "hr", "fabrikam", LISTED.format(f'{ANNA}", "{BEN}')))
        assert here.typing.types("apply", "staff", "--yes") == 1
        assert f"{BEN}: the account may not act for this mailbox: give it the role" in here.typing.out
        assert here.standing(ANNA, "staff") == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
        assert here.standing(BEN, "staff") is None


def test_a_shared_mailbox_is_read_and_no_other(tmp_path: Path) -> None:
    """The account of another company reaches the one folder that was opened to it: the negative test of its right."""
    with aside(exchange_estate(tmp_path)) as here:
        typing, box = here.typing, here.desk.mailboxes[EXPORT]
        box.delegates = frozenset({PARTNER.username})
        staff = here.desk.new_folder(box, box.contacts.key, "Staff")
        values = {("contacts:DisplayName",): "Dora", ("contacts:EmailAddress", "EmailAddress1"): "dora@b.example"}
        here.desk.put(staff, values)
        here.configure(export(here, EXPORT, 'folder = "Staff"'), sync("theirs", "partner", "list"))
        assert typing.types("apply", "theirs", "--yes") == 0, typing.err + typing.out
        assert typing.standing() == {"dora@b.example": ("Dora", "")}
        here.configure(export(here, ANNA), sync("theirs", "partner", "list"))
        assert typing.types("plan", "theirs") == 1
        assert "partner: the account may not look into this mailbox" in typing.out
        assert "nothing was written" in typing.out
        assert typing.standing() == {"dora@b.example": ("Dora", "")}


def test_a_shared_mailbox_is_filled_by_one_side_and_read_by_the_other(tmp_path: Path) -> None:
    with aside(exchange_estate(tmp_path)) as here:
        typing, box = here.typing, here.desk.mailboxes[EXPORT]
        box.delegates = frozenset({PARTNER.username})
        here.desk.new_folder(box, box.contacts.key, "Staff")
        filled = export(here, EXPORT, 'folder = "Staff"', 'takes = ["outward"]')
        here.configure(filled, sync("outward", "hr", "partner"), sync("inward", "partner", "list"))
        assert typing.types("apply", "outward", "--yes") == 0, typing.err + typing.out
        assert here.named(EXPORT, "Staff") == {ANN: "Ann", BOB: "Bob", CY: "Cy"}
        assert typing.types("apply", "inward", "--yes") == 0, typing.err + typing.out
        assert set(typing.standing()) == {ANN, BOB, CY}
        assert typing.types("purge", "outward", "--yes") == 0, typing.err + typing.out
        assert here.named(EXPORT, "Staff") == {}

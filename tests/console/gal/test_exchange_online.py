"""Mail contacts and mail users of Exchange Online at once, by the command line alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.configuration import ConfigurationError
from simulation.faults import Trouble
from tests.console.gal.aside import aside
from tests.console.gal.microsoft import SECRET, Microsoft, changes, microsoft
from tests.console.gal.typing_it import Operator

CONTACTS = 'to = "online"\ngrace = "30d"'
USERS = f'{CONTACTS}\nas = "mail-user"'
DOMAIN = 'sign_in_domain = "contoso.onmicrosoft.example"'


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    """Nobody in it."""
    monkeypatch.setenv("CONTOSO_SECRET", SECRET)
    with aside(microsoft(tmp_path)) as there:
        yield there


def _standing(tenant: Microsoft) -> dict[str, tuple[str, bool]]:
    rows = tenant.exchange.recipients.rows.values()
    return {row["DisplayName"]: (row["RecipientTypeDetails"], row["HiddenFromAddressListsEnabled"]) for row in rows}


def _figures(told: dict[str, Any]) -> dict[str, int]:
    return {act: number for act, number in told["written"].items() if number}


def test_contacts_are_made_changed_hidden_taken_back_and_purged(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, CONTACTS)
    assert typing.types("plan", "staff") == 0
    assert (tenant.cmdlets, "3 to create" in typing.out) == ([], True)
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailContact", False))
    assert typing.json("plan", "staff")["steps"] == []
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"))
    assert _figures(typing.json("apply", "staff", "--yes")) == {"update": 1, "retire": 1}
    assert _standing(tenant)["Cy"] == ("MailContact", True)
    assert "Anna" in _standing(tenant)
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailContact", False))
    theirs = tenant.exchange.recipients.put("MailContact", "eve@contoso.example", DisplayName="Eve")
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert list(tenant.exchange.recipients.rows.values()) == [theirs]


def test_mail_users_are_blocked_and_their_password_is_nowhere(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, USERS, more=DOMAIN)
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailUser", False))
    assert [each.disabled for each in tenant.book.people.values()] == [True] * 3
    passwords = tenant.exchange.recipients.passwords
    assert len(set(passwords)) == 3
    assert all(len(each) >= 48 for each in passwords)
    assert _anywhere(typing, passwords) == []


def test_mail_users_are_changed_hidden_and_purged(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, USERS, more=DOMAIN)
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"))
    assert _figures(typing.json("apply", "staff", "--yes")) == {"update": 1, "retire": 1}
    assert _standing(tenant) == {"Anna": ("MailUser", False), "Bob": ("MailUser", False), "Cy": ("MailUser", True)}
    typing.later(days=31)
    assert _figures(typing.json("apply", "staff", "--yes")) == {"remove": 1}
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == {}


def test_without_a_domain_to_sign_in_at_no_mail_user_is_made(tmp_path: Path, tenant: Microsoft) -> None:
    with pytest.raises(ConfigurationError, match="mail users need a sign_in_domain in online"):
        tenant.operator(tmp_path, USERS).types("plan", "staff")
    assert tenant.exchange.cmdlets == []


def _anywhere(typing: Operator, passwords: list[str]) -> list[Path]:
    """The files below the configuration, and what was printed, that have a password in them."""
    told = [path for path in typing.folder.rglob("*") if path.is_file()]
    assert len(told) > 3
    assert not any(each in typing.out + typing.err for each in passwords)
    return [path for path in told if any(each.encode() in path.read_bytes() for each in passwords)]


def test_a_mail_user_that_cannot_be_blocked_is_not_called_done(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, USERS, more=DOMAIN)
    tenant.graph.faults.trouble, tenant.graph.faults.only = Trouble.DENIED, lambda call: call.method == "PATCH"
    told = typing.json("apply", "staff", "--yes", code=1)
    assert (_figures(told), told["failed"]) == ({}, 3)
    assert "sign-in is not blocked yet" in told["failures"][0]["words"]
    assert not any(name.startswith("Ann") for name in _standing(tenant))
    tenant.graph.faults.clear()
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailUser", False))
    assert [each.disabled for each in tenant.book.people.values()] == [True] * 3
    assert len(tenant.exchange.recipients.passwords) == 3


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("at", ["reading", "writing"])
def test_a_busy_exchange_is_waited_for(status: int, at: str, tmp_path: Path, tenant: Microsoft) -> None:
    typing, faults = tenant.operator(tmp_path, CONTACTS), tenant.exchange.faults
    faults.trouble, faults.times, faults.retry_after, faults.throttle_status = Trouble.THROTTLED, 2, 0.01, status
    faults.only = changes if at == "writing" else lambda call: not changes(call)
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert faults.times == 0
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailContact", False))
    assert tenant.exchange.cmdlets.count("New-MailContact") == 3


@pytest.mark.parametrize("trouble", [Trouble.TRUNCATED, Trouble.CUT, Trouble.HTML, Trouble.GARBAGE, Trouble.BROKEN])
def test_half_an_answer_makes_nothing_twice(trouble: Trouble, tmp_path: Path, tenant: Microsoft) -> None:
    typing, faults = tenant.operator(tmp_path, CONTACTS), tenant.exchange.faults
    faults.trouble, faults.times, faults.only = trouble, 2, changes
    typing.types("apply", "staff", "--yes")
    assert faults.times == 0
    faults.clear()
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _standing(tenant) == dict.fromkeys(("Ann", "Bob", "Cy"), ("MailContact", False))
    assert typing.json("plan", "staff")["steps"] == []


@pytest.mark.parametrize("trouble", [Trouble.TRUNCATED, Trouble.LOST_PAGE, Trouble.DENIED])
def test_what_was_read_by_half_plans_nothing(trouble: Trouble, tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, CONTACTS)
    assert typing.types("apply", "staff", "--yes") == 0
    typing.people(("ann", "Ann", "1"))
    before = len(tenant.cmdlets)
    tenant.exchange.page, tenant.exchange.faults.trouble = 2, trouble
    told = typing.json("apply", "staff", "--yes", code=1)
    assert (told["skipped"] or told["unread"]) != []
    assert (len(tenant.cmdlets), _figures(told)) == (before, {})

"""Tests of galsync/wiring/targets.py."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from galsync.entries import Form
from galsync.powershell.orders import FORMS
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.sides.guests_target import GuestsTarget
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from galsync.sides.shared_contacts_target import SharedContactsTarget
from galsync.wiring.targets import TARGETS, target_of, unknown_password
from protocols.errors import PeerError
from tests.galsync.settings.estate import MAILBOXES
from tests.galsync.wiring.test_sources import KINDS
from tests.galsync.wiring.world import SECRETS, furnished, part

LISTED = {"list": "Fabrikam", "addresses": ["ann@contoso.example", "bob@contoso.example", "ann@contoso.example"]}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in SECRETS.items():
        monkeypatch.setenv(variable, text)


def test_every_directory_that_can_be_written_has_its_target() -> None:
    assert {kind for kind in KINDS if kind.writes} == set(TARGETS)


@pytest.mark.parametrize(
    "sync",
    [
        {"to": "list"},
        {"to": "ldif"},
        {"to": "sealed"},
        {"to": "script"},
        {"to": "online"},
        {"to": "graph", "as": "guest"},
        {"to": "graph", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "google"},
        {"to": "google", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "ews", "mailboxes": MAILBOXES},
        {"to": "export-ews"},
    ],
    ids=lambda sync: "-".join(map(str, list(sync.values())[:2])),
)
async def test_each_target_takes_the_forms_that_the_settings_say(sync: dict[str, Any], tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(furnished(tmp_path), stack, **sync)
        settings = read.directories[made.sync.target]
        target = await target_of(made.sync.target, settings, made)
    assert target.name == made.sync.target
    assert target.ability.forms <= set(settings.writes)


@pytest.mark.parametrize(
    ("sync", "kind"),
    [
        ({"to": "graph", "as": "guest"}, GuestsTarget),
        ({"to": "graph", "as": "contact", "mailboxes": LISTED}, MailboxContactsTarget),
        ({"to": "google"}, SharedContactsTarget),
        ({"to": "google", "as": "contact", "mailboxes": LISTED}, GoogleContactsTarget),
    ],
)
async def test_the_form_chooses_the_target(sync: dict[str, Any], kind: type, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(furnished(tmp_path), stack, **sync)
        target = await target_of(made.sync.target, read.directories[made.sync.target], made)
        assert isinstance(target, kind)
        if "mailboxes" in sync:
            assert list(await target.places()) == LISTED["addresses"][:2]


async def test_a_directory_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(tmp_path, stack, to="ad")
        nowhere = read.directories["ad"].model_copy(update={"host": "127.0.0.1", "port": 1})
        with pytest.raises(PeerError):
            await target_of("ad", nowhere, made)


@pytest.mark.parametrize(("domain", "forms"), [("", {Form.MAIL_CONTACT, Form.GROUP}), ("c.example", {*FORMS})])
async def test_mail_users_need_a_domain_to_sign_in_at(domain: str, forms: set[Form], tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(tmp_path, stack, to="online")
        settings = read.directories["online"].model_copy(update={"sign_in_domain": domain})
        target = await target_of("online", settings, made)
    assert target.ability.forms == forms


async def test_scripts_of_two_syncs_do_not_meet(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(tmp_path, stack, to="script")
        await target_of("script", read.directories["script"], made)
    assert (tmp_path / "scripts" / "staff").stat().st_mode & 0o777 == 0o700


def test_a_password_that_nobody_knows() -> None:
    one, other = unknown_password(), unknown_password()
    assert one != other
    assert len(one) == 64
    assert {*"aA1-"} <= {*one}

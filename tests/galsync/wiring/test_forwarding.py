"""Tests of galsync/wiring/forwarding.py: whose mailboxes forward, and what is planned of them."""

from contextlib import AsyncExitStack
from pathlib import Path
from random import random

import pytest

from galsync.forwarding.forwards import NOWHERE
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import Record, Shifting
from galsync.people.moved import Mover
from galsync.settings.forwarder_consistency import FORWARDING
from galsync.settings.forwarders import ForwarderSettings
from galsync.side import Failed
from galsync.sides.active_directory_forwarding import ActiveDirectoryPostOffice
from galsync.sides.exchange_online_forwarding import ExchangeOnlinePostOffice
from galsync.sides.forwarding_by_script import ForwardingByScript
from galsync.sides.google_forwarding import GooglePostOffice
from galsync.wiring.forwarding import OFFICES, Forwarding, opened
from galsync.wiring.parts import Lines
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.state.database import Database
from tests.galsync.forwarding.post_office import GONE, HERE, NEW, OLD, TO_NEW, Office, post
from tests.galsync.remembered import Clock
from tests.galsync.settings.estate import settings
from tests.galsync.wiring.world import NOW, SECRETS, furnished, no_sleep


def test_every_directory_that_forwards_has_a_post_office() -> None:
    assert OFFICES.keys() == set(FORWARDING)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ad", ActiveDirectoryPostOffice),
        ("online", ExchangeOnlinePostOffice),
        ("google", GooglePostOffice),
        ("script", ForwardingByScript),
    ],
)
async def test_what_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: type) -> None:
    for key, value in SECRETS.items():
        monkeypatch.setenv(key, value)
    if name == "ad":
        pytest.importorskip("ldap")
    async with AsyncExitStack() as stack, Database.open(f"sqlite:{tmp_path / 's.db'}") as database:
        lines = Lines(directory=furnished(tmp_path), stack=stack, clock=lambda: NOW, sleep=no_sleep, chance=random)
        records = Records(database, move="m", directory=name, clock=lambda: NOW)
        written = ForwarderSettings.model_validate({"move": "m", "at": name})
        found = await opened(written, settings().directories, lines, records)
        assert isinstance(found.office, kind)
        assert (found.office.name, found.beyond) == (name, None)


def forwarding(
    database: Database, clock: Clock, office: Office, beyond: Office | None = None, to: str = ""
) -> Forwarding:
    written = ForwarderSettings.model_validate({"move": "m", "at": "a", **({"to": to} if to else {})})
    records = Records(database, move="m", directory="a", clock=clock)
    return Forwarding(settings=written, office=office, beyond=beyond, records=records)


async def test_both_sides_are_looked_at(database: Database, clock: Clock) -> None:
    office = Office({OLD: post()})
    there = Office({NEW: post(NEW)}, name="b")
    shifts = await forwarding(database, clock, office, there).plan([GONE, HERE])
    assert not isinstance(shifts, Failed)
    assert [(shift.act, shift.after) for shift in shifts] == [(Shifting.SET, TO_NEW)]
    there.posts.clear()
    refused = await forwarding(database, clock, office, there).plan([GONE])
    assert not isinstance(refused, Failed)
    assert [shift.act for shift in refused] == [Shifting.REFUSED]


async def test_to_another_address_than_that_of_the_new_side(database: Database, clock: Clock) -> None:
    same = Mover(OLD, OLD, True)
    office = Office({OLD: post()})
    (circle,) = await forwarding(database, clock, office).plan([same])  # type: ignore[misc]
    assert circle.act is Shifting.REFUSED
    (shift,) = await forwarding(database, clock, office, to="{local}@b.onmicrosoft.com").plan([same])  # type: ignore[misc]
    assert (shift.act, shift.after.address) == (Shifting.SET, "ann@b.onmicrosoft.com")


async def test_a_directory_that_cannot_be_read_is_told(database: Database, clock: Clock) -> None:
    office = Office({OLD: post()}, broken=PeerError(Reason.UNREACHABLE, "no answer"))
    failed = await forwarding(database, clock, office).plan([GONE])
    assert isinstance(failed, Failed)
    assert failed.words == "a: no answer"
    there = Office(broken=PeerError(Reason.UNREACHABLE, ""), name="b")
    failed = await forwarding(database, clock, Office(), there).plan([GONE])
    assert isinstance(failed, Failed)
    assert failed.words.startswith("b: ")


async def test_of_two_sides_that_cannot_be_read_both_are_told(database: Database, clock: Clock) -> None:
    broken = PeerError(Reason.INCOMPLETE, "run this")
    there = Office(broken=PeerError(Reason.INCOMPLETE, "run that"), name="b")
    failed = await forwarding(database, clock, Office(broken=broken), there).plan([GONE])
    assert isinstance(failed, Failed)
    assert failed.words == "a: run this; b: run that"


async def test_scripts_of_a_move_lie_in_a_folder_of_its_name(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack, Database.open(f"sqlite:{tmp_path / 's.db'}") as database:
        lines = Lines(directory=furnished(tmp_path), stack=stack, clock=lambda: NOW, sleep=no_sleep, chance=random)
        records = Records(database, move="merger", directory="script", clock=lambda: NOW)
        written = ForwarderSettings.model_validate({"move": "merger", "at": "script"})
        found = await opened(written, settings().directories, lines, records)
        assert isinstance(found.office, ForwardingByScript)
        assert found.office.script == tmp_path / "scripts" / "merger" / "script.forwarders.ps1"


async def test_whoever_never_moved_is_not_looked_for(database: Database, clock: Clock) -> None:
    office = Office({OLD: post()})
    opened_one = forwarding(database, clock, office)
    assert await opened_one.plan([HERE]) == []
    await opened_one.records.keep(OLD, Record("CN=ann", NOWHERE, TO_NEW, done=True))
    (shift,) = await opened_one.plan([HERE])  # type: ignore[misc]
    assert shift.act is Shifting.FORGET

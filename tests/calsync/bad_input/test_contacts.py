"""Contacts with bad input: carried or named, one by one, as appointments are (test_items.py)."""

from pathlib import Path

import pytest

from calsync.items import Unread
from calsync.reports.telling import document
from calsync.spoke import Failed, Written
from calsync.spokes.contacts_fit import EMPTY as NOTHING
from tests.calsync.bad_input import test_items
from tests.calsync.bad_input.contact_tables import CONTACTS_CARRIED, CONTACTS_UNREADABLE, EMPTY
from tests.calsync.bad_input.folders import FOLDERS
from tests.calsync.bad_input.joint import GOOD, joint, somebody, subjects
from tests.contracts.spoke_world import HUB, creation, deletion, done, standing, update


@pytest.mark.parametrize("system", sorted(CONTACTS_CARRIED))
async def test_what_can_be_read_without_guessing_is_carried(system: str, tmp_path: Path) -> None:
    await test_items.all_is_carried(system, CONTACTS_CARRIED[system], tmp_path)


@pytest.mark.parametrize("system", sorted(CONTACTS_UNREADABLE))
async def test_what_cannot_be_read_is_named_and_nothing_else_waits(system: str, tmp_path: Path) -> None:
    await test_items.all_is_named(system, CONTACTS_UNREADABLE[system], tmp_path)


@pytest.mark.parametrize("system", sorted(CONTACTS_UNREADABLE))
async def test_what_was_carried_and_cannot_be_read_any_more_stays(system: str, tmp_path: Path) -> None:
    await test_items.all_stays(system, CONTACTS_UNREADABLE[system], tmp_path)


@pytest.mark.parametrize("system", sorted(EMPTY))
async def test_a_contact_of_nothing_is_named_and_no_other_waits(system: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        key = (await made.enter({"nothing": None}))["nothing"]
        made.bad.spoil(key, EMPTY[system])
        await made.fill()
        report = await made.sync()
        assert len(await subjects(made.well)) == GOOD
        assert NOTHING in str(document(report))
        await made.quiet(whole=True)
        made.bad.mend()
        await made.bad.user.change(key, made.good("Mended"))
        assert (await made.sync()).well
        assert "Mended" in await subjects(made.well)


@pytest.mark.parametrize("system", sorted(CONTACTS_UNREADABLE))
async def test_what_cannot_be_read_is_not_written_and_what_stands_beside_it_is(system: str) -> None:
    async with FOLDERS[system]() as corner:
        spoke = corner.spoke
        ann, bo = await done(spoke, creation(somebody("Ann"), 1)), await done(spoke, creation(somebody("Bo"), 2))
        corner.spoil(ann.key, CONTACTS_UNREADABLE[system]["control characters"][0])
        there = await spoke.look([ann.key, bo.key])
        assert isinstance(there[ann.key], Unread)
        assert there[bo.key] == bo
        other = somebody("Other")
        writes = [update(ann, other, "surname"), deletion(ann), update(bo, other, "surname")]
        changed, deleted, beside = await spoke.write(writes)
        assert isinstance(changed, Failed)
        assert isinstance(deleted, Failed)
        assert changed.refused
        assert deleted.refused
        assert isinstance(beside, Written)
        assert [item.key async for item in spoke.ours(HUB)] == [bo.key]
        corner.mend()
        assert await standing(spoke, ann.key) == ann

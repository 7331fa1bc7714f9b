"""Tests of simulation/exchange/calendar_folders.py."""

import pytest
from lxml import etree

from simulation.exchange.calendar_folders import PREFIX, CalendarDesk
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.soap import T
from tests.simulation.exchange.calendar_asking import NOW, TIMES

ANNA, BOB = "anna@fabrikam.example", "bob@fabrikam.example"


def _desk() -> CalendarDesk:
    return CalendarDesk([ANNA, BOB], clock=lambda: NOW)


def _element(name: str, key: str) -> etree._Element:
    return etree.fromstring(f'<t:{name} xmlns:t="{T}" Id="{key}"/>')


def test_each_mailbox_has_a_calendar_and_reaches_no_other() -> None:
    desk = _desk()
    own = desk.folder(_element("DistinguishedFolderId", "calendar"), ANNA, {})
    assert own is desk.calendar(ANNA)
    assert own.key.startswith(PREFIX)
    with pytest.raises(Refused, match="ErrorAccessDenied"):
        desk.folder(_element("FolderId", own.key), BOB, {})
    with pytest.raises(Refused, match="ErrorFolderNotFound"):
        desk.folder(_element("FolderId", "x"), ANNA, {})


def test_items_change_their_versions_and_are_logged() -> None:
    desk = _desk()
    folder = desk.calendar(ANNA)
    entry = desk.add(folder, etree.fromstring(f'<t:CalendarItem xmlns:t="{T}">{TIMES}</t:CalendarItem>'))
    version = entry.version
    desk.touch(folder, entry)
    assert entry.version > version
    assert entry.changed_at == NOW
    assert desk.entry(entry.key, ANNA, {}) == (folder, entry, 0)
    with pytest.raises(Refused, match="ErrorAccessDenied"):
        desk.entry(entry.key, BOB, {})
    desk.remove(folder, entry)
    assert [word for word, _ in folder.log] == ["Create", "Update", "Delete"]
    with pytest.raises(Refused, match="ErrorItemNotFound"):
        desk.entry(entry.key, ANNA, {})


def test_a_tree_of_public_folders() -> None:
    desk = _desk()
    team = desk.public_folder("/Shared/Team")
    assert desk.public_folder("/Shared/Team") is team
    assert team.kind == "IPF.Appointment"
    assert desk.folders[team.parent].name == "Shared"
    assert desk.folder(_element("FolderId", team.key), BOB, {}) is team


def test_another_calendar_below_the_own_one() -> None:
    desk = _desk()
    made = desk.new_calendar(ANNA, "Team")
    assert list(desk.below(desk.calendar(ANNA).key)) == [made]

"""Tests of galsync/settings/pair_syncs.py."""

from typing import Any

import pytest

from galsync.settings.pair_syncs import discovering, every_sync_of, syncs_of
from galsync.settings.pairs import PairSettings
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person
from tests.galsync.settings.test_pairs import PAIR


def pair(**more: Any) -> PairSettings:
    return PairSettings.model_validate({**PAIR, **more})


def group(types: str) -> Person:
    told = {"groupTypes": types} if types else {}
    return Person(anchor="g", kind=Kind.GROUP, primary=Mailbox.parse("g@a.example"), attributes=told)


def test_people_both_ways() -> None:
    there, back = syncs_of(pair())
    assert (there.name, there.sources, there.target) == ("merger.to-destination", ("a",), "b-exchange")
    assert (back.name, back.sources, back.target) == ("merger.to-source", ("b",), "a-exchange")
    assert (there.groups, there.form, there.include.domains) == ("none", "mail-contact", ("a.example",))


def test_who_is_discovered_without_contacts() -> None:
    assert syncs_of(pair(contacts=False)) == ()
    assert discovering(pair(contacts=False)).name == "merger.to-destination"


def test_all_that_it_may_have_had() -> None:
    names = {"merger.to-destination", "merger.to-source", "merger.groups"}
    assert {sync.name for sync in every_sync_of(pair(contacts=False))} == names
    asked = pair(groups=True)
    assert every_sync_of(asked) == syncs_of(asked)


@pytest.mark.parametrize(
    ("lists", "groups", "takes"),
    [(True, False, [True, False]), (False, True, [False, True]), (True, True, [True, True])],
)
def test_the_two_check_boxes(lists: bool, groups: bool, takes: list[bool]) -> None:
    (sync,) = syncs_of(pair(contacts=False, distribution_lists=lists, groups=groups))
    assert (sync.name, sync.groups) == ("merger.groups", "entries")
    sieve = sync.include.sieve()
    assert [sieve.every(group(types)) for types in ("", "Unified")] == takes


def test_groups_with_their_members() -> None:
    (sync,) = syncs_of(pair(contacts=False, groups=True, group_address="{local}.a@b.example"))
    assert (sync.groups, sync.group_address) == ("groups", "{local}.a@b.example")

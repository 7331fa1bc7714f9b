"""Tests of calsync/plans/pictures.py: a published file that is late brings nothing back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.plans.pictures import COPY, FREED, PICTURE
from calsync.rules import Gets
from calsync.spoke import Ability
from tests.calsync.plans.model import World, event, giver, rules, whys


class Published(World):
    """Of which w is a file that cannot be written."""

    def ability(self, spoke: str) -> Ability:
        return replace(super().ability(spoke), writable=spoke != "w")


def published(made: type[World] = Published) -> tuple[World, str, str]:
    """An item of a, and its picture in w, by the same UID."""
    here = made(rules(giver("a"), giver("b"), giver("w", Gets())))
    mine, theirs = here.put("a", event(), uid="u"), here.put("w", event(), uid="u")
    here.quiet()
    return here, mine, theirs


def test_what_was_removed_does_not_come_back_from_its_picture() -> None:
    here, mine, theirs = published()
    here.remove("a", mine)
    assert whys(here.run()) == [("b", "GONE")]
    assert [aside.why for aside in here.asides.values()] == [PICTURE]
    assert (whys(here.run()), whys(here.run(everything=True))) == ([], [])
    here.remove("w", theirs)
    here.run()
    assert (here.asides, here.ledger, here.stands("a")) == ({}, {}, [])


def test_until_it_changes_or_nobody_could_be_so_late() -> None:
    for wait, change in ((0, True), (31, False)):
        here, mine, theirs = published()
        here.remove("a", mine)
        here.quiet()
        here.now += timedelta(days=wait)
        if change:
            here.change("w", theirs, location="Hall")
        else:
            here.touch("w", theirs)
        here.quiet()
        assert len(here.stands("a")) == 1


def test_what_could_have_been_removed_there_is_somebodys_own() -> None:
    here, mine, _ = published(World)
    here.remove("a", mine)
    assert FREED in {aside.why for aside in here.run().asides}
    here.quiet()
    assert len(here.stands("a")) == 1


@pytest.mark.parametrize(("uid", "taken"), [("token@busyline", 0), ("token@elsewhere.example", 1)])
def test_a_copy_of_ours_without_its_stamp_is_no_new_item(uid: str, taken: int) -> None:
    here = World(rules(giver("a"), giver("b")))
    here.put("a", event(), uid=uid)
    made = here.run()
    assert len(here.stands("b")) == taken
    assert [aside.why for aside in made.asides] == ([] if taken else [COPY])

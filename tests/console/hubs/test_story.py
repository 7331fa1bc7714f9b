"""Tests of console/hubs/story.py: what is told of an item, whoever asks by title, key or UID."""

from dataclasses import replace

from protocols.model.event import Sensitivity
from tests.console.hubs.merger import KICK_OFF, MAY, Merger


def test_the_story_of_an_item(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    assert typing.types("why", "merger", "kick") == 0
    told = typing.out.splitlines()
    assert told[0] == "Kick-off, 2026-11-09 09:00 to 10:00 (UTC)"
    assert told[1].startswith("  item ")
    assert told[1].endswith(", from north, changed last at north")
    assert f"  north: where it comes from ({here.key('north')})" in told
    assert f"  south: our copy ({here.key('south')})" in told
    assert "  2026-11-02 08:00 UTC run 1: create at south: done, new at another spoke" in told
    by_key = typing.json("why", "merger", here.key("south"))
    [item] = by_key["items"]
    assert (item["title"], item["origin"], [place["copy"] for place in item["spokes"]]) == (
        "Kick-off",
        "north",
        [False, True],
    )
    [by_uid] = typing.json("why", "merger", item["spokes"][0]["uid"])["items"]
    assert by_uid["item"] == item["item"]


def test_what_two_changed_is_told_with_both_versions(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.configure(hub='conflicts = "order"\n')
    here.changes("north", here.key("north"), replace(KICK_OFF, subject="Northern"))
    here.changes("south", here.key("south"), replace(KICK_OFF, subject="Southern"))
    assert typing.types("sync", "merger") == 0, typing.out
    assert "1 changed at two spokes:\n    subject of Northern: that of north stays" in typing.out
    assert "Both versions, and how to have the other one: busyline calendar why merger ITEM" in typing.out
    assert typing.types("why", "merger", "northern") == 0
    told = [line.strip() for line in typing.out.splitlines() if "run 2: subject" in line or line.startswith(" " * 6)]
    assert told[-5:] == [
        "2026-11-02 08:00 UTC run 2: subject was changed at north and south",
        "stayed, that of north: Northern",
        "did not stay, that of south: Southern",
        'decided by: conflicts = "order": the change at the spoke that the settings name first stays',
        "to change that: write the other version into the item at north: the next run takes it everywhere",
    ]
    [clash] = typing.json("why", "merger", "northern")["items"][0]["conflicts"]
    assert (clash["kept"], clash["lost"]) == ("Northern", "Southern")
    here.changes("north", here.key("north"), replace(KICK_OFF, subject="Southern"))  # as the last line says
    assert typing.types("sync", "merger") == 0, typing.out
    assert here.standing("south") == ["Southern"]


def test_an_edit_that_beat_a_removal_is_told_and_how_to_remove_it_all_the_same(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.changes("north", here.key("north"), replace(KICK_OFF, subject="Northern"))
    here.removes("south", here.key("south"))
    assert typing.types("sync", "merger") == 0, typing.out
    assert typing.types("why", "merger", "northern") == 0
    assert "run 2: removed at south and changed at north: it stays" in typing.out
    assert "to change that: remove it again, at north: the next run removes it everywhere" in typing.out


def test_why_something_is_not_somewhere(here: Merger) -> None:
    typing = here.typing
    here.configure(south="get = { change = true }\n")
    here.enters("north", replace(KICK_OFF, subject="Doctor", sensitivity=Sensitivity.PRIVATE))
    assert typing.types("sync", "merger", "--yes") == 0, typing.out
    assert typing.types("why", "merger", "Kick-off") == 0
    assert "south: is not here: no copies may be made here (create = false)" in typing.out
    assert typing.types("why", "merger", "private item") == 0
    assert "Doctor" not in typing.out
    assert "private items are not given (private = skip)" in typing.out
    assert typing.json("why", "merger", "private item")["not_taken"][0]["spoke"] == "north"


def test_what_was_removed_is_found_by_its_title_still(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.removes("north", here.key("north"))
    assert typing.types("sync", "merger") == 0, typing.out
    assert typing.types("why", "merger", "kick-OFF") == 0
    assert typing.out.splitlines()[0] == "Kick-off, 2026-11-09 09:00 to 10:00 (UTC)"
    assert "the hub has it no more" in typing.out
    assert "run 2: delete at south: done, gone where it came from" in typing.out
    [item] = typing.json("why", "merger", "kick")["items"]
    assert (item["title"], item["origin"], item["spokes"]) == ("Kick-off", "", [])
    assert typing.json("why", "merger", item["item"])["items"] == [item]


def test_what_was_removed_is_looked_for_beside_others_where_that_is_wanted(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.removes("north", here.key("north"))
    here.enters("north", replace(KICK_OFF, subject="Kick-off two"))
    assert typing.types("sync", "merger") == 0, typing.out
    names = [item["title"] for item in typing.json("why", "merger", "kick-off")["items"]]
    assert names == ["Kick-off two"]
    names = [item["title"] for item in typing.json("why", "merger", "kick-off", "--removed")["items"]]
    assert names == ["Kick-off two", "Kick-off"]


def test_of_what_nobody_knows(here: Merger) -> None:
    assert here.typing.types("why", "merger", "nothing") == 1
    assert "nothing of merger is called so" in here.typing.out
    assert here.typing.json("why", "merger", "nothing", code=1)["items"] == []


def test_many_are_counted(here: Merger) -> None:
    for number in range(12):
        here.enters("north", replace(KICK_OFF, subject=f"Stand-up {number}"))
    here.configure(south=MAY)
    assert here.typing.types("sync", "merger", "--yes") == 0
    assert here.typing.types("why", "merger", "stand-up") == 0
    assert "there are more: write more of the title, or a key" in here.typing.out

"""Tests of bench/calsync/books.py: people work in the contacts of both systems, and what the servers saw is told."""

from bench.calsync.books import books, user_of
from bench.calsync.ground import Asked, Reached
from bench.calsync.hubs import NOW, contact, contacts_spoke
from bench.calsync.ways import Counts, Faster, wire
from protocols.model.card import Card
from tests.contracts.spoke_world import Reader


async def test_people_work_there_and_spokes_read_what_they_did() -> None:
    clock = Faster(NOW, 1.0)
    with books(Asked(calendars=1, mailboxes=2, clock=clock)) as there:
        assert isinstance(there.told, Reached)
        await there.ask("fill", "outlook-0", [contact(1), contact(2)])
        for name in ("google-0", "outlook-1"):
            key = await there.ask("create", name, contact(3))
            await there.ask("change", name, key, contact(3, words=" again"))
        async with wire() as way:
            for name in ("google-0", "outlook-1"):
                [item] = (await Reader(contacts_spoke(name, way, there.told, clock, Counts())).news()).items.values()
                assert isinstance(item.content, Card)
                assert item.content == contact(3, words=" again")
        seen = await there.ask("seen")
    assert (seen.copies, seen.refused, seen.google_refused, seen.mails) == (2, 0, 0, 0)


async def test_what_nobody_carries_does_not_arrive_and_what_is_everywhere_has() -> None:
    with books(Asked(calendars=1, mailboxes=1, clock=Faster(NOW, 1.0))) as there:
        key = await there.ask("create", "google-0", contact(1))
        assert await there.ask("arrived", "google-0", key, contact(1, words=" again"), 0.05) == 0.05
        await there.ask("create", "outlook-0", contact(1, words=" once more"))
        assert await there.ask("arrived", "google-0", key, contact(1, words=" once more"), 5.0) < 5.0


def test_each_spoke_is_another_user() -> None:
    assert user_of("google-1") == "google-1@northwind.example"
    assert user_of("outlook-0") == "outlook-0@contoso.example"

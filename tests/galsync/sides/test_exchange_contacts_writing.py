"""A batch of steps to the contacts of one Exchange mailbox."""

from galsync.side import Failed, Written
from galsync.sides.exchange_contact import GONE, held_of
from galsync.sides.exchange_contacts_writing import ExchangeWriting
from galsync.sides.mailbox_contacts_writing import Known
from protocols.ews.contacts import some
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.contracts.target import create, remove, retire, update
from tests.galsync.sides.exchange_world import ANNA, NOW, ExchangeMailboxes, exchange_mailboxes
from tests.galsync.sides.test_exchange_contacts_target import entry

WRITING = ExchangeWriting(sync="fabrikam", category="Contoso", clock=lambda: NOW)


def _asked(world: ExchangeMailboxes, start: int = 0) -> list[str]:
    return [each.headers["SOAPAction"].rpartition("/")[2].rstrip('"') for each in world.requests[start:]]


async def test_each_kind_of_write_is_one_call_and_deletions_come_first() -> None:
    async with exchange_mailboxes() as world:
        folder, access, known = world.folder("List"), world.way().into(ANNA), Known()
        people = [entry(name) for name in ("ann", "bob")]
        made = await WRITING.write(access, folder.key, [create(each) for each in people], known)
        keys = [each.key for each in made if isinstance(each, Written)]
        ann, bob = [held_of(each) for each in (await some(access, keys, as_of=NOW)).values() if each]
        start = len(world.requests)
        steps = [
            create(entry("carl")),
            update(entry("ann", title="Lead"), ann, texts=(Field.TITLE,)),
            remove(bob, "ad:bob"),
            retire(ann, "ad:ann"),
        ]
        outcomes = await WRITING.write(access, folder.key, steps, known)
    assert [type(each) for each in outcomes] == [Written, Written, Written, Failed]
    assert _asked(world, start) == ["GetItem", "DeleteItem", "UpdateItem", "CreateItem"]


async def test_without_a_folder_nothing_is_there() -> None:
    async with exchange_mailboxes() as world:
        folder = world.folder("List")
        item = world.put(folder, "Ann", "ann@b.example", stamp="busyline:fabrikam/ad:ann")
        access = world.way().into(ANNA)
        [contact] = (await some(access, [item.key], as_of=NOW)).values()
        assert contact is not None
        steps = [remove(held_of(contact), "ad:ann"), update(entry("ann"), held_of(contact), texts=(Field.TITLE,))]
        start = len(world.requests)
        assert await WRITING.write(access, None, steps, Known()) == [Written(), GONE]
        assert _asked(world, start) == []


async def test_a_hint_is_looked_at_before_it_is_believed() -> None:
    """What is said to have the address may have another one by now, or be gone."""
    async with exchange_mailboxes() as world:
        folder, access = world.folder("List"), world.way().into(ANNA)
        item = world.put(folder, "Other", "other@b.example")
        known = Known({"ann@b.example": item.key, "bob@b.example": f"{ANNA}/gone"})
        outcomes = await WRITING.write(access, folder.key, [create(entry("ann")), create(entry("bob"))], known)
        assert [type(each) for each in outcomes] == [Written, Written]
        assert known.keys["ann@b.example"] != item.key


async def test_an_update_of_nothing_that_a_contact_holds_is_done() -> None:
    async with exchange_mailboxes() as world:
        folder, access = world.folder("List"), world.way().into(ANNA)
        item = world.put(folder, "Ann", "ann@b.example", stamp="busyline:fabrikam/ad:ann")
        [contact] = (await some(access, [item.key], as_of=NOW)).values()
        assert contact is not None
        [outcome] = await WRITING.write(access, folder.key, [update(entry("ann"), held_of(contact), "photo")], Known())
        assert outcome == Written(item.key, contact.version)


async def test_what_cannot_be_looked_at_is_not_written() -> None:
    async with exchange_mailboxes() as world:
        folder, access = world.folder("List"), world.way().into(ANNA)
        item = world.put(folder, "Ann", "ann@b.example", stamp="busyline:fabrikam/ad:ann")
        [contact] = (await some(access, [item.key], as_of=NOW)).values()
        assert contact is not None
        world.desk.refuse = lambda operation: 1.0 if operation == "GetItem" else None
        [outcome] = await WRITING.write(access, folder.key, [remove(held_of(contact), "ad:ann")], Known())
        assert isinstance(outcome, Failed)
        assert (outcome.reason, outcome.doubt) == (Reason.THROTTLED, False)
        assert item.key in folder.items

"""Contacts in mailboxes of an Exchange server as a target."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Target, Written
from galsync.sides.exchange_contacts_target import ExchangeContactsTarget
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.ews.contact_fields import FIELDS
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.exchange.contact_mailboxes import Folder
from simulation.faults import Trouble
from tests.contracts.target import WAIT, TargetContract, create, remove, update
from tests.galsync.sides.exchange_world import ANNA, LIST_NAME, READER, WRITER, exchange_mailboxes

BOB = "bob@fabrikam.example"


class TestExchangeContactsTarget(TargetContract):
    place = ANNA
    form = Form.CONTACT
    telling = FIELDS
    aliases = False
    x500 = False

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with exchange_mailboxes() as self.world:
            yield self.world.target()

    def ours(self) -> Folder:
        return self.world.ours() or self.world.folder(LIST_NAME, mark=self.sync)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        self.world.put(self.ours(), name, address, stamp=stamp.text if stamp else "")

    async def meddle(self, key: str) -> None:
        item = self.ours().items[key]
        item.values[("contacts:JobTitle",)] = "Somebody else's"
        item.version += 1

    async def throttle(self) -> None:
        seconds = WAIT.total_seconds()
        self.world.desk.refuse = lambda operation: seconds if operation.startswith("Create") else None

    async def spoil(self) -> None:
        self.world.desk.page = 1
        self.world.server.faults.trouble = Trouble.LOST_PAGE


def entry(name: str, **texts: str) -> Entry:
    wanted = {Field.DISPLAY_NAME: name.title(), **{Field(key): text for key, text in texts.items()}}
    address = Mailbox.parse(f"{name}@b.example")
    return Entry(anchor=f"ad:{name}", form=Form.CONTACT, address=address, texts=wanted)


async def _all(target: ExchangeContactsTarget, place: str = ANNA) -> list[Held]:
    return [held async for held in target.held(place)]


async def _write(target: ExchangeContactsTarget, *steps: Step, place: str = ANNA) -> list[Outcome]:
    return list(await target.write(place, steps))


async def test_a_contact_looks_as_outlook_and_phones_want_it() -> None:
    async with exchange_mailboxes() as world:
        wanted = entry("ann", phone="+49 (30) 5550-101", fax="+49 30 1", street="Domstr. 1", country="DE", notes="A\nB")
        [outcome] = await _write(world.target(), create(wanted))
        assert isinstance(outcome, Written)
        folder = world.ours()
        assert folder is not None
        values = folder.items[outcome.key].values
        assert world.desk.mailboxes[ANNA].contacts.items == {}
    assert (folder.name, folder.kind) == (LIST_NAME, "IPF.Contact")
    assert values[("item:Categories",)] == LIST_NAME
    assert values[("contacts:FileAs",)] == "Ann"
    assert values[("contacts:EmailAddress", "EmailAddress1")] == "ann@b.example"
    assert values[("contacts:PhoneNumber", "BusinessPhone")] == "+49 (30) 5550-101"
    assert values[("contacts:PhoneNumber", "BusinessFax")] == "+49 30 1"
    assert values[("contacts:PhysicalAddress:CountryOrRegion", "Business")] == "DE"
    assert values[("item:Body",)] == "A\nB"


async def test_every_request_names_its_mailbox_to_the_front_of_the_server() -> None:
    async with exchange_mailboxes() as world:
        await _write(world.target(), create(entry("ann")))
    assert {request.headers["X-AnchorMailbox"] for request in world.requests} == {ANNA}


async def test_the_name_under_which_it_is_filed_follows_the_name_that_is_shown() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")), create(entry("bob")))
        [ann, bob] = sorted(await _all(target), key=lambda held: str(held.address))
        folder = world.ours()
        assert folder is not None
        folder.items[bob.key].values[("contacts:FileAs",)] = "my friend"
        steps = [
            update(entry("ann", display_name="Anne"), ann, texts=(Field.DISPLAY_NAME,)),
            update(entry("bob", display_name="Rob"), bob, texts=(Field.DISPLAY_NAME,)),
        ]
        assert [type(each) for each in await _write(target, *steps)] == [Written, Written]
        filed = [folder.items[each.key].values[("contacts:FileAs",)] for each in (ann, bob)]
    assert filed == ["Anne", "my friend"]


async def test_what_stands_beside_in_the_folder_is_seen_and_left_alone() -> None:
    """Lists of distribution are nobody; contacts elsewhere in the mailbox are no clash."""
    async with exchange_mailboxes() as world:
        own = world.put(world.desk.mailboxes[ANNA].contacts, "Ann", "ann@b.example")
        folder = world.folder("renamed by somebody", mark="fabrikam")
        world.desk.put(folder, {("contacts:DisplayName",): "Friends"}, "DistributionList")
        target = world.target()
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]
        assert [held.address for held in await _all(target)] == [Mailbox.parse("ann@b.example")]
        assert list(world.desk.mailboxes[ANNA].contacts.items) == [own.key]
        assert len(folder.items) == 2


async def test_a_hundred_and_more_are_read_in_pages() -> None:
    async with exchange_mailboxes() as world:
        folder = world.folder(LIST_NAME, mark="fabrikam")
        for number in range(205):
            world.put(folder, f"Person {number}", f"p{number}@b.example")
        held = await _all(world.target())
        sizes = [request.body.count(b"<t:ItemId ") for request in world.requests if b"<m:GetItem>" in request.body]
    assert len({each.key for each in held}) == 205
    assert sizes == [100, 100, 5]


async def test_a_folder_that_changes_while_it_is_read_is_an_error() -> None:
    async with exchange_mailboxes() as world:
        folder = world.folder(LIST_NAME, mark="fabrikam")
        world.desk.page = 2
        for name in ("a", "b", "c", "d"):
            world.put(folder, name, f"{name}@b.example")
        reading = world.target().held(ANNA)
        await anext(reading)
        del folder.items[next(iter(folder.items))]
        with pytest.raises(PeerError) as raised:
            [held async for held in reading]
    assert raised.value.reason is Reason.INCOMPLETE


async def test_only_what_comes_after_the_throttle_is_told_to_wait() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        world.desk.refuse_item = lambda operation, number: 30.0 if (operation, number) == ("CreateItem", 3) else None
        outcomes = await _write(target, *(create(entry(f"p{number}")) for number in range(6)))
        failed = [each for each in outcomes if isinstance(each, Failed)]
        assert [isinstance(each, Written) for each in outcomes] == [True] * 3 + [False] * 3
        assert {(each.reason, each.retry_after, each.doubt) for each in failed} == {
            (Reason.THROTTLED, timedelta(seconds=30), False)
        }
        world.desk.refuse_item = lambda operation, number: None
        assert len(await _all(target)) == 3


async def test_where_it_is_told_to_wait_nothing_more_is_asked() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        [ann] = await _all(target)
        world.desk.refuse = lambda operation: 7.0 if operation == "DeleteItem" else None
        before = len(world.requests)
        outcomes = await _write(target, remove(ann, "ad:ann"), create(entry("bob")))
        asked = [request.headers["SOAPAction"].rpartition("/")[2] for request in world.requests[before:]]
    assert [isinstance(each, Failed) and each.retry_after for each in outcomes] == [WAIT, WAIT]
    assert asked == ['GetItem"', 'DeleteItem"']


async def test_a_reading_waits_as_it_is_told() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        world.server.faults.trouble, world.server.faults.times = Trouble.THROTTLED, 2
        world.server.faults.retry_after = 3
        assert len(await _all(target)) == 1
    assert world.waits == [3.0, 3.0]


@pytest.mark.parametrize(
    ("trouble", "doubt"),
    [
        (Trouble.BROKEN, True),
        (Trouble.TRUNCATED, True),
        (Trouble.HTML, True),
        (Trouble.WRONG_COUNT, True),
        (Trouble.THROTTLED, False),
        (Trouble.DENIED, False),
    ],
)
async def test_a_call_that_fails_as_a_whole(trouble: Trouble, doubt: bool) -> None:
    """Unless Exchange says no, nobody knows what was done; what was is never doubled."""
    async with exchange_mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("first")))
        world.server.faults.trouble = trouble
        world.server.faults.only = lambda call: b"<m:CreateItem>" in call.body
        outcomes = await _write(target, create(entry("ann")), create(entry("bob")))
        assert [isinstance(each, Failed) and each.doubt for each in outcomes] == [doubt, doubt]
        world.server.faults.clear()
        again = await _write(target, create(entry("ann")), create(entry("bob")))
        names = sorted(str(held.address) for held in await _all(target))
    assert names == ["ann@b.example", "bob@b.example", "first@b.example"]
    assert [isinstance(each, Written) for each in again] == [
        trouble not in (Trouble.TRUNCATED, Trouble.WRONG_COUNT)
    ] * 2


async def test_the_same_address_twice_in_one_batch_is_written_once() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        other = replace(entry("ann"), anchor="ad:another")
        outcomes = await _write(target, create(entry("ann")), create(other))
        assert [type(each) for each in outcomes] == [Written, Failed]
        assert len(await _all(target)) == 1


async def test_a_folder_of_the_same_name_that_is_not_ours_is_left_alone() -> None:
    async with exchange_mailboxes() as world:
        folder = world.folder(LIST_NAME)
        [outcome] = await _write(world.target(), create(entry("ann")))
    assert isinstance(outcome, Failed)
    assert "rename one of them" in outcome.words
    assert folder.items == {}


async def test_a_mailbox_that_is_not_there_fails_alone() -> None:
    async with exchange_mailboxes() as world:
        target = world.target(ANNA, BOB)
        assert await target.places() == [ANNA, BOB]
        [outcome] = await _write(target, create(entry("ann")), place=BOB)
        assert isinstance(outcome, Failed)
        assert outcome.reason is Reason.NO_SUCH_MAILBOX
        with pytest.raises(PeerError):
            await _all(target, BOB)
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]


async def test_a_mailbox_out_of_the_scope_cannot_be_reached() -> None:
    async with exchange_mailboxes(ANNA, BOB) as world:
        world.desk.scope = frozenset({ANNA})
        target = world.target(ANNA, BOB)
        [outcome] = await _write(target, create(entry("ann")), place=BOB)
        assert isinstance(outcome, Failed)
        assert outcome.reason is Reason.UNAUTHORIZED
        assert "ApplicationImpersonation" in outcome.words
        assert world.desk.mailboxes[BOB].contacts.items == {}
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]


async def test_a_delegate_writes_where_the_owner_let_him_in_and_nowhere_else() -> None:
    async with exchange_mailboxes(ANNA, BOB) as world:
        world.account = READER
        world.desk.mailboxes[ANNA].delegates = frozenset({READER.username})
        target = world.target(ANNA, BOB, impersonates=False)
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]
        [outcome] = await _write(target, create(entry("ann")), place=BOB)
        assert isinstance(outcome, Failed)
        assert outcome.reason is Reason.NO_ACCESS
        assert len(await _all(target)) == 1


async def test_a_folder_that_somebody_deleted_is_made_anew() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        [ann] = await _all(target)
        folder = world.ours()
        assert folder is not None
        del world.desk.mailboxes[ANNA].folders[folder.key]
        assert await _all(target) == []
        assert await _write(target, remove(ann, "ad:ann")) == [Written()]
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]


async def test_what_no_contact_can_do_is_said() -> None:
    async with exchange_mailboxes() as world:
        target = world.target()
        group = replace(entry("team"), form=Form.GROUP)
        odd = Step(act=Act.UPDATE, anchor="ad:ann", why=create(entry("ann")).why, entry=entry("ann"))
        outcomes = await _write(target, create(group), odd)
        assert [type(each) for each in outcomes] == [Failed, Failed]
        assert WRITER.password not in "".join(each.words for each in outcomes if isinstance(each, Failed))


async def test_what_exchange_calls_malformed_spoils_no_other() -> None:
    """A fault refuses the whole call and does nothing: the others are written without the one that is the cause."""
    async with exchange_mailboxes() as world:
        target = world.target()
        people = [entry(f"p{number}") for number in range(6)]
        people[4] = entry("p4", web_page="no web page")
        outcomes = await _write(target, *map(create, people))
        assert [isinstance(each, Written) for each in outcomes] == [True] * 4 + [False, True]
        assert isinstance(outcomes[4], Failed)
        assert "ErrorSchemaValidation" in outcomes[4].words
        assert not outcomes[4].doubt
        assert len(await _all(target)) == 5

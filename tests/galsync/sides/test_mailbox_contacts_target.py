"""Contacts in mailboxes of Microsoft 365 as a target."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Target, Written
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.graph.contact_fields import FIELDS
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.faults import Trouble
from simulation.graph.contact_objects import Folder
from tests.contracts.target import WAIT, TargetContract, create, remove, update
from tests.galsync.sides.mailbox_world import ANNA, LIST_NAME, mailboxes

BOB = "bob@contoso.example"


class TestMailboxContactsTarget(TargetContract):
    place = ANNA
    form = Form.CONTACT
    telling = FIELDS
    aliases = False
    x500 = False

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with mailboxes() as self.world:
            yield self.world.target()

    def ours(self) -> Folder:
        return self.world.ours() or self.world.folder(LIST_NAME, mark=self.sync)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        properties = {"displayName": name, "emailAddresses": [{"address": address, "name": name}]}
        self.world.put(self.ours(), f"of-{name}", properties, stamp.text if stamp else "")

    async def meddle(self, key: str) -> None:
        item = self.ours().contacts[key]
        item.properties["jobTitle"], item.version = "Somebody else's", 999_999

    async def throttle(self) -> None:
        seconds = WAIT.total_seconds()
        self.world.desk.limits.refuse = lambda method, path: seconds if method != "GET" else None

    async def spoil(self) -> None:
        self.world.desk.page = 1
        self.world.server.faults.trouble = Trouble.LOST_PAGE


def entry(name: str, **texts: str) -> Entry:
    wanted = {Field.DISPLAY_NAME: name.title(), **{Field(key): text for key, text in texts.items()}}
    address = Mailbox.parse(f"{name}@b.example")
    return Entry(anchor=f"ad:{name}", form=Form.CONTACT, address=address, texts=wanted)


async def _all(target: MailboxContactsTarget, place: str = ANNA) -> list[Held]:
    return [held async for held in target.held(place)]


async def _write(target: MailboxContactsTarget, *steps: Step, place: str = ANNA) -> list[Outcome]:
    return list(await target.write(place, steps))


async def test_a_contact_looks_as_outlook_and_phones_want_it() -> None:
    async with mailboxes() as world:
        [outcome] = await _write(world.target(), create(entry("ann", phone="+49 (30) 5550-101", fax="+49 30 1")))
        assert isinstance(outcome, Written)
        folder = world.ours()
        assert folder is not None
        item = folder.contacts[outcome.key]
        assert world.desk.mailboxes[ANNA].folders["contacts"].contacts == {}
    assert folder.properties["displayName"] == LIST_NAME
    assert item.properties["categories"] == [LIST_NAME]
    assert item.properties["fileAs"] == "Ann"
    assert item.properties["businessPhones"] == ["+49 (30) 5550-101"]
    assert item.properties["emailAddresses"] == [{"name": "Ann", "address": "ann@b.example"}]
    assert item.extended["string 0x3a24"] == "+49 30 1"


async def test_contacts_elsewhere_in_the_mailbox_are_no_clash() -> None:
    async with mailboxes() as world:
        own = world.desk.mailboxes[ANNA].folders["contacts"]
        world.put(own, "own", {"emailAddresses": [{"address": "ann@b.example"}]})
        target = world.target()
        assert [type(each) for each in await _write(target, create(entry("ann")))] == [Written]
        assert len(await _all(target)) == 1
        assert list(own.contacts) == ["own"]


async def test_only_what_is_throttled_is_told_to_wait() -> None:
    """Four of twenty are refused in the batch: these alone have failed, and without doubt."""
    async with mailboxes() as world:
        target, seen = world.target(), []

        def refuse(method: str, path: str) -> float | None:
            if method != "POST" or path.endswith("contactFolders"):
                return None
            seen.append(path)
            return 30.0 if len(seen) % 5 == 0 else None

        world.desk.limits.refuse = refuse
        outcomes = await _write(target, *(create(entry(f"p{number}")) for number in range(20)))
        failed = [each for each in outcomes if isinstance(each, Failed)]
        assert [(each.reason, each.doubt) for each in failed] == [(Reason.THROTTLED, False)] * 4
        assert {each.retry_after.total_seconds() for each in failed if each.retry_after} == {30.0}
        assert len(await _all(target)) == 16


@pytest.mark.parametrize(
    ("trouble", "doubt"),
    [(Trouble.BROKEN, True), (Trouble.TRUNCATED, True), (Trouble.HTML, True), (Trouble.THROTTLED, False)],
)
async def test_a_batch_that_fails_as_a_whole_leaves_all_in_doubt(trouble: Trouble, doubt: bool) -> None:
    async with mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("first")))
        world.server.faults.trouble = trouble
        world.server.faults.only = lambda call: call.path.endswith("$batch")
        outcomes = await _write(target, create(entry("ann")), create(entry("bob")))
        assert [isinstance(each, Failed) and each.doubt for each in outcomes] == [doubt, doubt]
        world.server.faults.clear()
        again = await _write(target, create(entry("ann")), create(entry("bob")))
        names = [each.texts[Field.DISPLAY_NAME] for each in await _all(target)]
        assert sorted(names) == ["Ann", "Bob", "First"]
        assert all(isinstance(each, Failed) is (trouble is Trouble.TRUNCATED) for each in again)


async def test_a_fill_of_forty_keeps_within_the_limits() -> None:
    async with mailboxes() as world:
        target, steps = world.target(), [create(entry(f"p{number}")) for number in range(40)]
        assert all(isinstance(each, Written) for each in await _write(target, *steps[:20]))
        assert all(isinstance(each, Written) for each in await _write(target, *steps[20:]))
        calls = [request.url.rpartition("/")[2].partition("?")[0] for request in world.requests]
        assert calls == ["contactFolders", "contactFolders", "$batch", "$batch"]
        assert world.desk.limits.most[ANNA] == 4
        assert 429 not in world.desk.limits.answered


async def test_many_mailboxes_are_looked_into_with_few_calls() -> None:
    addresses = [f"p{number:02}@contoso.example" for number in range(45)]
    async with mailboxes(*addresses) as world:
        world.folder(LIST_NAME, addresses[7], mark="fabrikam")
        target = world.target(*addresses, "nobody@contoso.example")
        assert list(await target.places()) == [*addresses, "nobody@contoso.example"]
        assert len(world.requests) == 3
        for address in (addresses[0], addresses[44]):
            assert await _all(target, address) == []
        assert len(world.requests) == 3
        assert await _all(target, addresses[7]) == []
        with pytest.raises(PeerError) as raised:
            await _all(target, "nobody@contoso.example")
        assert raised.value.reason is Reason.NO_SUCH_MAILBOX
        await _all(target, addresses[0])  # what was foreseen is believed once
        assert len(world.requests) == 6


async def test_a_folder_that_was_renamed_is_still_ours_and_one_of_that_name_is_not() -> None:
    async with mailboxes(ANNA, BOB) as world:
        world.folder("Renamed", ANNA, mark="fabrikam")
        world.folder("Of another list", ANNA, mark="other")
        world.folder(LIST_NAME, BOB)
        target = world.target(ANNA, BOB)
        [outcome] = await _write(target, create(entry("ann")))
        assert isinstance(outcome, Written)
        ours = world.ours(ANNA)
        assert ours is not None
        assert (ours.properties["displayName"], list(ours.contacts)) == ("Renamed", [outcome.key])
        [refused] = await _write(target, create(entry("ann")), place=BOB)
        assert isinstance(refused, Failed)
        assert "rename" in refused.words


async def test_a_folder_that_somebody_deleted_is_made_again() -> None:
    async with mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        ours = world.ours()
        assert ours is not None
        del world.desk.mailboxes[ANNA].folders[ours.properties["id"]]
        [held] = [Held(key=key) for key in ours.contacts]
        outcomes = await _write(target, remove(held, "ad:ann"), create(entry("bob")))
        assert isinstance(outcomes[0], Written)
        assert isinstance(outcomes[1], Failed)  # seen only by the refusal; the next try makes the folder
        assert await _all(target) == []
        assert [type(each) for each in await _write(target, create(entry("bob")))] == [Written]
        assert len(await _all(target)) == 1


async def test_what_somebody_added_to_a_contact_of_ours_stays() -> None:
    async with mailboxes() as world:
        target = world.target()
        [outcome] = await _write(target, create(entry("ann", phone="1", street="Here 1", city="Köln")))
        assert isinstance(outcome, Written)
        ours = world.ours()
        assert ours is not None
        item = ours.contacts[outcome.key]
        item.properties |= {"personalNotes": "met in spring", "businessPhones": ["1", "2"], "fileAs": "Ann the Great"}
        item.properties["emailAddresses"].append({"name": "", "address": "home@a.example"})
        [held] = await _all(target)
        wanted = replace(
            entry("annie", phone="3", city="Bonn"), anchor="ad:ann", address=Mailbox.parse("anne@b.example")
        )
        fields = (Field.DISPLAY_NAME, Field.PHONE, Field.CITY)
        [done] = await _write(target, update(wanted, held, "address", texts=fields))
        assert isinstance(done, Written)
        told = item.properties
    assert (told["displayName"], told["fileAs"], told["personalNotes"]) == ("Annie", "Ann the Great", "met in spring")
    assert told["businessPhones"] == ["3", "2"]
    assert told["businessAddress"] == {"street": "Here 1", "city": "Bonn"}
    assert [each["address"] for each in told["emailAddresses"]] == ["anne@b.example", "home@a.example"]


async def test_a_name_alone_does_not_change_what_is_shown() -> None:
    """Graph makes the name to show anew where it is not sent along."""
    async with mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann", given_name="Ann")))
        [held] = await _all(target)
        await _write(target, update(entry("ann", given_name="Anne"), held, texts=(Field.GIVEN_NAME,)))
        [after] = await _all(target)
    assert after.texts == {Field.DISPLAY_NAME: "Ann", Field.GIVEN_NAME: "Anne"}


async def test_every_write_says_which_version_it_means() -> None:
    async with mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        [held] = await _all(target)
        await _write(target, update(entry("ann", title="Lead"), held, texts=(Field.TITLE,)))
        [request] = [
            each
            for call in world.requests
            if call.url.endswith("$batch")
            for each in orjson.loads(call.body)["requests"]
            if each["method"] == "PATCH"
        ]
        assert request["headers"]["If-Match"] == held.version


async def test_a_mailbox_out_of_reach_is_told_so() -> None:
    async with mailboxes(ANNA, BOB) as world:
        world.desk.reached = frozenset({BOB})
        target = world.target(ANNA, BOB)
        with pytest.raises(PeerError) as raised:
            await _all(target)
        [outcome] = await _write(target, create(entry("ann")))
        assert isinstance((await _write(target, create(entry("ann")), place=BOB))[0], Written)
    assert raised.value.reason is Reason.NO_ACCESS
    assert isinstance(outcome, Failed)
    assert "scope" in outcome.words


async def test_one_after_the_other_waits_where_it_is_told_to() -> None:
    """A reading asks again; what is written is the engine's to try again."""
    async with mailboxes() as world:
        target = world.target()
        await _write(target, create(entry("ann")))
        told = iter([2.0, None, None])
        world.desk.limits.refuse = lambda method, path: next(told, None)
        assert len(await _all(target)) == 1
        assert world.waits == [2.0]


async def test_two_writes_to_one_mailbox_take_turns() -> None:
    """The engine hands in the next one while this one goes on: Outlook sees four requests at a time all the same."""
    async with mailboxes(ANNA, BOB) as world:
        world.desk.limits.latency = 0.005
        target = world.target(ANNA, BOB)
        steps = [create(entry(f"p{number}")) for number in range(40)]
        told = await asyncio.gather(
            target.write(ANNA, steps[:20]), target.write(ANNA, steps[20:]), target.write(BOB, steps[:20])
        )
        assert all(isinstance(outcome, Written) for outcomes in told for outcome in outcomes)
        assert (world.desk.limits.most[ANNA], world.desk.limits.answered[429]) == (4, 0)
        folders = [each for each in world.desk.mailboxes[ANNA].folders.values() if each.extended]
        assert [len(each.contacts) for each in folders] == [40]
        assert world.server.most_at_once > 1

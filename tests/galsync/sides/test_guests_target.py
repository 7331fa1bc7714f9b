"""Guests of a Microsoft 365 organisation as a target."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Failed, Outcome, Target, Written
from galsync.sides.guests_target import GuestsTarget
from galsync.steps import Act, Step, Why
from protocols.graph.accounts import FIELDS
from protocols.graph.invitations import invite
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.faults import Trouble
from simulation.graph.objects import ORG_CONTACT, object_of
from tests.contracts.target import WAIT, TargetContract, create, retire, update
from tests.galsync.sides.microsoft_world import NOW, READER, Tenant, tenant


def guests(world: Tenant, sync: str = "fabrikam", **more: str) -> GuestsTarget:
    return GuestsTarget(
        "contoso", world.send, sync=sync, api_url=world.server.url, clock=lambda: NOW, sleep=world.sleep, **more
    )


class TestGuestsTarget(TargetContract):
    form = Form.GUEST
    telling = frozenset(FIELDS) - {Field.EXTRA_15}
    aliases = False
    x500 = False
    moves = False

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with tenant() as self.world:
            yield guests(self.world)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        texts = {Field.DISPLAY_NAME: name, **({Field.EXTRA_15: stamp.text} if stamp else {})}
        primary = Mailbox.parse(address)
        self.world.desk.book.put(Person(anchor=f"of-{name}", kind=Kind.CONTACT, primary=primary, texts=texts))

    async def photo(self, target: Target, key: str) -> bytes:
        return self.world.desk.book.people[key].photo

    async def meddle(self, key: str) -> None:
        person = self.world.desk.book.people[key]
        self.world.desk.book.put(replace(person, texts={**person.texts, Field.TITLE: "Somebody else's"}))

    async def throttle(self) -> None:
        self.world.server.faults.trouble = Trouble.THROTTLED
        self.world.server.faults.retry_after = WAIT.total_seconds()
        self.world.server.faults.only = lambda call: call.method != "GET"

    async def spoil(self) -> None:
        self.world.desk.page = 1
        self.world.server.faults.trouble = Trouble.LOST_PAGE


ANN = Entry(
    anchor="ad:ann",
    form=Form.GUEST,
    address=Mailbox.parse("ann@b.example"),
    texts={Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead"},
)
OURS = Stamp("fabrikam", "ad:ann")


async def _all(target: GuestsTarget) -> list[Held]:
    return [held async for held in target.held("")]


async def _write(target: GuestsTarget, step: Step) -> Outcome:
    [outcome] = await target.write("", [step])
    return outcome


async def test_nobody_gets_a_message_and_nobody_sees_the_stamp() -> None:
    async with tenant() as world:
        outcome = await _write(guests(world), create(ANN))
        assert isinstance(outcome, Written)
        [invitation] = [orjson.loads(each.body) for each in world.requests if each.url.endswith("/invitations")]
        guest = object_of(world.desk.book.people[outcome.key])
    assert invitation["sendInvitationMessage"] is False
    assert (guest["displayName"], guest["jobTitle"], guest["userType"]) == ("Ann", "Lead", "Guest")
    assert guest["onPremisesExtensionAttributes"]["extensionAttribute15"] == "busyline:fabrikam/ad:ann"
    assert guest["accountEnabled"] is True


async def test_a_guest_left_half_made_is_known_again_and_finished() -> None:
    """Killed between the invitation and the rest: nothing is doubled, and nothing is lost."""
    async with tenant() as world:
        target = guests(world)
        world.server.faults.trouble = Trouble.BROKEN
        world.server.faults.only = lambda call: call.method == "PATCH"
        outcome = await _write(target, create(ANN))
        assert isinstance(outcome, Failed)
        assert outcome.doubt is True
        world.server.faults.clear()
        [invited] = world.desk.book.people
        [half] = await _all(target)
        assert (half.key, half.stamp, half.texts, half.form) == (invited, OURS, {}, Form.GUEST)
        assert half.half, "somebody else may have named it so"
        assert isinstance(await _write(target, create(ANN)), Failed)
        assert isinstance(await _write(target, update(ANN, half, texts=tuple(ANN.texts))), Written)
        [whole] = await _all(target)
    assert (whole.key, whole.stamp, whole.texts, whole.half) == (half.key, OURS, dict(ANN.texts), False)


async def test_a_new_guest_is_not_known_everywhere_at_once() -> None:
    async with tenant() as world:
        world.desk.lag = 3
        outcome = await _write(guests(world), create(ANN))
        assert isinstance(outcome, Written)
        assert world.waits == [1.0, 2.0, 4.0]
        world.desk.lag = 99
        late = await _write(guests(world), create(replace(ANN, address=Mailbox.parse("late@b.example"))))
    assert isinstance(late, Failed)
    assert late.doubt is True


async def test_a_guest_of_somebody_else_who_was_quicker_is_left_alone() -> None:
    """Inviting a guest who is there already succeeds, and gives theirs back (seen by their name)."""
    async with tenant() as world:

        async def slow(request: HttpRequest) -> HttpResponse:
            if request.url.endswith("/invitations"):
                await invite(world.send, ANN.address, "Quicker", api_url=world.server.url, as_of=NOW)
            return await world.send(request)

        target = GuestsTarget(
            "contoso", slow, sync="fabrikam", api_url=world.server.url, clock=lambda: NOW, sleep=world.sleep
        )
        outcome = await _write(target, create(ANN))
        [held] = await _all(target)
    assert isinstance(outcome, Failed)
    assert (held.stamp, held.texts) == (None, {Field.DISPLAY_NAME: "Quicker"})


@pytest.mark.parametrize(
    ("kind", "attributes", "form"),
    [
        (Kind.USER, {}, None),
        (Kind.CONTACT, {}, Form.GUEST),
        (Kind.CONTACT, {"type": ORG_CONTACT}, Form.MAIL_CONTACT),
        (Kind.GROUP, {}, Form.GROUP),
    ],
)
async def test_whoever_has_the_address_is_found(kind: Kind, attributes: dict[str, str], form: Form | None) -> None:
    other = Person(
        anchor="other",
        kind=kind,
        primary=Mailbox.parse("x@b.example"),
        aliases=("ann@b.example",),
        attributes=attributes,
    )
    async with tenant(AddressBook([other])) as world:
        [held] = await guests(world).look("", [], ["ann@b.example"])
        outcome = await _write(guests(world), create(ANN))
        assert len(world.desk.book.people) == 1
    assert (held.key, held.form, held.stamp) == ("other", form, None)
    assert isinstance(outcome, Failed)
    assert "taken" in outcome.words


async def test_x500_and_sip_are_looked_for_too() -> None:
    other = Person(
        anchor="other", kind=Kind.USER, primary=Mailbox.parse("x@b.example"), x500=("/o=B/cn=Ann",), sip="ann@b.example"
    )
    async with tenant(AddressBook([other])) as world:
        for address in ("x500:/o=b/cn=ann", "sip:ann@b.example"):
            [held] = await guests(world).look("", [], [address])
            assert address in held.addresses


async def test_what_active_directory_writes_is_told_so() -> None:
    other = Person(
        anchor="other",
        kind=Kind.CONTACT,
        primary=Mailbox.parse("ann@b.example"),
        texts={Field.DISPLAY_NAME: "Ann", Field.EXTRA_15: OURS.text},
        attributes={"onPremisesSyncEnabled": "true"},
    )
    async with tenant(AddressBook([other])) as world:
        [held] = await _all(guests(world))
        outcome = await _write(guests(world), update(ANN, held, texts=(Field.TITLE,)))
    assert "directory synchronisation" in held.readonly
    assert isinstance(outcome, Failed)


async def test_retired_is_blocked_and_telephones_are_left_alone() -> None:
    async with tenant() as world:
        target = guests(world)
        outcome = await _write(target, create(replace(ANN, texts={**ANN.texts, Field.PHONE: "1", Field.MOBILE: "2"})))
        assert isinstance(outcome, Written)
        [held] = await _all(target)
        assert isinstance(await _write(target, retire(held, ANN.anchor)), Written)
        guest = object_of(world.desk.book.people[outcome.key])
    assert (guest["accountEnabled"], guest["businessPhones"], guest["mobilePhone"]) == (False, [], None)
    assert not {Field.PHONE, Field.MOBILE, Field.EXTRA_15} & (target.ability.fields or set())


async def test_hidden_from_the_start_is_blocked_from_the_start() -> None:
    async with tenant() as world:
        await _write(guests(world), create(replace(ANN, hidden=True)))
        [held] = await _all(guests(world))
    assert held.hidden


@pytest.mark.parametrize("stamp_at", ["employeeType", "extensionAttribute3"])
async def test_the_stamp_stands_where_the_settings_say(stamp_at: str) -> None:
    async with tenant() as world:
        target = guests(world, stamp_at=stamp_at)
        await _write(target, create(replace(ANN, texts={**ANN.texts, Field.EXTRA_15: "mine"})))
        [held] = await _all(target)
        [other] = await _all(guests(world))
    assert (held.stamp, held.texts.get(Field.EXTRA_15)) == (OURS, "mine")
    assert other.stamp is None
    with pytest.raises(ValueError, match="extensionAttribute1 to 15"):
        guests(world, stamp_at="jobTitle")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (create(replace(ANN, form=Form.MAIL_CONTACT)), "only guests"),
        (create(replace(ANN, anchor="a" * 300)), "anchor"),
        (Step(act=Act.UPDATE, anchor="a", why=Why.CHANGED), "names no guest"),
        (retire(Held(key="nobody"), "a"), "not there any more"),
    ],
)
async def test_steps_that_cannot_be_done_say_why(step: Step, words: str) -> None:
    async with tenant() as world:
        outcome = await _write(guests(world), step)
        assert world.desk.book.people == {}
    assert isinstance(outcome, Failed)
    assert words in outcome.words
    assert outcome.doubt is False


async def test_another_address_is_somebody_s_to_decide() -> None:
    async with tenant() as world:
        target = guests(world)
        await _write(target, create(ANN))
        [held] = await _all(target)
        outcome = await _write(target, update(replace(ANN, address=Mailbox.parse("b@b.example")), held, "address"))
    assert isinstance(outcome, Failed)
    assert "redemption" in outcome.words


@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.TRUNCATED])
async def test_an_invitation_that_was_not_answered_is_in_doubt(trouble: Trouble) -> None:
    async with tenant() as world:
        world.server.faults.trouble = trouble
        world.server.faults.only = lambda call: call.method == "POST"
        outcome = await _write(guests(world), create(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt is True


async def test_who_may_not_invite_is_told_what_to_do() -> None:
    async with tenant() as world:
        world.roles = READER
        outcome = await _write(guests(world), create(ANN))
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)
    assert "User.Invite.All" in outcome.words


async def test_a_hundred_and_fifty_invitations_and_then_peace() -> None:
    async with tenant() as world:
        target = guests(world)
        steps = [
            create(replace(ANN, anchor=f"a{number}", address=Mailbox.parse(f"a{number}@b.example")))
            for number in range(151)
        ]
        world.desk.units.most = 1e9
        outcomes = await target.write("", steps)
    assert [isinstance(outcome, Written) for outcome in outcomes] == [True] * 150 + [False]
    last = outcomes[-1]
    assert isinstance(last, Failed)
    assert (last.reason, last.doubt) == (Reason.THROTTLED, False)
    assert last.retry_after is not None

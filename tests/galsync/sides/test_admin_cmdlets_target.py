"""Contacts and mail users of Exchange Online as a target, by cmdlets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from galsync.entries import Form, Held, Stamp
from galsync.side import Failed, Target, Written
from galsync.sides.admin_cmdlets_target import DESCRIPTION
from galsync.steps import Act, Step, Why
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.faults import Trouble
from tests.contracts.target import WAIT, TargetContract, create, remove, retire, update
from tests.galsync.sides.exchange_online_world import (
    ANN,
    OURS,
    all_of,
    cmdlet_of,
    cmdlets,
    organisation,
    writes,
    written,
)
from tests.galsync.sides.microsoft_world import tenant
from tests.galsync.sides.test_planned_again import Planner


class TestContract(TargetContract):
    """Mail contacts."""

    form = Form.MAIL_CONTACT
    kind = "MailContact"
    telling = frozenset(Field) - {Field.MANAGER, Field.EXTRA_15}

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with tenant() as graph, organisation(graph.desk.book) as self.world:
            yield cmdlets(self.world, graph)

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        told = {"DisplayName": name} | ({"CustomAttribute15": stamp.text} if stamp else {})
        self.world.recipients.put(self.kind if stamp else "UserMailbox", address, **told)

    async def foreign_group(self, address: str, name: str) -> None:
        self.world.recipients.put("MailUniversalDistributionGroup", address, DisplayName=name)

    async def meddle(self, key: str) -> None:
        self.world.recipients.run(
            f"Set-{'Contact' if self.kind == 'MailContact' else 'User'}", {"Identity": key, "Title": "x"}
        )

    async def throttle(self) -> None:
        faults = self.world.server.faults
        faults.trouble, faults.retry_after, faults.only = Trouble.THROTTLED, WAIT.total_seconds(), writes

    async def spoil(self) -> None:
        self.world.server.page = 1
        self.world.server.faults.trouble = Trouble.LOST_PAGE


class TestMailUsers(TestContract):
    """Mail users, whose sign-in Graph blocks."""

    form = Form.MAIL_USER
    kind = "MailUser"


@pytest.mark.parametrize("kind", [TestContract, TestMailUsers])
async def test_what_was_done_is_not_planned_again(tmp_path: Path, kind: type[TargetContract]) -> None:
    contract = kind()
    planner, ann, bob = Planner(contract), contract.full(), contract.entry("bob", notes="a\nb")
    changed = replace(ann, texts={**ann.texts, Field.TITLE: "Head"}, aliases=("X500:/o=new/cn=ann",))
    moved = replace(changed, address=Mailbox.parse("anne@b.example"))
    async with contract.started(tmp_path) as target:
        for entries, acts in (
            ((ann, bob), [Act.CREATE, Act.CREATE]),
            ((changed, bob), [Act.UPDATE]),
            ((moved, bob), [Act.UPDATE]),
            ((bob,), [Act.RETIRE]),
            ((moved, bob), [Act.UPDATE]),
            ((bob,), [Act.RETIRE]),
            ((bob,), [Act.REMOVE]),
        ):
            assert await planner.applied(target, *entries) == acts
            assert (await planner.planned(target, *entries)).steps == ()
            planner.now += timedelta(days=2) if acts == [Act.RETIRE] else timedelta(hours=1)
        assert len(await contract.all(target)) == 1


@pytest.mark.parametrize("broken", ["Set-Mail", "Set-Contact", "Set-User"])
@pytest.mark.parametrize("kind", [TestContract, TestMailUsers])
async def test_a_run_that_was_killed_is_gone_on_with_by_the_next_plan(
    tmp_path: Path, kind: type[TestContract], broken: str
) -> None:
    contract = kind()
    planner, ann = Planner(contract), contract.full()
    async with contract.started(tmp_path) as target:
        faults = contract.world.server.faults
        faults.trouble, faults.only = Trouble.BROKEN, lambda call: cmdlet_of(call).startswith(broken)
        [step] = (await planner.planned(target, ann)).steps
        await contract.write(target, step)  # its agreement is lost
        faults.clear()
        while acts := await planner.applied(target, ann):
            assert set(acts) <= {Act.UPDATE, Act.REMEMBER}
        [held] = await contract.all(target)
    assert held.stamp == Stamp(contract.sync, ann.anchor)
    assert {key: held.texts.get(key) for key in ann.texts} == dict(ann.texts)
    assert {alias.lower() for alias in ann.aliases} <= held.addresses


def test_it_is_called_undocumented() -> None:
    assert "undocumented" in DESCRIPTION


async def test_a_contact_is_made_stamped_and_described() -> None:
    async with organisation() as world:
        outcome = await written(cmdlets(world), create(ANN))
        assert isinstance(outcome, Written)
        [row] = world.recipients.rows.values()
    assert (row["DisplayName"], row["Title"], row["CustomAttribute3"]) == ("Ann", "Lead", "three")
    assert row["CustomAttribute15"] == OURS.text
    assert set(row["EmailAddresses"]) == {"SMTP:ann@b.example", "smtp:second@b.example", "X500:/o=B/cn=Ann"}
    assert [name for name in world.server.cmdlets if not name.startswith("Get-")] == [
        "New-MailContact",
        "Set-MailContact",
        "Set-Contact",
    ]


@pytest.mark.parametrize("broken", ["Set-MailContact", "Set-Contact"])
async def test_a_contact_left_half_made_is_known_again_and_finished(broken: str) -> None:
    """Killed between the cmdlets: nothing is doubled, and nothing is lost."""
    async with organisation() as world:
        target = cmdlets(world)
        faults = world.server.faults
        faults.trouble, faults.only = Trouble.BROKEN, lambda call: cmdlet_of(call) == broken
        outcome = await written(target, create(ANN))
        assert isinstance(outcome, Failed)
        assert outcome.doubt is True
        faults.clear()
        [half] = await all_of(target)
        assert half.stamp == OURS
        assert Field.TITLE not in half.texts
        assert half.texts.get(Field.DISPLAY_NAME) in {None, "Ann"}
        step = update(ANN, half, "aliases", texts=tuple(ANN.texts))
        assert isinstance(await written(target, step), Written)
        [whole] = await all_of(target)
    assert (whole.key, whole.stamp, whole.texts) == (half.key, OURS, dict(ANN.texts))
    assert "x500:/o=b/cn=ann" in whole.addresses


async def test_a_half_made_contact_that_is_created_again_is_gone_on_with() -> None:
    async with organisation() as world:
        target = cmdlets(world)
        faults = world.server.faults
        faults.trouble, faults.times, faults.only = Trouble.BROKEN, 1, lambda call: cmdlet_of(call) == "Set-MailContact"
        await written(target, create(ANN))
        outcome = await written(target, create(ANN))
        [whole] = await all_of(target)
    assert outcome == Written(whole.key, whole.version)
    assert (whole.stamp, whole.texts) == (OURS, dict(ANN.texts))


async def test_what_only_looks_half_made_is_not_ours() -> None:
    """A display name is anybody's to give; the name that goes with it is not."""
    async with organisation() as world:
        world.recipients.put("MailContact", "x@b.example", DisplayName=OURS.text, Name="Somebody")
        [held] = await all_of(cmdlets(world))
        assert held.stamp is None
        assert isinstance(await written(cmdlets(world), remove(held, ANN.anchor)), Failed)
        assert len(world.recipients.rows) == 1


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("UserMailbox", None),
        ("MailContact", Form.MAIL_CONTACT),
        ("GroupMailbox", Form.GROUP),
        ("MailUser", Form.MAIL_USER),
    ],
)
@pytest.mark.parametrize("proxy", ["smtp:second@b.example", "x500:/o=b/cn=ann", "SIP:ann@b.example"])
async def test_whoever_has_an_address_is_found(kind: str, form: Form | None, proxy: str) -> None:
    async with organisation() as world:
        row = world.recipients.put(kind, "other@b.example")
        row["EmailAddresses"].append(proxy)
        [held] = await cmdlets(world).look("", [], [proxy.lower().removeprefix("smtp:")])
        outcome = await written(cmdlets(world), create(ANN))
    assert (held.key, held.form, held.stamp) == (row["Guid"], form, None)
    assert isinstance(outcome, Written if proxy.startswith("SIP") else Failed)
    assert len(world.recipients.rows) == (2 if isinstance(outcome, Written) else 1)


async def test_what_active_directory_writes_is_told_so_and_left_alone() -> None:
    async with organisation() as world:
        target = cmdlets(world)
        await written(target, create(ANN))
        [row] = world.recipients.rows.values()
        row["IsDirSynced"] = True
        before = dict(row)
        [held] = await all_of(target)
        for step in (
            update(ANN, held, texts=(Field.TITLE,)),
            retire(held, "ad:ann"),
            remove(held, "ad:ann"),
            create(ANN),
        ):
            outcome = await written(target, step)
            assert isinstance(outcome, Failed), step.act
            assert "directory synchronisation" in outcome.words
        assert row == before
    assert "directory synchronisation" in held.readonly


async def test_calls_are_kept_apart_and_two_targets_share_the_turns() -> None:
    async with organisation() as world:
        starts: list[float] = []
        send = world.send

        async def noting(request: Any) -> Any:
            starts.append(world.now.timestamp())
            return await send(request)

        world.send = noting  # type: ignore[method-assign]
        one, two = cmdlets(world), cmdlets(world, sync="other")
        await written(one, create(ANN))
        await written(two, create(replace(ANN, address=Mailbox.parse("bob@b.example"), aliases=())))
    assert len(starts) > 8
    assert all(after - before >= 0.5 for before, after in pairwise(starts))


@pytest.mark.parametrize("in_words", [False, True])
async def test_reading_waits_where_exchange_is_busy(in_words: bool) -> None:
    async with organisation() as world:
        target = cmdlets(world)
        await written(target, create(ANN))
        faults = world.server.faults
        faults.trouble, faults.times, faults.retry_after = Trouble.THROTTLED, 2, 9.0
        world.server.busy_in_words = in_words
        assert len(await all_of(target)) == 1
    assert world.waits.count(9.0) == 2


async def test_a_step_that_is_begun_is_not_given_up_because_exchange_is_busy() -> None:
    async with organisation() as world:
        target = cmdlets(world)
        await written(target, create(ANN))
        [held] = await all_of(target)
        faults = world.server.faults
        faults.trouble, faults.times, faults.only = Trouble.THROTTLED, 1, lambda call: cmdlet_of(call) == "Set-Contact"
        wanted = replace(ANN, texts={**ANN.texts, Field.TITLE: "Head", Field.EXTRA_3: "4"})
        outcome = await written(target, update(wanted, held, texts=(Field.TITLE, Field.EXTRA_3)))
        [after] = await all_of(target)
    assert isinstance(outcome, Written)
    assert after.texts == dict(wanted.texts)


async def test_many_pages_and_the_stamp_elsewhere() -> None:
    async with organisation() as world:
        target = cmdlets(world, stamp_attribute="CustomAttribute7")
        entries = [
            replace(
                ANN,
                anchor=f"ad:{n}",
                address=Mailbox.parse(f"p{n}@b.example"),
                aliases=(),
                texts={Field.EXTRA_15: "mine"},
            )
            for n in range(5)
        ]
        for entry in entries:
            assert isinstance(await written(target, create(entry)), Written)
        world.recipients.put("UserMailbox", "boss@b.example", DisplayName="Boss")
        world.server.page = 2
        held = await all_of(target)
        other = await all_of(cmdlets(world))
    assert [each.stamp for each in held] == [*(Stamp("fabrikam", entry.anchor) for entry in entries), None]
    assert {each.texts.get(Field.EXTRA_15) for each in held} == {"mine", None}
    assert held[0].texts[Field.DISPLAY_NAME] == "p0"
    assert all(each.stamp is None for each in other)
    with pytest.raises(ValueError, match="CustomAttribute1 to 15"):
        cmdlets(world, stamp_attribute="Notes")


async def test_who_may_not_is_told_what_to_do() -> None:
    async with organisation() as world:
        world.roles = ()
        outcome = await written(cmdlets(world), create(ANN))
        with pytest.raises(PeerError) as error:
            await all_of(cmdlets(world))
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (Reason.NO_ACCESS, False)
    assert "Exchange.ManageAsApp" in outcome.words
    assert error.value.reason is Reason.NO_ACCESS


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (create(replace(ANN, form=Form.GUEST)), "nothing that can be written"),
        (create(replace(ANN, anchor="a" * 300)), "anchor"),
        (Step(act=Act.REMEMBER, anchor="a", why=Why.FOUND), "nothing that can be written"),
        (Step(act=Act.UPDATE, anchor="a", why=Why.CHANGED), "names no object"),
        (retire(Held(key="nobody", form=Form.MAIL_CONTACT), "a"), "not there any more"),
        (remove(Held(key="guest", form=Form.GUEST), "a"), "left as it is"),
    ],
)
async def test_steps_that_cannot_be_done_say_why(step: Step, words: str) -> None:
    async with organisation() as world:
        outcome = await written(cmdlets(world), step)
        assert world.recipients.rows == {}
    assert isinstance(outcome, Failed)
    assert words in outcome.words
    assert outcome.doubt is False


@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.TRUNCATED])
async def test_a_contact_whose_making_was_not_answered_is_in_doubt(trouble: Trouble) -> None:
    async with organisation() as world:
        faults = world.server.faults
        faults.trouble, faults.only = trouble, writes
        outcome = await written(cmdlets(world), create(ANN))
    assert isinstance(outcome, Failed)
    assert outcome.doubt is True
    assert "undocumented" in outcome.words


async def test_an_address_that_moves_onto_somebody_else_stays() -> None:
    async with organisation() as world:
        target = cmdlets(world)
        await written(target, create(ANN))
        [held] = await all_of(target)
        world.recipients.put("UserMailbox", "b@b.example")
        outcome = await written(target, update(replace(ANN, address=Mailbox.parse("b@b.example")), held, "address"))
        assert await target.look("", [held.key], []) == [held]
    assert isinstance(outcome, Failed)
    assert outcome.reason is Reason.FORBIDDEN

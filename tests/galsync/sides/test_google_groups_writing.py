"""What becomes of groups that are written: their stamp, their members one by one, and every refusal in words."""

from dataclasses import replace

import pytest

from galsync.entries import Stamp
from galsync.side import Failed, Written
from galsync.steps import Act
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from simulation.address_book import AddressBook
from tests.contracts.target import create, remove, update
from tests.galsync.sides.google_groups_world import (
    DOMAIN,
    JACK,
    change,
    group,
    group_in,
    held_groups,
    one_written,
    put,
    target_of,
)
from tests.galsync.sides.google_plans import Planned
from tests.galsync.sides.google_world import workspace


async def test_the_stamp_is_the_last_line_of_the_description_and_is_kept() -> None:
    async with workspace() as world:
        target = target_of(world)
        sales = group("sales", "ann", notes="Who sells\nand why")
        held = await one_written(target, sales)
        stands = group_in(world, f"sales@{DOMAIN}")
        assert stands.texts[Field.NOTES] == "Who sells\nand why\nbusyline:fabrikam/ad:sales"
        assert held.texts == {Field.DISPLAY_NAME: "Sales", Field.NOTES: "Who sells\nand why"}
        bare = group("sales", "ann", display_name="Vente")
        step = update(bare, held, texts=(Field.NOTES, Field.DISPLAY_NAME))
        [outcome] = await target.write("", [step])
        [after] = await held_groups(target)
        assert outcome == Written(after.key, after.version)
        assert after.texts == {Field.DISPLAY_NAME: "Vente"}
        assert after.stamp == held.stamp
        assert world.server.groups.written == ["POST group", "POST members", "PATCH group"]


@pytest.mark.parametrize(
    "description",
    ["", "busyline:other/ad:sales", "busyline:fabrikam/ad:sales\nSomebody's own words", "x busyline:fabrikam/ad:sales"],
)
async def test_a_group_without_our_stamp_at_its_end_is_never_touched(description: str) -> None:
    async with workspace() as world:
        put(world, f"sales@{DOMAIN}", "Sales", description, "x@b.example")
        before = group_in(world, f"sales@{DOMAIN}")
        target = target_of(world)
        [held] = await held_groups(target)
        held = replace(held, stamp=Stamp("fabrikam", "ad:sales"))
        sales = group("sales", "ann")
        for step in (
            update(sales, held, "members", texts=(Field.DISPLAY_NAME,)),
            remove(held, "ad:sales"),
            create(sales),
        ):
            assert isinstance((await target.write("", [step]))[0], Failed)
        assert group_in(world, f"sales@{DOMAIN}") == before
        assert world.server.groups.written == []


async def test_members_of_the_domain_and_of_others_and_only_differences() -> None:
    async with workspace(AddressBook([JACK])) as world:
        target = target_of(world)
        names = [f"p{number}@b.example" for number in range(450)]
        held = await one_written(target, group("all", f"jack@{DOMAIN}", *names))
        assert set(held.members) == {f"jack@{DOMAIN}", *names}
        del world.server.groups.written[:]
        wanted = group("all", f"jack@{DOMAIN}", *names[1:], "new")
        [outcome] = await target.write("", [update(wanted, held, "members")])
        assert outcome == Written(held.key, held.version)
        assert sorted(world.server.groups.written) == ["DELETE members", "POST members"]
        [after] = await held_groups(target)
        assert set(after.members) == set(wanted.members)


async def test_a_member_whom_somebody_added_meanwhile_stays_until_the_next_plan() -> None:
    async with workspace() as world:
        target = target_of(world)
        held = await one_written(target, group("all", "ann"))
        change(world, f"all@{DOMAIN}", "late@b.example", "*")
        [outcome] = await target.write("", [update(group("all", "bob"), held, "members")])
        assert isinstance(outcome, Written)
        assert set(group_in(world, f"all@{DOMAIN}").members) == {"bob@b.example", "late@b.example", "*"}
        [after] = await held_groups(target)
        assert set(after.members) == {"bob@b.example", "late@b.example"}


async def test_nobody_of_the_domain_is_named_and_those_of_others_are_refused_by_name() -> None:
    async with workspace() as world:
        target = target_of(world)
        world.server.groups.external = False
        [outcome] = await target.write("", [create(group("all", f"nobody@{DOMAIN}"))])
        assert isinstance(outcome, Written)
        assert outcome.missing == (f"nobody@{DOMAIN}",)
        [refused] = await target.write("", [create(group("more", "ann", f"all@{DOMAIN}"))])
        assert isinstance(refused, Failed)
        assert (refused.reason, refused.doubt, refused.retry_after) == (Reason.FORBIDDEN, False, None)
        assert "members of b.example" in refused.words
        assert "Sharing settings" in refused.words
        assert group_in(world, f"more@{DOMAIN}").members == (f"all@{DOMAIN}",)
        assert group_in(world, f"more@{DOMAIN}").texts[Field.NOTES] == "busyline:fabrikam/ad:more"


async def test_a_group_in_a_domain_of_others_is_refused_and_the_setting_is_named() -> None:
    async with workspace() as world:
        sales = replace(group("sales"), address=Mailbox.parse("sales@b.example"))
        [outcome] = await target_of(world).write("", [create(sales)])
    assert isinstance(outcome, Failed)
    assert "group_address" in outcome.words


async def test_a_circle_is_named() -> None:
    async with workspace() as world:
        target = target_of(world)
        inner = await one_written(target, group("inner", "ann"))
        await one_written(target, group("outer", f"inner@{DOMAIN}"))
        circle = group("inner", "ann", f"outer@{DOMAIN}")
        [outcome] = await target.write("", [update(circle, inner, "members")])
    assert isinstance(outcome, Failed)
    assert "circles" in outcome.words


async def test_a_group_that_is_not_known_everywhere_yet_is_waited_for() -> None:
    async with workspace() as world:
        world.server.groups.slow = 3
        held = await one_written(target_of(world), group("all", "ann", "bob"))
        assert set(held.members) == {"ann@b.example", "bob@b.example"}
        assert world.waits == [1, 2]


async def test_a_quota_that_is_used_up_is_waited_for_and_then_told() -> None:
    async with workspace() as world:
        world.server.groups.wait = 7.0
        [outcome] = await target_of(world).write("", [create(group("all", "ann"))])
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (Reason.THROTTLED, False)
    assert outcome.retry_after is not None
    assert world.waits == [7.5] * 3 + [8.5, 16.5]


async def test_a_group_whose_making_was_not_answered_is_in_doubt_and_is_not_doubled() -> None:
    async with workspace() as world:
        target = target_of(world)
        world.server.groups.forgetful = True
        [outcome] = await target.write("", [create(group("all", "ann"))])
        assert isinstance(outcome, Failed)
        assert outcome.doubt
        world.server.groups.forgetful = False
        [again] = await target.write("", [create(group("all", "ann"))])
        assert isinstance(again, Failed)
        planned = Planned(target)
        assert await planned.apply(group("all", "ann")) == [Act.UPDATE]
        assert await planned.apply(group("all", "ann")) == []
        assert group_in(world, f"all@{DOMAIN}").members == ("ann@b.example",)


async def test_who_comes_too_late_touches_nothing_of_a_group() -> None:
    async with workspace() as world:
        target = target_of(world)
        held = await one_written(target, group("all", "ann"))
        change(world, f"all@{DOMAIN}", display_name="Somebody's")
        before = group_in(world, f"all@{DOMAIN}")
        for step in (update(group("all"), held, "members"), remove(held, "ad:all")):
            assert isinstance((await target.write("", [step]))[0], Failed)
        assert group_in(world, f"all@{DOMAIN}") == before


async def test_an_address_moves_and_the_old_one_is_free() -> None:
    async with workspace() as world:
        target = target_of(world)
        held = await one_written(target, group("all", "ann"))
        moved = replace(group("all", "ann"), address=Mailbox.parse(f"everybody@{DOMAIN}"))
        [outcome] = await target.write("", [update(moved, held, "address")])
        [after] = await held_groups(target)
        assert outcome == Written(after.key, after.version)
        assert after.key == held.key
        assert after.addresses == {f"everybody@{DOMAIN}"}
        await one_written(target, replace(group("all"), anchor="ad:new"))


async def test_a_group_goes_for_good_and_a_second_time_too() -> None:
    async with workspace(AddressBook([JACK])) as world:
        target = target_of(world)
        held = await one_written(target, group("all", f"jack@{DOMAIN}"))
        for _ in range(2):
            assert await target.write("", [remove(held, "ad:all")]) == [Written()]
        assert await held_groups(target) == []
        assert group_in(world, f"jack@{DOMAIN}") == JACK
        assert isinstance((await target.write("", [replace(remove(held, "ad:all"), act=Act.RETIRE)]))[0], Failed)


async def test_an_anchor_that_would_not_be_read_back_is_not_made() -> None:
    async with workspace() as world:
        [outcome] = await target_of(world).write("", [create(replace(group("all"), anchor="ad:a\nb"))])
        assert world.server.groups.written == []
    assert isinstance(outcome, Failed)

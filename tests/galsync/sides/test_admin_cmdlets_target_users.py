"""Mail users of Exchange Online by cmdlets: nobody knows their password, and nobody signs in as one."""

from galsync.entries import Form
from galsync.side import Failed, Written
from galsync.sides.admin_cmdlets_target import AdminCmdletsTarget, MailUsers
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from simulation.address_book import AddressBook
from simulation.faults import Trouble
from tests.contracts.target import create, update
from tests.galsync.sides.exchange_online_world import OURS, PASSWORD, USER, all_of, cmdlets, organisation, written
from tests.galsync.sides.microsoft_world import tenant


async def test_a_mail_user_is_blocked_before_it_is_stamped_and_nobody_has_its_password() -> None:
    async with tenant() as graph, organisation(graph.desk.book) as world:
        target = cmdlets(world, graph)
        assert isinstance(await written(target, create(USER)), Written)
        [user] = graph.desk.book.people.values()
        [row] = world.recipients.rows.values()
        assert target.ability.forms == {Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP}
    assert user.disabled
    assert world.recipients.passwords == [PASSWORD]
    assert PASSWORD not in repr(world.requests)
    assert PASSWORD not in str(row)


async def test_a_mail_user_whose_sign_in_cannot_be_blocked_bears_no_stamp_yet() -> None:
    async with tenant() as graph, organisation(graph.desk.book) as world:
        target = cmdlets(world, graph)
        graph.server.faults.trouble = Trouble.BROKEN
        outcome = await written(target, create(USER))
        [row] = world.recipients.rows.values()
        assert (row["CustomAttribute15"], row["DisplayName"]) == ("", OURS.text)
        graph.server.faults.clear()
        [half] = await all_of(target)
        assert isinstance(await written(target, update(USER, half, texts=tuple(USER.texts))), Written)
        [user] = graph.desk.book.people.values()
        assert row["CustomAttribute15"] == OURS.text
    assert isinstance(outcome, Failed)
    assert outcome.doubt is True
    assert "not blocked yet" in outcome.words
    assert user.disabled


async def test_a_new_mail_user_is_not_known_to_graph_at_once() -> None:
    asked: list[str] = []

    async def block(account: str) -> PeerError | None:
        asked.append(account)
        return None if len(asked) > 2 else PeerError(Reason.NO_SUCH_MAILBOX)

    async with organisation(AddressBook()) as world:
        users = MailUsers(sign_in_domain="b.example", password=lambda: PASSWORD, block=block)
        target = AdminCmdletsTarget("x", world.send, world.endpoint, sync="fabrikam", pace=world.pace, mail_users=users)
        assert isinstance(await written(target, create(USER)), Written)
    assert asked == ["account-1"] * 3
    assert [wait for wait in world.waits if wait >= 1] == [1.0, 2.0]


async def test_without_a_way_to_block_them_no_mail_users_are_made() -> None:
    async with organisation() as world:
        target = cmdlets(world)
        outcome = await written(target, create(USER))
        assert world.requests == []
    assert target.ability.forms == {Form.MAIL_CONTACT, Form.GROUP}
    assert isinstance(outcome, Failed)
    assert "block" in outcome.words

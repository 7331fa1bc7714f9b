"""The folder of each mailbox is looked for once and made at most once."""

from datetime import UTC, datetime, timedelta

import pytest

from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_folders import Folders
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from tests.galsync.sides.mailbox_world import ANNA, LIST_NAME, Mailboxes, mailboxes

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def folders(world: Mailboxes, clock: Clock | None = None, *, shared: bool = False) -> Folders:
    url = world.server.url
    return Folders(
        send=world.send,
        reading=lambda: world.send,
        folder=ListFolder(LIST_NAME, shared),
        mark="fabrikam",
        api_url=url,
        clock=clock or Clock(),
    )


async def test_what_was_foreseen_is_believed_once_and_not_for_long() -> None:
    async with mailboxes() as world:
        clock = Clock()
        known = folders(world, clock)
        await known.foresee([ANNA])
        assert await known.find(ANNA) is None
        assert len(world.requests) == 1
        made = world.folder("B", mark="fabrikam")
        assert await known.find(ANNA) == made.properties["id"]
        known.forget(ANNA)
        world.desk.mailboxes[ANNA].folders.pop(made.properties["id"])
        await known.foresee([ANNA])
        clock.now += timedelta(minutes=11)
        again = world.folder("B", mark="fabrikam")
        assert await known.find(ANNA) == again.properties["id"]


async def test_a_folder_is_made_once() -> None:
    async with mailboxes() as world:
        known = folders(world)
        key, new = await known.found_or_made(ANNA)
        assert new
        assert await known.found_or_made(ANNA) == (key, False)
        assert await folders(world).found_or_made(ANNA) == (key, False)
        assert len(world.desk.mailboxes[ANNA].folders) == 2


async def test_whoever_was_quicker_made_ours() -> None:
    async with mailboxes() as world:

        async def slow(request: HttpRequest) -> HttpResponse:
            if request.method == "POST":
                world.folder(LIST_NAME, mark="fabrikam")
            return await world.send(request)

        known = folders(world)
        known.send = slow
        key, new = await known.found_or_made(ANNA)
    assert not new
    assert world.desk.mailboxes[ANNA].folders[key].properties["displayName"] == LIST_NAME


async def test_a_folder_of_that_name_that_is_not_ours_is_left_alone() -> None:
    async with mailboxes() as world:
        world.folder(LIST_NAME)
        with pytest.raises(PeerError, match="rename") as raised:
            await folders(world).found_or_made(ANNA)
        assert raised.value.reason is Reason.NO_ACCESS
        with pytest.raises(PeerError) as raised:
            await folders(world).found_or_made("nobody@contoso.example")
        assert raised.value.reason is Reason.NO_SUCH_MAILBOX


async def test_a_folder_that_was_shared_for_the_list_serves_whoever_made_it() -> None:
    async with mailboxes() as world:
        theirs = world.folder(LIST_NAME.upper())
        known = folders(world, shared=True)
        await known.foresee([ANNA])
        assert await known.find(ANNA) == theirs.properties["id"]
        assert await known.found_or_made(ANNA) == (theirs.properties["id"], False)
        ours = world.folder("Renamed", mark="fabrikam")
        assert await folders(world, shared=True).find(ANNA) == ours.properties["id"]

"""The folder of each Exchange mailbox that holds our list."""

import pytest

from galsync.sides.exchange_contacts_folders import ExchangeFolders
from galsync.sides.list_folder import ListFolder
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from tests.galsync.sides.exchange_world import ANNA, LIST_NAME, ExchangeMailboxes, exchange_mailboxes


def _folders(world: ExchangeMailboxes, *, shared: bool = False) -> ExchangeFolders:
    return ExchangeFolders(way=world.way(), folder=ListFolder(LIST_NAME, shared), mark="fabrikam")


async def test_a_folder_is_looked_for_and_made_once() -> None:
    async with exchange_mailboxes() as world:
        folders = _folders(world)
        assert await folders.find(ANNA) is None
        key, new = await folders.found_or_made(ANNA)
        assert new
        asked = len(world.requests)
        assert await folders.found_or_made(ANNA) == (key, False)
        assert await folders.find(ANNA) == key
        assert len(world.requests) == asked
        assert await _folders(world).find(ANNA) == key


async def test_a_folder_is_known_by_its_mark_whatever_it_is_called() -> None:
    async with exchange_mailboxes() as world:
        world.folder(LIST_NAME)
        ours = world.folder("Renamed", mark="fabrikam")
        world.folder("Theirs", mark="another")
        assert await _folders(world).find(ANNA) == ours.key


async def test_a_folder_that_is_forgotten_is_looked_for_again() -> None:
    async with exchange_mailboxes() as world:
        folders = _folders(world)
        key, _ = await folders.found_or_made(ANNA)
        del world.desk.mailboxes[ANNA].folders[key]
        assert await folders.find(ANNA) == key
        folders.forget(ANNA)
        assert await folders.find(ANNA) is None


async def test_the_name_is_taken_by_a_folder_that_is_not_ours() -> None:
    async with exchange_mailboxes() as world:
        world.folder(LIST_NAME.upper())
        with pytest.raises(PeerError, match="rename one of them") as raised:
            await _folders(world).found_or_made(ANNA)
    assert raised.value.reason is Reason.NO_ACCESS


async def test_a_folder_that_was_shared_for_the_list_serves_whoever_made_it() -> None:
    async with exchange_mailboxes() as world:
        theirs = world.folder(LIST_NAME.upper())
        folders = _folders(world, shared=True)
        assert await folders.find(ANNA) == theirs.key
        assert await folders.found_or_made(ANNA) == (theirs.key, False)
        ours = world.folder("Renamed", mark="fabrikam")
        assert await _folders(world, shared=True).find(ANNA) == ours.key

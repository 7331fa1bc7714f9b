"""A public folder of a simulated Exchange as a spoke: what every spoke promises, and what is its own."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from calsync.items import Item
from calsync.spoke import Act, Write
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from protocols.errors import PeerError
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import CONTENT, SVC, TREE, span, world
from tests.contracts.spoke_world import Reader, creation, done
from tests.contracts.spokes import SpokeContract, Stage

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ONE = Event(when=span(9, 9), subject="One")


@asynccontextmanager
async def _staged() -> AsyncIterator[Stage[Event]]:
    async with world() as there:
        yield Stage(spoke=there.public(), user=there.team, wire=there.wire, expire=lambda: None)
        assert there.desk.mails == []


class TestPublicFolder(SpokeContract):
    tokens: ClassVar[bool] = False

    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return _staged()


async def test_requests_are_led_to_the_tree_and_to_the_content() -> None:
    async with world() as there:
        await done(there.public(), creation(ONE))
        led = {
            (name, each.headers.get("X-AnchorMailbox", ""), each.headers.get("X-PublicFolderMailbox", ""))
            for name, each in zip(there.operations(), there.requests, strict=True)
        }
        assert ("FindFolder", "tree@fabrikam.example", TREE) in led
        assert ("CreateItem", CONTENT, CONTENT) in led
        assert not any(name == "CreateItem" and public != CONTENT for name, _, public in led)


async def test_the_mailboxes_can_be_named_by_hand() -> None:
    async with world() as there:
        await done(there.public(hierarchy_mailbox=TREE, content_mailbox=CONTENT), creation(ONE))
        assert not any("autodiscover" in each.url for each in there.requests)


async def test_the_content_is_found_by_its_folder_without_autodiscover() -> None:
    async with world() as there:
        item = await done(there.public(hierarchy_mailbox=TREE), creation(ONE))
        assert list(there.team.folder.entries) == [item.key]


async def test_a_request_that_was_led_wrong_says_what_to_name() -> None:
    async with world() as there:
        with pytest.raises(PeerError, match="hierarchy_mailbox"):
            await Reader(there.public(hierarchy_mailbox="nobody@fabrikam.example")).news()


@pytest.mark.parametrize(("path", "words"), [("/Shared/None", "/Shared/None"), ("/", "names none")])
async def test_a_folder_that_is_not_there_is_named(path: str, words: str) -> None:
    async with world() as there:
        route = Route(path=path, hierarchy_mailbox=TREE)
        spoke = ExchangePublicFolder("shared", there.exchange(SVC.username, impersonates=False), route=route)
        with pytest.raises(PeerError, match=words) as raised:
            await Reader(spoke).news()
        assert raised.value.reason is Reason.NO_CALENDAR


async def test_a_folder_of_something_else_is_refused() -> None:
    async with world() as there:
        there.desk.public_folder("/Shared/Posts", kind="IPF.Note", content=CONTENT)
        route = Route(path="/Shared/Posts", hierarchy_mailbox=TREE)
        spoke = ExchangePublicFolder("shared", there.exchange(SVC.username, impersonates=False), route=route)
        with pytest.raises(PeerError, match="no appointments"):
            await Reader(spoke).news()


async def test_a_folder_that_moved_is_found_again_after_a_failure() -> None:
    async with world() as there:
        reader = Reader(there.public())
        key = await there.team.create(ONE)
        await reader.news()
        other = CONTENT.replace("0002@", "0003@")
        there.team.folder.content = other
        with pytest.raises(PeerError):
            await reader.news()
        await reader.news()
        assert isinstance((await reader.spoke.look([key]))[key], Item)


async def test_deleted_for_good() -> None:
    async with world() as there:
        spoke = there.public()
        item = await done(spoke, creation(ONE))
        there.requests.clear()
        await spoke.write([Write(act=Act.DELETE, key=item.key, version=item.version)])
        [deleting] = [each for each in there.requests if b"<m:DeleteItem " in each.body]
        assert b'DeleteType="SoftDelete"' in deleting.body
        assert b'SendMeetingCancellations="SendToNone"' in deleting.body

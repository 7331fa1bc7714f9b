"""What Exchange says at a hook, and every folder of its that is watched."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from calsync.ledger.ledger import Ledger
from calsync.notices.front import HookFront
from calsync.notices.hook import Hook, made, url_of
from calsync.notices.news import News, Said
from calsync.notices.watching import MARGIN, Watching
from calsync.spoke import Watched
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_contacts import ExchangeContacts
from calsync.spokes.exchange_news import LASTS, SAID, SPOKEN, read, watch
from protocols.errors import PeerError
from protocols.ews.mailbox_access import MailboxAccess
from protocols.ews.push import FREQUENCY, Sort
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from service.addresses import ListenAddress
from service.door import Door
from service.state.database import Database
from simulation.exchange import ExchangeServer
from simulation.exchange.push import PushDesk
from tests.calsync.spokes import test_exchange_contacts as contacts
from tests.calsync.spokes.contacts_world import ANN, exchange
from tests.calsync.spokes.exchange_calendar_world import World, span, world
from tests.contracts.spoke_world import NOW, Reader
from tests.galsync.sides.exchange_world import ANNA, WRITER, exchange_mailboxes
from tests.protocols.ews.mailbox_answers import answer, message
from tests.protocols.scripted import Peer

ONE = Event(when=span(9, 9), subject="Redundancies")
LONG = NOW + timedelta(days=6)
NUMBERS = iter(range(1, 1000))


@dataclass(slots=True)
class Hooks:
    """Hooks that are known, at a door of ours, and what was heard there."""

    url: str = ""
    hooks: dict[str, Hook] = field(default_factory=dict)
    heard: list[tuple[str, Said]] = field(default_factory=list)

    def new(self, name: str = "team") -> tuple[Hook, str, str]:
        """A hook that is known by now, where it is, and its secret."""
        hook, secret = made("merger", name, lambda length: f"{next(NUMBERS):0{2 * length}x}")
        self.hooks[hook.name] = hook
        return hook, url_of(self.url, hook), secret

    async def find(self, name: str) -> Hook | None:
        return self.hooks.get(name)

    def hear(self, hook: Hook, news: News) -> None:
        self.heard.append((hook.spoke, news.said))


@asynccontextmanager
async def opened() -> AsyncIterator[Hooks]:
    there = Hooks()
    front = HookFront(there.find, there.hear, reads=(), by_url=SPOKEN)
    async with Door(front.answer, [ListenAddress("127.0.0.1", 0)]) as door:
        there.url = f"http://{door.addresses[0]}"
        yield there


@dataclass(frozen=True, slots=True)
class Folder:
    """One spoke, its server, and how somebody edits it: ``edit`` enters, changes or deletes."""

    spoke: Watched
    server: ExchangeServer
    edit: Callable[[str], Awaitable[None]]
    requests: Callable[[], str]

    @property
    def push(self) -> PushDesk:
        """Its subscriptions."""
        return self.server.push


def _editing(user: object, contents: Mapping[str, object]) -> Callable[[str], Awaitable[None]]:
    keys: list[str] = []

    async def edit(what: str) -> None:
        if what == "create":
            keys.append(await user.create(contents["new"]))  # type: ignore[attr-defined]
        elif what == "change":
            await user.change(keys[0], contents["other"])  # type: ignore[attr-defined]
        else:
            await user.delete(keys.pop())  # type: ignore[attr-defined]

    return edit


@asynccontextmanager
async def _of_events(name: str) -> AsyncIterator[Folder]:
    async with world() as there:
        spoke, user = (there.calendar(), there.anna) if name == "calendar" else (there.public(), there.team)
        contents = {"new": ONE, "other": replace(ONE, subject="None")}
        yield Folder(spoke, there.server, _editing(user, contents), lambda: " ".join(there.operations()))


@asynccontextmanager
async def _of_contacts(name: str) -> AsyncIterator[Folder]:
    opening = {"contacts": contacts.staged(), "below": contacts.staged("Customers"), "public": contacts.public()}
    async with opening[name] as (stage, mailboxes, owner, _):
        contents = {"new": ANN, "other": replace(ANN, company="Other")}
        assert isinstance(stage.spoke, Watched)
        wire = stage.wire
        yield Folder(
            stage.spoke, mailboxes.server, _editing(owner, contents), lambda: b" ".join(wire()).decode(errors="replace")
        )


def folder(kind: str) -> AbstractAsyncContextManager[Folder]:
    holds, _, name = kind.partition(" ")
    return _of_events(name) if holds == "events" else _of_contacts(name)


KINDS = ("events calendar", "events public", "contacts contacts", "contacts below", "contacts public")


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_somebody_does_there_is_heard_at_the_hook(kind: str) -> None:
    async with folder(kind) as there, opened() as door:
        hook, url, secret = door.new()
        watch = await there.spoke.watch(url, secret, LONG)
        await there.push.settled()
        assert (list(there.push.subscriptions), door.heard) == ([watch.key], [("team", Said.BEGUN)])
        for what, said in (("create", Said.CHANGED), ("change", Said.CHANGED), ("delete", Said.REMOVED)):
            await there.edit(what)
            await there.push.settled()
            assert door.heard.pop() == ("team", said)
        before = there.requests()
        await there.spoke.unwatch(watch)
        await there.spoke.unwatch(watch)
        assert there.requests() == before  # nothing can be asked
        del door.hooks[hook.name]
        await there.edit("create")
        await there.push.settled()
        assert (there.push.subscriptions, door.heard) == ({}, [("team", Said.BEGUN)])
        assert there.push.missed == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_one_stands_before_the_old_one_ends(kind: str) -> None:
    async with folder(kind) as there, opened() as door:
        old, url, secret = door.new("old")
        await there.spoke.watch(url, secret, LONG)
        _, url, secret = door.new("new")
        await there.spoke.watch(url, secret, LONG)
        del door.hooks[old.name]
        await there.push.settled()
        door.heard.clear()
        await there.edit("create")
        await there.push.settled()
        assert door.heard == [("new", Said.CHANGED)]
        assert len(there.push.subscriptions) == 1


async def test_a_promise_is_relied_on_for_some_hours() -> None:
    async with world() as there, opened() as door:
        _, url, secret = door.new()
        assert (await there.calendar().watch(url, secret, LONG)).until == NOW + LASTS
        soon = NOW + timedelta(hours=1)
        assert (await there.calendar().watch(url, secret, soon)).until == soon
        await there.server.push.settled()


async def test_promises_are_renewed_and_ended_by_the_ledger_alone(tmp_path: Path) -> None:
    async with world() as there, Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        ledger, heard, begun = Ledger(database, clock=lambda: there.clock.now), list[str](), list[str]()
        front = HookFront(ledger.hook, lambda hook, news: heard.append(hook.name), reads=(), by_url=SPOKEN)
        async with Door(front.answer, [ListenAddress("127.0.0.1", 0)]) as door:
            watching = Watching(
                hub="merger",
                hooks=ledger,
                public_url=f"http://{door.addresses[0]}",
                clock=lambda: there.clock.now,
                random=lambda length: f"{next(NUMBERS):0{2 * length}x}",
                begun=begun.append,
            )
            spokes, push = {"team": there.public()}, there.server.push
            assert await watching.kept(spokes)
            [first] = await ledger.hooks("merger")
            there.clock.pass_(LASTS - MARGIN)
            assert await watching.kept(spokes)
            [second] = await ledger.hooks("merger")
            await push.settled()
            heard.clear()
            for _ in range(2):  # the first of both hears that it is over
                there.clock.pass_(FREQUENCY)
                push.due()
                await push.settled()
                assert second.watch is not None
                assert list(push.subscriptions) == [second.watch.key]
            assert (first.name in heard, second.name in heard) == (False, True)
            assert begun == ["team"] * 2
            await watching.ended(spokes)
            there.clock.pass_(FREQUENCY)
            push.due()
            await push.settled()
            assert (push.subscriptions, push.missed, await ledger.hooks("merger")) == ({}, 0, [])


def test_a_new_one_is_asked_for_long_before_the_old_one_is_given_up() -> None:
    assert LASTS - MARGIN >= 2 * FREQUENCY


async def test_it_is_heard_now_and_then_and_that_is_no_change() -> None:
    async with world() as there, opened() as door:
        _, url, secret = door.new()
        await there.calendar().watch(url, secret, LONG)
        await there.server.push.settled()
        there.clock.pass_(FREQUENCY)
        there.server.push.due()
        await there.server.push.settled()
        assert door.heard == [("team", Said.BEGUN)] * 2


async def test_one_that_fails_is_told_to_be_made_anew() -> None:
    async with world() as there, opened() as door:
        _, url, secret = door.new()
        watch = await there.calendar().watch(url, secret, LONG)
        await there.server.push.settled()
        there.server.push.fail(watch.key, "ErrorMissedNotificationEvents")
        await there.server.push.settled()
        assert door.heard[1:] == [("team", Said.ENDED)]


async def test_a_public_folder_is_subscribed_to_where_its_content_is_and_found_anew_once_it_moved() -> None:
    async with world() as there, opened() as door:
        spoke, (_, url, secret) = there.public(), door.new()
        await spoke.watch(url, secret, LONG)
        assert _led(there) == [there.team.folder.content]
        there.team.folder.content = there.team.folder.content.replace("0002@", "0003@")
        with pytest.raises(PeerError):
            await spoke.watch(url, secret, LONG)
        await spoke.watch(url, secret, LONG)
        assert _led(there)[-1] == there.team.folder.content
        await there.server.push.settled()


def _led(there: World) -> list[str]:
    asked = zip(there.operations(), there.requests, strict=True)
    return [each.headers.get("X-PublicFolderMailbox", "") for name, each in asked if name == "Subscribe"]


async def test_a_url_that_the_server_refuses_is_told_without_its_secret() -> None:
    async with world() as there:
        with pytest.raises(PeerError) as caught:
            await there.calendar().watch("hooks.example.com/hooks/name", "s3cret", LONG)
        assert (caught.value.reason, "s3cret" in str(caught.value)) == (Reason.PEER_FAILED, False)
        assert "public_url" in caught.value.detail


async def test_a_mailbox_that_was_only_opened_to_us_tells_nothing_and_that_is_said_with_what_to_do() -> None:
    async with exchange_mailboxes() as there:
        there.desk.mailboxes[ANNA].delegates = frozenset([WRITER.username])
        at = exchange(there.send, url=there.server.ews_url, mailbox=ANNA, impersonates=False)
        spoke = ExchangeContacts("mailbox", at)
        assert (await Reader(spoke).news()).items == {}
        with pytest.raises(PeerError, match="impersonate = true"):
            await spoke.watch("https://hooks.example.com/hooks/name", "s3cret", LONG)
        assert there.server.push.subscriptions == {}


@pytest.mark.parametrize(("code", "words"), [("ErrorExceededSubscriptionCount", "EwsMax"), ("ErrorServerBusy", "Busy")])
async def test_why_nothing_is_promised(code: str, words: str) -> None:
    at = exchange(Peer(answer("Subscribe", message("Subscribe", code=code))))
    way = MailboxAccess(send=at.send, url=at.url, mailbox=at.mailbox)
    with pytest.raises(PeerError, match=words):
        await watch(Opened(exchange=at, access=way, folder="<t:FolderId/>"), "https://h.example/hooks/a", "b", LONG)


def test_every_sort_of_notification_has_a_meaning() -> None:
    assert set(SAID) == set(Sort)


CALL = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SendNotification><ResponseMessages>'
    b'<SendNotificationResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
    b"</SendNotificationResponseMessage></ResponseMessages></SendNotification></s:Body></s:Envelope>"
)


@pytest.mark.parametrize("kind", ["text/xml; charset=utf-8", "text/xml", "application/soap+xml"])
def test_what_is_read(kind: str) -> None:
    assert list(read({"Content-Type": kind}, CALL)) == [Said.CHANGED]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", CALL),
        ("application/json", CALL),
        ("application/x-www-form-urlencoded", CALL),
        ("text/xml", b""),
        ("text/xml", CALL[:-9]),
        ("text/xml", b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>' + CALL),
        ("text/xml", b"<a>" * 200_000),
        ("text/xml", b'{"value": []}'),
    ],
    ids=["no kind", "json", "form", "nothing", "half", "entities", "deep", "other"],
)
def test_what_is_none_is_not_read(kind: str, body: bytes) -> None:
    with pytest.raises(ValueError, match="no notification of Exchange"):
        read({"Content-Type": kind} if kind else {}, body)

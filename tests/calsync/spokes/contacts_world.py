"""What the tests of all spokes of contacts have alike: a contact, a way on which answers get lost, and a user."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from calsync.spokes.exchange_calendar_asking import Exchange
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.card import Card
from protocols.model.freebusy import Reason
from tests.contracts.spoke_world import NOW, Stage, creation, done, failed

ANN: Final = Card(display_name="Ann Example", given_name="Ann", surname="Example", emails=("ann@contoso.example",))


async def never(seconds: float) -> None:
    """For who must not wait."""
    raise AssertionError(f"waits for {seconds} seconds")


def exchange(send: Send, *, url: str = "https://mail.b.example/EWS", **more: Any) -> Exchange:
    """An Exchange server of a known version, whose clock stands still unless ``more`` says otherwise."""
    told = {"mailbox": "ann@b.example", "version": "Exchange2013", "clock": lambda: NOW, **more}
    return Exchange(send=send, url=url, sleep=never, chance=lambda: 0.0, **told)


class Lossy:
    """A Send whose answers to the writes that ``is_write`` knows get lost where ``losing`` is set. ``passed`` is
    how much later it is for whoever sends by it."""

    def __init__(self, send: Send, is_write: Callable[[HttpRequest], bool]) -> None:
        self._send, self._is_write, self.losing = send, is_write, False
        self.passed = timedelta()

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        response = await self._send(request)
        if self.losing and self._is_write(request):
            raise PeerError(Reason.TIMEOUT, "no answer")
        return response

    def pass_(self, time: timedelta) -> None:
        """Lets ``time`` pass."""
        self.passed += time


class Unguarded:
    """What nobody can do in a folder of contacts."""

    async def invite(self, key: str) -> None:
        raise NotImplementedError("nobody is invited to a contact")

    async def spoil(self) -> str:
        raise NotImplementedError("the server keeps nothing that cannot be read")


def wire(requests: Sequence[HttpRequest]) -> list[bytes]:
    """The requests as a Stage tells them."""
    return [f"{each.method} {each.url}\n\n".encode() + each.body for each in requests]


async def made_once(stage: Stage[Card], lossy: Lossy, count: Callable[[], int]) -> None:
    """A copy whose answer got lost is found, and not made again; ``count`` tells how many contacts there are."""
    write = creation(ANN)
    lossy.losing = True
    assert (await failed(stage.spoke, write)).doubt
    assert count() == 1
    lossy.losing = False
    [found] = await stage.spoke.find([write])
    assert found is not None
    assert await done(stage.spoke, write) == found
    assert count() == 1

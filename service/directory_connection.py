"""One connection to a directory: many questions at once, and what of the answers has come."""

import asyncio
import os
import select
from collections.abc import Sequence
from typing import Final

from protocols.errors import PeerError
from protocols.ldap.operations import Control, Request, SaslBind
from protocols.ldap.replies import Found, Reply
from protocols.model.freebusy import Reason
from service.directory_parts import BrokenError, Brought, FullError
from service.directory_tunnel import Tunnel

_GONE: Final = "the connection is closed"


class _Pending:
    """One question and what of its answer has come."""

    def __init__(self) -> None:
        self.done: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._entries: list[Found] = []
        self._referrals: list[str] = []

    def take(self, body: Found | tuple[str, ...] | Reply) -> None:
        if isinstance(body, Found):
            self._entries.append(body)
        elif isinstance(body, tuple):
            self._referrals += body
        elif not self.done.done():
            whole = Reply(
                code=body.code,
                diagnostic=body.diagnostic,
                entries=tuple(self._entries),
                referrals=(*self._referrals, *body.referrals),
                more=body.more,
                credentials=body.credentials,
            )
            self.done.set_result(whole)

    def fail(self, error: PeerError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Connection:
    """One connection, from :meth:`start` to :meth:`close`; ``lost`` says why it is of no use any more.

    libldap is called from the event loop and never waits: its socket does not block, what it has to say goes out as the
    tunnel takes it, and what came is fetched whenever the socket can be read. Steps of SASL, which wait, have a thread.
    """

    def __init__(self, host: str, tunnel: Tunnel) -> None:
        from service.directory_calls import Calls  # noqa: PLC0415  python-ldap is optional

        self._host, self._tunnel = host, tunnel
        self.certificate = tunnel.certificate
        self._watched = os.dup(tunnel.descriptor)  # libldap closes its own where the connection breaks
        self._calls = Calls(tunnel.descriptor)
        self._waiting: dict[int, _Pending] = {}
        self._moved = asyncio.Event()
        self._stepping = False
        self._closed = False
        self.lost: PeerError | None = None

    async def start(self) -> None:
        """From now on it can be asked."""
        await self._tunnel.start(moved=self._on_moved, ended=self._on_ended)
        self._listen()

    async def ask(self, request: Request, controls: Sequence[Control], seconds: float) -> Reply:
        """The whole answer, whatever its result code; several may be asked for at once.

        Raises PeerError(UNREACHABLE | TIMEOUT | GARBLED), FilterError. What is given up is abandoned.
        """
        if self.lost is not None:
            raise self.lost
        number = 0
        try:
            async with asyncio.timeout(seconds):
                if isinstance(request, SaslBind):
                    return await self._step(request)
                number = await self._send(request, controls)
                pending = self._waiting[number] = _Pending()
                return await pending.done
        except TimeoutError:
            self._abandon(number)
            raise PeerError(Reason.TIMEOUT, f"{self._host}: no answer in {seconds:g} s") from None
        except asyncio.CancelledError:
            self._abandon(number)
            raise
        finally:
            self._waiting.pop(number, None)

    async def _send(self, request: Request, controls: Sequence[Control]) -> int:
        while self.lost is None:
            self._moved.clear()
            try:
                return self._calls.send(request, controls)
            except FullError:
                await self._moved.wait()
            except BrokenError as error:
                self._end(str(error))
        raise self.lost

    async def _step(self, request: SaslBind) -> Reply:
        """In a thread, since the library waits there; a step that is given up takes the line with it."""
        self._deafen()
        self._stepping = True
        try:
            reply = await asyncio.to_thread(self._calls.step, request)
        except BrokenError as error:
            self._stepping = False
            raise self._end(str(error)) from None
        except asyncio.CancelledError:
            self._lose(PeerError(Reason.UNREACHABLE, f"{self._host}: {_GONE}"))
            raise
        self._stepping = False
        self._listen()
        return reply

    def _abandon(self, number: int) -> None:
        if self.lost is not None:
            return
        if not self._written():
            self._lose(PeerError(Reason.UNREACHABLE, f"{self._host}: {_GONE}"))
        elif number in self._waiting:
            try:
                self._calls.abandon(number)
            except BrokenError as error:
                self._end(str(error))

    def _written(self) -> bool:
        """Whether nothing is left of what was to be sent. libldap would say the next word into the middle of it, and
        the directory would take that for a part of some value."""
        self._fetch()  # writes on what can be written; if anything is left then, the socket is full
        poll = select.poll()
        poll.register(self._watched, select.POLLOUT)
        return bool(poll.poll(0))

    def _listen(self) -> None:
        if self.lost is None:
            asyncio.get_running_loop().add_reader(self._watched, self._fetch)

    def _deafen(self) -> None:
        asyncio.get_running_loop().remove_reader(self._watched)

    def _fetch(self) -> None:
        """Hands what has come to those who wait."""
        try:
            while self.lost is None and not self._stepping and (brought := self._calls.take()) is not None:
                self._hand(brought)
        except BrokenError as error:
            self._end(str(error))

    def _hand(self, brought: Brought) -> None:
        pending, body = self._waiting.get(brought.number), brought.body
        if brought.number <= 0:  # RFC 4511 4.4.1: notice of disconnection
            self._lose(PeerError(Reason.UNREACHABLE, f"{self._host}: it closed the connection"))
        elif pending is None:
            return  # nobody waits for it any more
        elif isinstance(body, ValueError):
            pending.fail(PeerError(Reason.GARBLED, f"{self._host}: {body}"))
        else:
            pending.take(body)

    def _on_moved(self) -> None:
        self._moved.set()
        self._fetch()  # libldap writes on what it could not write before

    def _on_ended(self) -> None:
        self._fetch()
        self._end(_GONE)

    def _end(self, words: str) -> PeerError:
        """libldap says that nothing more can be had: because the connection has ended, or what came is no LDAP."""
        return self._lose(self._tunnel.error or PeerError(Reason.GARBLED, f"{self._host}: {words}"))

    def _lose(self, error: PeerError) -> PeerError:
        if self.lost is None:
            self.lost = error
            self._deafen()
            self._tunnel.cut()
            self._moved.set()
        for pending in self._waiting.values():
            pending.fail(self.lost)
        return self.lost

    async def close(self) -> None:
        """Says good-bye and closes."""
        if self._closed:
            return
        self._closed = True
        if self.lost is None and not self._written():
            self._tunnel.cut()
        self._deafen()
        self.lost = self.lost or PeerError(Reason.UNREACHABLE, f"{self._host}: {_GONE}")
        if not self._stepping:  # otherwise the thread holds it, and lets go of it when the tunnel is cut
            self._calls.close()
        os.close(self._watched)
        for pending in self._waiting.values():
            pending.fail(self.lost)
        await self._tunnel.close()

"""The simulated Microsoft 365 whose mailboxes are filled, as a process of its own: it must not share our core."""

import asyncio
import gc
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from typing import Final

from bench.machine import SERVER
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.contacts import ContactsDesk
from simulation.graph.mailbox_limits import MailboxLimits

_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the server saw: contacts that stand there now, in how many mailboxes and for how many stamps in each of
    them at least; requests, those refused, calls of $batch; how many requests one mailbox had at once at most; and the
    server's own seconds of processor time."""

    contacts: int
    mailboxes: int
    fewest: int
    requests: int
    refused: int
    batches: int
    most_at_once: int
    busy: float


class MailboxServer:
    """A server that runs: ``url`` and ``token`` reach it."""

    def __init__(self, url: str, token: str, pipe: Connection) -> None:
        self.url, self.token, self._pipe = url, token, pipe

    def counts(self) -> Counts:
        """What it saw until now."""
        self._pipe.send("counts")
        told: Counts = self._pipe.recv()
        return told


@contextmanager
def mailbox_server(mailboxes: int, latency: float) -> Iterator[MailboxServer]:
    """A server with so many empty mailboxes, which takes ``latency`` seconds for each request and enforces Outlook's
    limits as they are."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(mailboxes, latency, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_PATIENCE):
            raise TimeoutError("the simulation did not start")
        url, token = ours.recv()
        yield MailboxServer(url, token, ours)
    finally:
        process.kill()
        process.join()
        ours.close()
        process.close()


def address(number: int) -> str:
    """The address of a mailbox by its number."""
    return f"user{number}@contoso.example"


def _run(mailboxes: int, latency: float, pipe: Connection) -> None:
    os.sched_setaffinity(0, {SERVER})
    gc.set_threshold(700, 10, 1_000_000)  # to look through millions of contacts stops all mailboxes for seconds
    asyncio.run(_serve(mailboxes, latency, pipe))


async def _serve(mailboxes: int, latency: float, pipe: Connection) -> None:
    desk = ContactsDesk(map(address, range(mailboxes)), limits=MailboxLimits(latency=latency))
    async with GraphServer(Estate(date(2026, 11, 23)), contacts=desk) as server:
        pipe.send((server.url, server.tokens.issue(roles=("Contacts.ReadWrite",))))
        asked = asyncio.Event()
        asyncio.get_running_loop().add_reader(pipe.fileno(), asked.set)
        while True:
            try:
                await asyncio.wait_for(asked.wait(), 1)
            except TimeoutError:
                server.calls.clear()  # half a gigabyte of requests is nobody's journal
                continue
            asked.clear()
            if pipe.poll():  # the loop may have told of the same question twice
                pipe.recv()
                pipe.send(_counts(desk))


def _counts(desk: ContactsDesk) -> Counts:
    filled = [
        len({stamp for item in folder.contacts.values() for stamp in item.extended.values()})
        for mailbox in desk.mailboxes.values()
        for folder in mailbox.folders.values()
        if folder.extended
    ]
    own = (len(folder.contacts) for mailbox in desk.mailboxes.values() for folder in mailbox.folders.values())
    limits = desk.limits
    return Counts(
        contacts=sum(own),
        mailboxes=len(filled),
        fewest=min(filled, default=0),
        requests=limits.answered.total(),
        refused=limits.answered[429],
        batches=desk.batches,
        most_at_once=max(limits.most.values(), default=0),
        busy=time.process_time(),
    )

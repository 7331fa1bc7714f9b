"""Wires the automatic replies: one source per connector that may be asked, and one view of them per caller."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from protocols.ews import automatic_replies as ews
from protocols.google import automatic_replies as google
from protocols.graph import automatic_replies as graph
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.mailbox import Mailbox
from proxy.automatic_replies import AskReply, Replies, Source
from proxy.complaints import Complaints
from proxy.connector import Clock
from proxy.scopes import GMAIL_SETTINGS
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.settings.connectors import EwsConnector, GoogleConnector, GraphConnector
from proxy.wiring.sign_in import PeerNetwork
from routing.policy import Policy
from routing.ways import Ways
from service.clouds import at_google, at_graph
from service.exchange import at_exchange

_SUBJECTS: Final = 1_024  # people whose tokens are kept
_TOGETHER: Final = 4  # calls at once: Exchange and Graph throttle by mailbox and by account


async def reply_sources(
    settings: ProxySettings, directory: Path, stack: AsyncExitStack, *, clock: Clock, without: Container[str] = ()
) -> dict[str, Source]:
    """The sources by connector; none, and no token asked for, where no caller gets mail tips.

    Connectors in ``without`` have none: somebody else stands in for them. What the others open is closed by
    ``stack``. Raises SecretError, OSError (the CA file).
    """
    if not any(caller.mailtips for caller in settings.callers):
        return {}
    found: dict[str, Source] = {}
    for name, connector in settings.connectors.items():
        build = _ASKS.get(type(connector))
        if connector.automatic_replies and build is not None and name not in without:
            ask = await build(connector, PeerNetwork(connector, directory, stack))
            complaints = Complaints(name, clock=clock)
            found[name] = Source(
                name=name, ask=ask, clock=clock, places=asyncio.Semaphore(_TOGETHER), complaints=complaints
            )
    return found


def replies_of(
    caller: CallerSettings,
    policy: Policy,
    ways: Ways,
    sources: Mapping[str, Source],
    *,
    settings: ProxySettings,
    clock: Clock,
) -> Replies | None:
    """What ``caller`` may hear; None where its section does not switch mail tips on."""
    if not caller.mailtips:
        return None
    return Replies(
        policy=policy,
        ways=ways,
        sources=sources,
        never_via=caller.never_via,
        deadline=caller.deadline or settings.server.deadline,
        clock=clock,
    )


async def _of_graph(settings: GraphConnector, network: PeerNetwork) -> AskReply:
    send, api_url = await at_graph(settings, network)

    async def ask(mailbox: Mailbox, now: datetime) -> AutomaticReply | None:
        return await graph.ask(send, mailbox, api_url=api_url, now=now)

    return ask


async def _of_exchange(settings: EwsConnector, network: PeerNetwork) -> AskReply:
    send = await at_exchange(settings, network, lanes=settings.concurrency)

    async def ask(mailbox: Mailbox, now: datetime) -> AutomaticReply | None:
        return await ews.ask(send, mailbox, url=settings.url, now=now)

    return ask


async def _of_google(settings: GoogleConnector, network: PeerNetwork) -> AskReply:
    """Gmail tells a responder to its owner alone: every question is asked as the person it is about."""
    api_url = settings.api_url or google.API_URL
    send_as = lru_cache(maxsize=_SUBJECTS)(await at_google(settings, network, api_url=api_url, subject_is_asked=True))

    async def ask(mailbox: Mailbox, now: datetime) -> AutomaticReply | None:
        return await google.ask(send_as(mailbox.address, GMAIL_SETTINGS), api_url=api_url, now=now)

    return ask


_ASKS: Final[dict[type[Any], Callable[[Any, PeerNetwork], Awaitable[AskReply]]]] = {
    GraphConnector: _of_graph,
    EwsConnector: _of_exchange,
    GoogleConnector: _of_google,
}

ANSWERING: Final = tuple(_ASKS)
"""The connectors whose systems tell automatic replies."""

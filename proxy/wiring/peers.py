"""Builds the asking end of each connector: protocol, credential and wire, bound together."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from protocols.ews import ask as ews
from protocols.google import events, freebusy
from protocols.graph import schedule
from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from protocols.model.freebusy import Answer, Detail, Question, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits
from proxy.scopes import GOOGLE_EVENTS, GOOGLE_FREEBUSY
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector
from proxy.wiring.sign_in import PeerNetwork, signed_in
from service.tokens import authorized
from service.tokens_google import GoogleTokens, SubjectError, key_file
from service.tokens_microsoft import MicrosoftTokens

WINDOW = timedelta(days=60)  # within 62 days at Exchange and Graph, and 90 at Google
_EWS_MAILBOXES, _GRAPH_MAILBOXES, _GOOGLE_MAILBOXES = 100, 20, 50
_SUBJECTS = 4_096  # people whose tokens are kept


@dataclass(frozen=True, slots=True)
class Peer:
    """How to ask one calendar system: one ``Ask`` per account, and what a call may hold."""

    asks: tuple[Ask, ...]
    limits: Callable[[Question], BatchLimits]


async def peer(name: str, settings: ConnectorSettings, directory: Path, stack: AsyncExitStack) -> Peer:
    """The peer called ``name``; what it opens is closed by ``stack``. Raises SecretError, OSError (the CA file)."""
    network = PeerNetwork(settings, directory, stack)
    if isinstance(settings, EwsConnector):
        return await _ews(name, settings, network)
    if isinstance(settings, GraphConnector):
        return await _graph(name, settings, network)
    return await _google(name, settings, network)


async def _ews(name: str, settings: EwsConnector, network: PeerNetwork) -> Peer:
    send = await signed_in(settings, network)
    impersonate = settings.impersonate or ""

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        return await ews.ask(
            send, mailboxes, question, url=settings.url, source=name, as_of=as_of, impersonate=impersonate
        )

    return Peer((ask,), lambda _: BatchLimits(_EWS_MAILBOXES, WINDOW))


async def _graph(name: str, settings: GraphConnector, network: PeerNetwork) -> Peer:
    cloud = CLOUDS[settings.cloud]
    api_url = settings.graph_url or cloud.graph
    reference = settings.certificate or settings.secret
    assert reference is not None  # the settings see to it
    login_url = settings.login_url or cloud.login
    tokens = MicrosoftTokens(
        network.blocking(only=login_url),
        authority=f"{login_url}/{settings.tenant}",
        client_id=settings.client_id,
        proof=network.secret(reference),
        scope=f"{api_url}/.default",
    )
    send = authorized((await network.wire()).send, tokens, to=api_url)

    def asking(anchor: str) -> Ask:
        async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
            return await schedule.ask(
                send, mailboxes, question, api_url=api_url, anchor=anchor, source=name, as_of=as_of
            )

        return ask

    return Peer(tuple(map(asking, settings.anchors)), lambda _: BatchLimits(_GRAPH_MAILBOXES, WINDOW))


async def _google(name: str, settings: GoogleConnector, network: PeerNetwork) -> Peer:
    account = key_file(network.secret(settings.service_account))
    blocking, wire = network.blocking(only=str(account["token_uri"])), await network.wire()
    api_url = settings.api_url or freebusy.API_URL
    each_as_themself = settings.subject == "target"

    @lru_cache(maxsize=_SUBJECTS)
    def send_as(subject: str, scope: str) -> Send:
        tokens = GoogleTokens(
            blocking, account=account, subject=subject, scopes=(scope,), subject_is_asked=each_as_themself
        )
        return authorized(wire.send, tokens, to=api_url)

    def by_events(question: Question) -> bool:
        return settings.statuses or question.detail is Detail.DETAILS

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        try:
            return await asked(mailboxes, question, as_of)
        except SubjectError as refusal:  # of one person, not of the call: nobody else is refused, and no way is closed
            return all_unavailable(mailboxes, refusal.reason, detail=refusal.detail)

    async def asked(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        subject = mailboxes[0].address if each_as_themself else settings.subject
        if by_events(question):
            send = send_as(subject, GOOGLE_EVENTS)
            return await events.ask(send, mailboxes, question, api_url=api_url, source=name, as_of=as_of)
        send = send_as(subject, GOOGLE_FREEBUSY)
        return await freebusy.ask(send, mailboxes, question, api_url=api_url, source=name, as_of=as_of)

    def limits(question: Question) -> BatchLimits:
        alone = each_as_themself or by_events(question)
        return BatchLimits(1 if alone else _GOOGLE_MAILBOXES, WINDOW)

    return Peer((ask,), limits)

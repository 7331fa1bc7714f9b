"""Builds the asking end of each connector: protocol, credential and wire, bound together."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
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
from service.secrets import Reference, Secret, resolve
from service.tokens import authorized, basic
from service.tokens_google import GoogleTokens, SubjectError, key_file
from service.tokens_microsoft import MicrosoftTokens
from service.wire import BlockingWire, Wire

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
    ca = directory / settings.ca if settings.ca else None
    wire = await stack.enter_async_context(Wire(timeout=settings.deadline, ca=ca, repeatable=True))
    blocking = BlockingWire(ca=ca)
    stack.callback(blocking.close)
    secret = partial(_resolved, directory)
    if isinstance(settings, EwsConnector):
        return _ews(name, settings, wire, secret)
    if isinstance(settings, GraphConnector):
        return _graph(name, settings, wire, blocking, secret)
    return _google(name, settings, wire, blocking, secret)


_Secrets = Callable[[Reference], Secret]


def _resolved(directory: Path, reference: Reference) -> Secret:
    return resolve(reference, directory)


def _ews(name: str, settings: EwsConnector, wire: Wire, secret: _Secrets) -> Peer:
    send = basic(wire.send, settings.auth.username, secret(settings.auth.password))

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        return await ews.ask(send, mailboxes, question, url=settings.url, source=name, as_of=as_of)

    return Peer((ask,), lambda _: BatchLimits(_EWS_MAILBOXES, WINDOW))


def _graph(name: str, settings: GraphConnector, wire: Wire, blocking: BlockingWire, secret: _Secrets) -> Peer:
    cloud = CLOUDS[settings.cloud]
    api_url = settings.graph_url or cloud.graph
    reference = settings.certificate or settings.secret
    assert reference is not None  # the settings see to it
    tokens = MicrosoftTokens(
        blocking,
        authority=f"{settings.login_url or cloud.login}/{settings.tenant}",
        client_id=settings.client_id,
        proof=secret(reference),
        scope=f"{api_url}/.default",
    )
    send = authorized(wire.send, tokens)

    def asking(anchor: str) -> Ask:
        async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
            return await schedule.ask(
                send, mailboxes, question, api_url=api_url, anchor=anchor, source=name, as_of=as_of
            )

        return ask

    return Peer(tuple(map(asking, settings.anchors)), lambda _: BatchLimits(_GRAPH_MAILBOXES, WINDOW))


def _google(name: str, settings: GoogleConnector, wire: Wire, blocking: BlockingWire, secret: _Secrets) -> Peer:
    account = key_file(secret(settings.service_account))
    api_url = settings.api_url or freebusy.API_URL
    each_as_themself = settings.subject == "target"

    @lru_cache(maxsize=_SUBJECTS)
    def send_as(subject: str, scope: str) -> Send:
        tokens = GoogleTokens(
            blocking, account=account, subject=subject, scopes=(scope,), subject_is_asked=each_as_themself
        )
        return authorized(wire.send, tokens)

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

"""The asking end of a Google Workspace domain."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from protocols.google import events, freebusy
from protocols.model.freebusy import Answer, Detail, Question, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Ask
from proxy.layers.batch import BatchLimits
from proxy.scopes import GOOGLE_EVENTS, GOOGLE_FREEBUSY
from proxy.settings.connectors import GoogleConnector
from proxy.wiring.peers.peer import WINDOW, Peer
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_google
from service.tokens_google import SubjectError

_MAILBOXES: Final = 50
_SUBJECTS: Final = 4_096  # people whose tokens are kept


async def peer(name: str, settings: GoogleConnector, network: PeerNetwork) -> Peer:
    """The Workspace domain of ``settings``, one account per subject. Raises SecretError, OSError (the CA file)."""
    api_url = settings.api_url or freebusy.API_URL
    each_as_themself = settings.subject == "target"
    made = await at_google(settings, network, api_url=api_url, subject_is_asked=each_as_themself)
    send_as = lru_cache(maxsize=_SUBJECTS)(made)

    def by_events(question: Question) -> bool:
        return settings.statuses or question.detail is Detail.DETAILS

    async def asked(subject: str, mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        if by_events(question):
            send = network.onward(send_as(subject, GOOGLE_EVENTS), question)
            return await events.ask(send, mailboxes, question, api_url=api_url, source=name, as_of=as_of)
        send = network.onward(send_as(subject, GOOGLE_FREEBUSY), question)
        return await freebusy.ask(send, mailboxes, question, api_url=api_url, source=name, as_of=as_of)

    def asking(by: str) -> Ask:
        async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
            subject = mailboxes[0].address if each_as_themself else by
            try:
                return await asked(subject, mailboxes, question, as_of)
            except SubjectError as refusal:  # of one person, not of the call: nobody else is refused, no way is closed
                return all_unavailable(mailboxes, refusal.reason, detail=refusal.detail)

        return ask

    def limits(question: Question) -> BatchLimits:
        alone = each_as_themself or by_events(question)
        return BatchLimits(1 if alone else _MAILBOXES, WINDOW)

    return Peer(tuple(map(asking, settings.subjects)), limits)

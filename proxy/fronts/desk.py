"""How one caller is served: the way from any dialect's question to the answers behind the caller's own veil."""

from collections.abc import Hashable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace

from protocols.errors import Fault, RequestError
from protocols.ews.manner import EXCHANGE, Manner
from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.intervals import can_hold
from protocols.model.mailbox import Mailbox
from proxy.automatic_replies import Replies
from proxy.connector import AtOnce, Connector, at_once_of
from proxy.fronts.record import Record
from proxy.ledger.witness import Witness
from proxy.rooms import RoomDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything one caller may see behind ``connector``, written in its ``manner`` where it speaks EWS.

    ``fragments`` keeps what was rendered; its keys hold all that shows in the bytes, so that callers may share it.
    ``witness`` sees every look-up before its answer goes out. ``rooms`` are those it is offered, None where there are
    none at all; ``replies`` the automatic replies it may hear of, None for callers without mail tips.
    """

    connector: Connector
    manner: Manner = EXCHANGE
    fragments: MutableMapping[Hashable, bytes] | None = None
    witness: Witness | None = None
    rooms: RoomDesk | None = None
    replies: Replies | None = None
    _at_once: AtOnce = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at_once", at_once_of(self.connector))

    async def look_up(self, mailboxes: Sequence[Mailbox | None], question: Question, record: Record) -> list[Answer]:
        """One answer per mailbox, in order; None, which is no address, is not looked up (INVALID_ADDRESS).

        The record counts them, the witness has seen them. Raises RequestError where nothing may be answered now, and
        for a window outside 1970 to 2106 (INVALID_WINDOW): nobody knows what is there.
        """
        if not can_hold(question.window):
            raise RequestError(Fault.INVALID_WINDOW)
        if self.witness is not None:
            self.witness.ready()
        if record.hops:
            question = replace(question, hops=record.hops)
        wanted = [mailbox for mailbox in mailboxes if mailbox is not None]
        answers = await self.connector.lookup(wanted, question) if wanted else []
        if len(answers) != len(mailboxes):
            following = iter(answers)
            answers = [_NO_ADDRESS if mailbox is None else next(following) for mailbox in mailboxes]
        self.told(question, answers, record)
        return answers

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """What :meth:`look_up` would answer without waiting; None where it would wait, or refuse.

        Whoever hands the answers out says so by :meth:`told`.
        """
        if not can_hold(question.window) or (self.witness is not None and self.witness.doubts()):
            return None
        return self._at_once(mailboxes, question)

    def told(self, question: Question, answers: Sequence[Answer], record: Record) -> None:
        """The caller of ``record`` gets ``answers``: they are counted and written down before they go out."""
        record.answered(answers)
        if self.witness is not None:
            self.witness.saw(record, question, answers)


_NO_ADDRESS = Unavailable(mailbox=None, reason=Reason.INVALID_ADDRESS)

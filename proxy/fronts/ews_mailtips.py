"""GetMailTips: only for callers whose section switches it on, and then the automatic replies for outsiders only."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from protocols.errors import Fault, RequestError
from protocols.ews import mailtips
from protocols.ews.operations import MAIL_TIPS
from protocols.ews.query import Target
from protocols.ews.soap import Envelope
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Answer, Availability, Detail, Question, Unavailable
from protocols.model.intervals import EMPTY
from protocols.model.window import TimeWindow
from proxy.automatic_replies import NO_ADDRESS, Told
from proxy.fronts.desk import Desk
from proxy.fronts.record import Record

_MOMENT: Final = timedelta(seconds=1)


async def mail_tips(envelope: Envelope, desk: Desk, record: Record) -> bytes:
    """The whole answer. Raises RequestError: UNKNOWN_OPERATION where this caller gets no mail tips."""
    replies = desk.replies
    if replies is None:
        raise RequestError(Fault.UNKNOWN_OPERATION, MAIL_TIPS)
    asked = mailtips.decode(envelope)
    if not asked.replies:  # nothing else is ever told
        return mailtips.encode(asked, [NO_ADDRESS if target.mailbox is None else None for target in asked.targets])
    if desk.witness is not None:
        desk.witness.ready()
    told = await replies.look_up([target.mailbox for target in asked.targets])
    now = replies.clock()
    window = TimeWindow(now, now + _MOMENT)
    answers = _as_answers(asked.targets, told, window)
    record.answered(answers)
    if desk.witness is not None:  # a reply says more of a person than that the person is busy
        desk.witness.saw(record, Question(window=window, detail=Detail.DETAILS), answers)
    return mailtips.encode(asked, told)


def _as_answers(targets: Sequence[Target], told: Sequence[Told], window: TimeWindow) -> list[Answer]:
    """What was told, in the words in which look-ups are counted and kept: that something was, never what."""
    answers: list[Answer] = []
    for target, each in zip(targets, told, strict=True):
        if isinstance(each, Unavailable):
            answers.append(each)
            continue
        assert target.mailbox is not None  # what is no address is Unavailable
        answers.append(
            Availability(
                mailbox=target.mailbox,
                window=window,
                intervals=EMPTY,
                detail=Detail.DETAILS if isinstance(each, AutomaticReply) else Detail.BUSY,
                source="",
                as_of=window.start,
            )
        )
    return answers

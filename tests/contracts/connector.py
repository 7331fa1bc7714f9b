"""What every Connector promises, tested against each of them: subclass and say how it is built around a peer."""

import pytest

from protocols.model.freebusy import Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector
from tests.contracts.scripted import Scripted, block, boxes, reasons, window
from tests.contracts.virtual import run

WINDOWS = [window(0, 24), window(-2, 1), window(24 * 20, 24 * 30), window(24 * 300, 24 * 62), window(-24 * 400, 0.5)]
BLOCKS = [block(-30, 40), block(1, 2), block(1, 2, subject="other"), block(24 * 21, 5), block(24 * 310, 500)]


class ConnectorContract:
    """Subclasses implement :meth:`around`. All mailboxes asked are of b.example."""

    def around(self, peer: Scripted) -> Connector:
        """The connector under test, answering from ``peer``."""
        raise NotImplementedError

    def ask(self, peer: Scripted, mailboxes: list[Mailbox], question: Question) -> list[Availability | Unavailable]:
        async def asked() -> list[Availability | Unavailable]:
            return await self.around(peer).lookup(mailboxes, question)

        return run(asked())

    def test_one_answer_per_mailbox_in_the_order_asked(self) -> None:
        mailboxes = boxes("carl", "ann", "bob", "ann", "dora", "carl", "carl")
        answers = self.ask(Scripted({"ann@b.example": BLOCKS}), mailboxes, Question(window=WINDOWS[0]))
        assert [answer.mailbox for answer in answers] == mailboxes
        busy = [isinstance(answer, Availability) and len(answer.intervals) > 0 for answer in answers]
        assert busy == [False, True, False, True, False, False, False]

    def test_each_mailbox_is_echoed_as_it_was_asked(self) -> None:
        mailboxes = [Mailbox.parse(text) for text in ("Ann@B.example", "ann@b.example", "smtp:ANN@b.example")]
        peer = Scripted(refusals={"bob@b.example": Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)})
        answers = self.ask(peer, [*mailboxes, *boxes("bob")], Question(window=WINDOWS[0]))
        asked = [answer.mailbox.asked for answer in answers if answer.mailbox]
        assert asked == ["Ann@B.example", "ann@b.example", "smtp:ANN@b.example", "SMTP:BOB@b.example"]

    def test_nobody_asked_nothing_answered(self) -> None:
        assert self.ask(Scripted(), [], Question(window=WINDOWS[0])) == []

    @pytest.mark.parametrize("asked", WINDOWS)
    @pytest.mark.parametrize("detail", Detail)
    def test_the_window_asked_is_answered_with_all_that_touches_it(self, asked: object, detail: Detail) -> None:
        assert isinstance(asked, type(WINDOWS[0]))
        [answer] = self.ask(Scripted({"ann@b.example": BLOCKS}), boxes("ann"), Question(window=asked, detail=detail))
        assert isinstance(answer, Availability)
        assert answer.window == asked
        assert answer.unknown == ()
        touching = [block.window for block in BLOCKS if block.window.overlaps(asked)]
        assert [interval.window for interval in answer.intervals] == touching

    @pytest.mark.parametrize("reason", Reason)
    def test_a_mailbox_that_fails_spoils_no_other(self, reason: Reason) -> None:
        peer = Scripted({"ann@b.example": BLOCKS}, {"bob@b.example": Unavailable(mailbox=None, reason=reason)})
        answers = self.ask(peer, boxes("ann", "bob", "carl"), Question(window=WINDOWS[0]))
        assert reasons(answers) == [None, reason, None]

    def test_details_only_where_asked_for(self) -> None:
        peer = Scripted({"ann@b.example": BLOCKS})
        [bare] = self.ask(peer, boxes("ann"), Question(window=WINDOWS[0]))
        assert isinstance(bare, Availability)
        assert bare.detail is Detail.BUSY
        assert not bare.intervals.has_details
        [full] = self.ask(peer, boxes("ann"), Question(window=WINDOWS[0], detail=Detail.DETAILS))
        assert isinstance(full, Availability)
        assert full.detail is Detail.DETAILS
        assert {block.details.subject for block in full.intervals if block.details} == {"secret", "other"}

    def test_doubt_stays_doubt(self) -> None:
        peer = Scripted(doubts={"ann@b.example": [window(3, 2)]})
        [answer] = self.ask(peer, boxes("ann"), Question(window=window(0, 4)))
        if isinstance(answer, Availability):
            assert answer.unknown == (window(3, 1),)
        else:
            assert answer.reason is Reason.INCOMPLETE

"""What every Prompt promises: what it answers at once is what ``lookup`` answers, and it asks nobody for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Prompt
from tests.contracts.scripted import Scripted, block, boxes, window
from tests.contracts.virtual import START, run

QUESTION = Question(window=window(0, 24))


@dataclass
class Warm(Scripted):
    """Answers at once about those in ``known``, and has what is ready of a question about several."""

    known: set[str] = field(default_factory=set)

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        found = self.ready(mailboxes, question)
        return [each for each in found if each is not None] if all(found) else None

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        return [self._answer(box, question, START) if box.address in self.known else None for box in mailboxes]


class PromptContract:
    """Subclasses implement :meth:`prompt`. All mailboxes asked are of b.example."""

    def prompt(self, peer: Warm) -> Prompt:
        """What is under test, answering from ``peer``."""
        raise NotImplementedError

    def test_what_must_be_waited_for_is_not_answered_at_once_and_nobody_is_asked(self) -> None:
        peer = Warm(known={"ann@b.example"})
        assert self.prompt(peer).at_once(boxes("ann", "bob"), QUESTION) is None
        assert peer.calls == []

    @pytest.mark.parametrize("asked", [("ann",), ("bob", "ann", "ann", "carl"), ()])
    def test_at_once_is_what_lookup_answers(self, asked: tuple[str, ...]) -> None:
        gone = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX)
        known = {f"{name}@b.example" for name in ("ann", "bob", "carl")}
        peer = Warm({"ann@b.example": [block(1, 2), block(23, 2)]}, {"carl@b.example": gone}, known=known)
        mailboxes = [*boxes(*asked), *(Mailbox.parse(f"SMTP:{name}@B.example") for name in asked)]

        async def both() -> None:
            prompt = self.prompt(peer)
            at_once = prompt.at_once(mailboxes, QUESTION)
            answers = await prompt.lookup(mailboxes, QUESTION)
            assert at_once == answers
            spelt = [[each.mailbox.asked for each in found if each.mailbox] for found in (at_once, answers)]
            assert spelt[0] == spelt[1] == [mailbox.asked for mailbox in mailboxes]

        run(both())

    def test_doubt_is_doubt_at_once_too(self) -> None:
        peer = Warm(doubts={"ann@b.example": [window(3, 1)]}, known={"ann@b.example"})

        async def both() -> None:
            prompt = self.prompt(peer)
            at_once = prompt.at_once(boxes("ann"), QUESTION)
            assert at_once == await prompt.lookup(boxes("ann"), QUESTION)
            assert at_once
            assert isinstance(at_once[0], Unavailable) or at_once[0].unknown

        run(both())

    def test_what_came_through_others_like_us_is_answered_alike_or_not_at_once(self) -> None:
        peer = Warm(known={"ann@b.example"})
        question = replace(QUESTION, hops=("0" * 16,))

        async def both() -> None:
            prompt = self.prompt(peer)
            at_once = prompt.at_once(boxes("ann"), question)
            assert at_once is None or at_once == await prompt.lookup(boxes("ann"), question)

        run(both())

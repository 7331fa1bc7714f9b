"""The questions whose answers must look alike: each asks a whole proxy and gives back everything but what counts up."""

from collections.abc import Mapping, Sequence
from typing import Final

import aiohttp

from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from tests.proxy.served import EWS, NOW, XML, login, question

FORBIDDEN, FORBIDDEN_NOBODY = "ann@forbidden.example", "nobody@forbidden.example"
WITHOUT_ROUTE = "ann@without-route.example"
UNKNOWN, NO_ACCESS, NO_CALENDAR = "nobody@fabrikam.example", "ceo@fabrikam.example", "desk@fabrikam.example"
KNOWN = "bob@fabrikam.example"
MAY_ASK: Final = ["fabrikam.example", "without-route.example"]
ALIKE: Final[Mapping[str, str]] = {
    "may not be asked about, and exists": FORBIDDEN,
    "may not be asked about, and does not exist": FORBIDDEN_NOBODY,
    "may be asked about, and nobody answers for it": WITHOUT_ROUTE,
    "may be asked about, and does not exist": UNKNOWN,
    "may be asked about, and its own system forbids it": NO_ACCESS,
    "may be asked about, and has no calendar": NO_CALENDAR,
}
PAIRS: Final = (  # whose times are compared; see docs/security.md for what is not equal
    (FORBIDDEN, FORBIDDEN_NOBODY),
    (FORBIDDEN, WITHOUT_ROUTE),
    (UNKNOWN, NO_ACCESS),
)
_COUNTED = frozenset({"date", "x-request-id", "request-id"})
_REASONS = {
    UNKNOWN: Reason.NO_SUCH_MAILBOX,
    NO_ACCESS: Reason.NO_ACCESS,
    NO_CALENDAR: Reason.NO_CALENDAR,
}


class Company:
    """Knows some people, forbids one, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox."""
        self.asked += [mailbox.address for mailbox in mailboxes]
        return [self._answer(mailbox, question) for mailbox in mailboxes]

    def _answer(self, mailbox: Mailbox, question: Question) -> Answer:
        if (reason := _REASONS.get(mailbox.address)) is not None:
            return Unavailable(mailbox=mailbox, reason=reason, detail="of the other system")
        nothing = Intervals.pack([])
        return Availability(mailbox=mailbox, window=question.window, intervals=nothing, source="script", as_of=NOW)


async def told(session: aiohttp.ClientSession, url: str, *addresses: str, view: str = "FreeBusy") -> tuple[object, ...]:
    """Status, headers and body of a question about ``addresses``."""
    asked = question(*addresses, view=view)
    async with session.post(url + EWS, data=asked, headers={**XML, **login()}) as answer:
        headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _COUNTED]
        return answer.status, headers, await answer.read()

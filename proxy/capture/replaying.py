"""Runs a capture through the present fronts and codecs, offline, and tells where the answers are no longer the same."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from protocols.errors import Fault, PeerError, RequestError
from protocols.ews import request as availability_request
from protocols.ews import response as availability_response
from protocols.ews.autodiscover import settings
from protocols.ews.manner import Manner
from protocols.ews.operations import AVAILABILITY
from protocols.ews.soap import read_envelope
from protocols.ews.tables import CODES
from protocols.model.caller import Caller
from protocols.model.freebusy import Answer, Question, Reason, Unavailable, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.auth import Knock
from proxy.capture.bodies import kept
from proxy.capture.journal import Entry, Header, Journal
from proxy.capture.pseudonyms import Blank
from proxy.fronts.autodiscover import Directions, JsonFront, PoxFront, SettingsFront
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import EwsFront
from proxy.fronts.played import answer_of, played
from proxy.fronts.schema import SchemaFront
from proxy.server import Front, Server

_MOST_BODY: Final = 64 * 1024 * 1024
_CALLER: Final = Caller("captured", "", "capture")
_NOBODY: Final = Mailbox.parse("nobody@busyline.invalid")
_REASONS: Final = {code: reason for reason, code in reversed(CODES.items())}
_NOT_LET_IN: Final = {401: "nobody was let in", 403: "nobody was let in", 429: "it was told to wait"}
_OF_THE_MOMENT: Final = frozenset(
    fault.value for fault in (Fault.BUSY, Fault.TOO_LARGE, Fault.TOO_SLOW, Fault.INTERNAL)
)
_CLOCK: Final = re.compile(r' Time="[^"]*"')  # of an Autodiscover error
_CODE: Final = re.compile(r"<User(?:Response)><ErrorCode>(\w+)<|<DomainResponse><ErrorCode>(\w+)<")
_AROUND: Final = 40


class Verdict(Enum):
    """What became of a request when it was replayed."""

    SAME = "same"
    DIFFERS = "differs"
    UNREADABLE = "cannot be read"
    SKIPPED = "not replayed"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One request of the capture (its line in the file): the verdict, and why in words."""

    line: int
    what: str
    verdict: Verdict
    words: str = ""


class _UnplayableError(Exception):
    """The captured answer cannot be read back."""


class _UndecodableError(Exception):
    """The request is refused before anybody is looked up."""


async def replay(journal: Journal, manner: Manner, *, clock: Callable[[], datetime]) -> list[Replayed]:
    """Every request of ``journal``, in order: as its caller, without credentials, answered from what was captured."""
    return [await _replayed(entry, journal.header, manner, clock) for entry in journal.entries]


async def _replayed(entry: Entry, header: Header, manner: Manner, clock: Callable[[], datetime]) -> Replayed:
    try:
        return await _replay(entry, header, manner, clock)
    except Exception as error:  # noqa: BLE001  a file from elsewhere holds what nobody thought of: the rest goes on
        return Replayed(entry.line, entry.what, Verdict.UNREADABLE, f"it makes no sense: {type(error).__name__}")


async def _replay(entry: Entry, header: Header, manner: Manner, clock: Callable[[], datetime]) -> Replayed:
    reason = _skipped(entry)
    if reason:
        return Replayed(entry.line, entry.what, Verdict.SKIPPED, reason)
    try:
        answers = _answers(entry, header)
    except _UnplayableError as error:
        return Replayed(entry.line, entry.what, Verdict.UNREADABLE, f"the captured answer: {error}")
    outcome = _Outcome()
    front = _FRONTS[entry.front](entry, header, Desk(connector=_Script(answers), manner=manner), clock)
    server = Server({entry.path: front}, metrics=outcome, clock=clock)
    body = entry.body.data if entry.body is not None else b""
    request = played(entry.method, entry.path, entry.query, entry.headers, body)
    status, answer = answer_of(await server.handle(request))
    return Replayed(entry.line, entry.what, *_compared(entry, header, status, answer, outcome.word))


def _skipped(entry: Entry) -> str:
    """Why there is nothing to replay; "" where there is."""
    unkept = entry.body.shape if entry.body is not None else "it was not read"
    body = entry.body is not None and entry.body.text is not None
    reasons = (
        (entry.status in _NOT_LET_IN, _NOT_LET_IN.get(entry.status, "")),
        (entry.outcome in _OF_THE_MOMENT, f"it was refused for what happened then ({entry.outcome})"),
        (entry.front not in _FRONTS, "requests of this kind are not replayed"),
        (entry.operation == settings.Kind.FEDERATION.value, "its answer is what the configuration says"),
        (entry.method == "GET" and entry.answer.text is None, "its answer was not kept"),
        (entry.method == "POST" and not body, f"its body was not kept: {unkept}"),
    )
    return next((words for holds, words in reasons if holds), "")


def _answers(entry: Entry, header: Header) -> list[Answer]:
    """What the connector said, as far as the captured answer tells. Raises _UnplayableError."""
    if entry.front != "ews" or entry.body is None:
        return []
    try:
        return _read_back(entry, header)
    except _UndecodableError:
        return []  # the front will find out the same


def _read_back(entry: Entry, header: Header) -> list[Answer]:
    try:
        envelope = read_envelope(entry.body.data if entry.body is not None else b"")
        asked = availability_request.decode(envelope) if envelope.operation == AVAILABILITY else None
    except RequestError as error:
        raise _UndecodableError from error
    if asked is None or asked.question is None:
        return []
    boxes = [target.mailbox or _NOBODY for target in asked.targets]
    if entry.status != 200 or not header.times or entry.answer.text is None:
        return all_unavailable([box for box in boxes if box is not _NOBODY], Reason.PEER_FAILED)
    try:
        answers = availability_response.read(
            entry.answer.data, boxes, asked.question, zone=asked.zone, source="capture", as_of=header.started
        )
    except PeerError as error:
        raise _UnplayableError(error.detail) from error
    return [_as_told(answer) for answer, box in zip(answers, boxes, strict=True) if box is not _NOBODY]


def _as_told(answer: Answer) -> Answer:
    """With a reason that is written as the code that was read."""
    if isinstance(answer, Unavailable):
        return replace(answer, reason=_REASONS.get(answer.detail, answer.reason))
    return answer


def _compared(entry: Entry, header: Header, status: int, answer: bytes, outcome: str) -> tuple[Verdict, str]:
    if status != entry.status:
        refused = status >= 400 > entry.status
        verdict = Verdict.UNREADABLE if refused else Verdict.DIFFERS
        return verdict, f"HTTP {status} ({outcome}) instead of {entry.status} ({entry.outcome})"
    if entry.answer.text is None:
        return Verdict.SAME, "its answer was not kept, and is not compared"
    if not header.times and entry.operation == AVAILABILITY:
        return Verdict.SAME, "its answer was captured without times, and is not compared"
    if answer == entry.answer.data:
        return Verdict.SAME, ""
    captured, now = (_CLOCK.sub("", kept(data, Blank()).text or "") for data in (entry.answer.data, answer))
    return (Verdict.SAME, "") if captured == now else (Verdict.DIFFERS, _difference(captured, now))


def _difference(captured: str, now: str) -> str:
    """Where two texts part, with what stands around it."""
    pairs = zip(captured, now, strict=False)
    place = next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(captured), len(now)))
    start = max(place - _AROUND, 0)
    before = captured[start:place]
    texts = [f"…{before}⟨{text[place : place + _AROUND]}⟩" for text in (captured, now)]
    return f"at character {place + 1}: captured {texts[0]}, now {texts[1]}"


class _Outcome:
    """Counts nothing, but remembers the word for what happened."""

    def __init__(self) -> None:
        self.word = ""

    def request(self, front: str, caller: str, outcome: str, seconds: float) -> None:
        """One request was answered."""
        del front, caller, seconds
        self.word = outcome

    def mailboxes(self, caller: str, outcomes: Mapping[str, int]) -> None:
        """Not told here."""

    def refused(self, reason: str) -> None:
        """Not told here."""


class _Script:
    """A connector that knows what it will be asked."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """What was answered then."""
        del question
        if len(self._answers) == len(mailboxes):
            return self._answers
        return all_unavailable(mailboxes, Reason.PEER_FAILED)


class _Open:
    """A gate before which everybody is the captured caller."""

    async def identify(self, knock: Knock) -> Caller:
        """Whoever knocks."""
        del knock
        return _CALLER

    def recall(self, knock: Knock) -> Caller:
        """The same."""
        del knock
        return _CALLER

    def admit(self, caller: Caller, knock: Knock) -> Caller:
        """Whoever comes."""
        del knock
        return caller


def _ews(_: Entry, header: Header, desk: Desk, __: Callable[[], datetime]) -> Front:
    return EwsFront(
        entrance=Entrance(_Open()),
        desks={_CALLER.name: desk},
        schema=SchemaFront(header.public),
        max_body=_MOST_BODY,
    )


def _pox(entry: Entry, header: Header, _: Desk, clock: Callable[[], datetime]) -> Front:
    directions = _directions(header, serves=b"<ErrorCode>" not in entry.answer.data)
    return PoxFront(entrance=Entrance(_Open()), directions=directions, max_body=_MOST_BODY, clock=clock)


def _soap(entry: Entry, header: Header, _: Desk, __: Callable[[], datetime]) -> Front:
    """Whom we served then follows from the codes, which stand in the order of those asked about."""
    codes = [one or other for one, other in _CODE.findall(entry.answer.text or "")]
    served = iter(codes)
    directions = replace(_directions(header, serves=True), serves=lambda _: next(served, "NoError") == "NoError")
    return SettingsFront(entrance=Entrance(_Open()), directions=directions, max_body=_MOST_BODY)


def _json(_: Entry, header: Header, __: Desk, ___: Callable[[], datetime]) -> Front:
    return JsonFront(_directions(header, serves=True))


def _directions(header: Header, *, serves: bool) -> Directions:
    return Directions(
        ews_url=f"{header.public}/EWS/Exchange.asmx",
        pox_url=f"{header.public}/autodiscover/autodiscover.xml",
        serves=lambda _: serves,
    )


_FRONTS: Final[Mapping[str, Callable[[Entry, Header, Desk, Callable[[], datetime]], Front]]] = {
    "ews": _ews,
    "autodiscover-pox": _pox,
    "autodiscover-soap": _soap,
    "autodiscover-json": _json,
}

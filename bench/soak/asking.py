"""Asks the server again and again, a little of everything, and counts what its answers were worth."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Final

import aiohttp

from bench.soak.dialects import DIALECTS, Dialect, Shown, UnreadableAnswerError, login
from bench.soak.ground import CAREFUL, CONTOSO, DETAILED, FABRIKAM, NORTHWIND, PASSWORD, PLAIN, Ground
from bench.soak.judge import Verdict
from protocols.model.window import DAY, TimeWindow
from simulation.living import address

DOMAINS: Final = (CONTOSO, NORTHWIND, FABRIKAM)
_LENGTHS: Final = (1, 1, 2, 5, 7, 30)  # days
_CROWDS: Final = (*[1] * 15, 2, 3, 5, 8, 40)  # mailboxes of one question
_CALLERS: Final = (PLAIN, PLAIN, DETAILED, CAREFUL)
_LOGINS: Final = {user: login(user, PASSWORD) for user in _CALLERS}
_SECRET: Final = b"Private matter"
_EXAMPLES: Final = 12


@dataclass(slots=True)
class Tally:
    """What came of some questions. ``hung``: no answer within the patience; ``failed``: the connection broke."""

    asked: int = 0
    hung: int = 0
    failed: int = 0
    slowest: float = 0.0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def mailboxes(self) -> int:
        """About how many mailboxes answers came."""
        return self.verdicts.total()

    @property
    def shown(self) -> int:
        """Of how many mailboxes anything was shown; of the others there was an error, right where they do not exist."""
        return self.mailboxes - self.codes.total()

    @property
    def right(self) -> float:
        """The share of mailboxes of whom the truth was told."""
        return self.verdicts[Verdict.RIGHT] / max(1, self.mailboxes)

    @property
    def wrong(self) -> int:
        """How many answers nobody may give, those that are falsely free left out."""
        return self.verdicts[Verdict.WRONG]

    @property
    def falsely_free(self) -> int:
        """How many answers showed free time that was none."""
        return self.verdicts[Verdict.FALSELY_FREE]

    @property
    def sound(self) -> bool:
        """Whether nothing came that nobody may give, and everything came."""
        return not (self.wrong or self.falsely_free or self.hung)

    def note(self, words: str) -> None:
        """An example of what went wrong."""
        if len(self.examples) < _EXAMPLES:
            self.examples.append(words)

    def add(self, other: "Tally") -> None:
        """Count another's as well."""
        self.asked += other.asked
        self.hung += other.hung
        self.failed += other.failed
        self.slowest = max(self.slowest, other.slowest)
        self.verdicts.update(other.verdicts)
        self.codes.update(other.codes)
        self.examples = (self.examples + other.examples)[:_EXAMPLES]

    def words(self) -> str:
        """All of it in a line."""
        return (
            f"{self.asked:,} questions about {self.mailboxes:,} mailboxes: {self.right:.0%} the truth, "
            f"{self.verdicts[Verdict.DOUBT]:,} doubt, {self.wrong} wrong, {self.falsely_free} falsely free, "
            f"{self.hung} hung, {self.failed} broken off, slowest {self.slowest:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One question: who asks whom, when and how."""

    dialect: Dialect
    user: str
    addresses: tuple[str, ...]
    window: TimeWindow

    @property
    def words(self) -> str:
        """For the report."""
        whom = f"{self.addresses[0]} (of {len(self.addresses)})"
        return f"{self.dialect.name} as {self.user} about {whom}, {self.window.start:%F} to {self.window.end:%F}"


class Asker:
    """Asks at ``ground``, always the same for the same ``seed``, about people of ``domains``.

    An answer may take ``patience`` (seconds).
    """

    def __init__(
        self, ground: Ground, *, seed: int = 1, patience: float = 10.0, domains: Sequence[str] = DOMAINS
    ) -> None:
        self._ground, self._random, self._patience, self._domains = ground, Random(seed), patience, domains

    async def ask(
        self,
        *,
        questions: int,
        seconds: float = 3600.0,
        at_once: int = 48,
        stop: Callable[[], bool] = lambda: False,
        tally: Tally | None = None,
    ) -> Tally:
        """So many questions, or as many as ``seconds`` allow, or until ``stop``; ``at_once`` of them at a time."""
        tally = tally or Tally()
        ends, left = time.monotonic() + seconds, iter(range(questions))

        async def caller() -> None:
            while time.monotonic() < ends and not stop() and next(left, None) is not None:
                await self._one(self._drawn(), tally)

        await asyncio.gather(*(caller() for _ in range(at_once)))
        return tally

    def _drawn(self) -> Enquiry:
        choice, people = self._random.choice, self._ground.plan.people
        addresses = [
            address(int(people * self._random.random() ** 2), choice(self._domains)) for _ in range(choice(_CROWDS))
        ]
        if self._random.random() < 0.02:
            addresses[-1] = address(0, choice(self._domains)).replace("person", "nobody")
        if len(addresses) > 2 and self._random.random() < 0.2:
            addresses[-1] = addresses[0]
        return Enquiry(
            choice(DIALECTS), choice(_CALLERS), tuple(addresses), _window(choice(range(5)), choice(_LENGTHS))
        )

    async def _one(self, enquiry: Enquiry, tally: Tally) -> None:
        tally.asked += 1
        asked, started = time.time(), time.monotonic()
        try:
            async with asyncio.timeout(self._patience):
                status, body = await self._sent(enquiry)
        except TimeoutError:
            tally.hung += 1
            tally.note(f"no answer in {self._patience:g} s: {enquiry.words}")
            return
        except aiohttp.ClientError as error:
            tally.failed += 1
            tally.codes[type(error).__name__] += 1
            tally.note(f"{type(error).__name__}: {enquiry.words}")
            await asyncio.sleep(0.01)  # a server that is gone is not asked as fast as this machine can
            return
        answered = time.time()
        tally.slowest = max(tally.slowest, time.monotonic() - started)
        self._judged(enquiry, status, body, asked, answered, tally)

    async def _sent(self, enquiry: Enquiry) -> tuple[int, bytes]:
        body = enquiry.dialect.question(enquiry.addresses, enquiry.window)
        headers = {**enquiry.dialect.headers(), **_LOGINS[enquiry.user]}
        async with self._ground.session.post(
            self._ground.url + enquiry.dialect.path, data=body, headers=headers
        ) as response:
            return response.status, await response.read()

    def _judged(self, enquiry: Enquiry, status: int, body: bytes, asked: float, answered: float, tally: Tally) -> None:
        if _SECRET in body and enquiry.user != DETAILED:
            tally.verdicts[Verdict.WRONG] += 1
            tally.note(f"a subject for who may see none: {enquiry.words}")
            return
        try:
            shown = enquiry.dialect.shown(body, status, enquiry.addresses, enquiry.window)
        except (UnreadableAnswerError, KeyError, TypeError, ValueError) as error:
            tally.verdicts[Verdict.WRONG] += 1
            tally.note(f"{error!r} (HTTP {status}): {enquiry.words}")
            return
        for whom, seen in zip(enquiry.addresses, shown, strict=True):
            self._counted(enquiry, whom, seen, asked, answered, tally)

    def _counted(self, enquiry: Enquiry, whom: str, seen: Shown, asked: float, answered: float, tally: Tally) -> None:
        if isinstance(seen, str):
            tally.codes[seen] += 1
            nobody = whom not in self._ground.estate.mailboxes
            tally.verdicts[Verdict.RIGHT if nobody else Verdict.DOUBT] += 1
            return
        verdict = self._ground.judge.verdict(
            whom, enquiry.window, seen, asked=asked, answered=answered, one_kind=enquiry.dialect.one_kind
        )
        if verdict is Verdict.WRONG and enquiry.user == CAREFUL:
            verdict = Verdict.DOUBT  # shown as busy
        tally.verdicts[verdict] += 1
        if verdict in (Verdict.WRONG, Verdict.FALSELY_FREE):
            tally.note(f"{verdict.name} {whom}: {enquiry.words}, asked {asked:.3f}, answered {answered:.3f}")


@lru_cache(maxsize=1024)
def _window_on(day: datetime, length: int) -> TimeWindow:
    return TimeWindow(day, day + length * DAY)


def _window(first: int, length: int) -> TimeWindow:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _window_on(today + timedelta(days=first), length)


def total(tallies: Sequence[Tally]) -> Tally:
    """All of them together."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole

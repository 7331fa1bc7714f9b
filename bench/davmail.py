"""DavMail beside us on the same upstream, asked the same question in the same words: a CalDAV outbox before EWS.

DavMail keeps no answers, so it is compared with our server with and without its cache; ours by EWS is told beside it.
Each server has the same core to itself while it is asked, and Java has been at work for a while before the first round.
At one connection DavMail takes some 40 ms for each answer because its small writes wait for the caller's delayed
acknowledgements (Nagle's algorithm); what both spend of their core is told beside it.
"""

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Final, TypeAlias

import aiohttp

from bench import outbox
from bench.load import generator, load, packed
from bench.machine import SERVER, MissingError, cpu_seconds, free_port, running
from bench.questions import EVENTS, HEADERS, MAILBOXES, USERNAME, bodies_of_one
from bench.rows import Row
from bench.served import Served, WrongAnswerError, served

NAMES: Final = (
    "davmail_faster_1",
    "davmail_rate_32",
    "davmail_rate_32_cached",
    "davmail_cpu_32",
    "davmail_faster_1_ews",
    "davmail_rate_32_ews",
    "davmail_rate_32_cached_ews",
)
JAR: Final = Path("/usr/share/davmail/davmail.jar")
MANY: Final = 32
_LOOKED_AT: Final = 20  # of so many answers of each outbox one is compared with the truth
_CALDAV, _EWS = "caldav-questions", "ews-questions"
_MEASURED_IN_TIMES: Final = 100  # answers a second; below that a time says more than a rate
_WARMING: Final = 4  # rounds that Java is given to compile what it does often
_PROPERTIES: Final = """
davmail.server=true
davmail.mode=EWS
davmail.url={upstream}/EWS/Exchange.asmx
davmail.bindAddress=127.0.0.1
davmail.allowRemote=false
davmail.caldavPort={port}
davmail.imapPort=
davmail.smtpPort=
davmail.popPort=
davmail.ldapPort=
davmail.disableUpdateCheck=true
davmail.disableGuiNotifications=true
davmail.showStartupBanner=false
davmail.logFilePath={folder}/davmail-own.log
log4j.rootLogger=WARN
log4j.logger.davmail=WARN
log4j.logger.httpclient.wire=WARN
"""


@dataclass(frozen=True, slots=True)
class Front:
    """Where a server is asked and what, and its process."""

    url: str
    pid: int
    bodies: Path
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pace:
    """One round of a server: answers a second, and CPU seconds of the server for each."""

    rate: float
    cpu: float


async def rows(folder: Path, *, rounds: int, seconds: float, warming: int = _WARMING) -> list[Row]:
    """How much faster we are at one connection, and the rates at 32, without and with our cache.

    MissingError where Java, DavMail or wrk is not installed; WrongAnswerError where a server does not tell the truth;
    LoadFailedError, NotStartedError.
    """
    generator()
    java()
    today = datetime.now(UTC).date()
    (folder / _CALDAV).write_bytes(packed(outbox.bodies(today)))
    (folder / _EWS).write_bytes(packed(bodies_of_one(today, view="FreeBusy")))
    without, caching = folder / "without-cache", folder / "with-cache"
    for each in (without, caching):
        each.mkdir()
    async with served(without, kept=0) as plain, served(caching) as kept, beside(folder, plain) as davmail:
        fronts = [davmail, *_fronts(plain, folder), *_fronts(kept, folder)]
        await _proved(fronts, kept, today)
        for connections in (1, *[MANY] * warming):
            await _paced(davmail, seconds, connections)
        one = [[await _paced(each, seconds, 1) for each in fronts[:3]] for _ in range(rounds)]
        many = [[await _paced(each, seconds, MANY) for each in fronts] for _ in range(rounds)]
    return [*_same_words(one, many), *_by_ews(one, many)]


def java() -> str:
    """The path of Java, where DavMail is installed too. Raises MissingError with what to do."""
    found = shutil.which("java")
    if found is None or not JAR.exists():
        raise MissingError("DavMail or Java is missing: install them (on Debian: apt-get install davmail)")
    return found


@asynccontextmanager
async def beside(folder: Path, ours: Served) -> AsyncIterator[Front]:
    """DavMail on the same upstream. Raises MissingError, NotStartedError."""
    program = java()
    port, properties = free_port(), folder / "davmail.properties"
    properties.write_text(_PROPERTIES.format(upstream=ours.upstream, port=port, folder=folder), encoding="ascii")
    command = ["-Djava.awt.headless=true", "-Xmx512m", "-jar", str(JAR), "-server", str(properties)]
    url = f"http://127.0.0.1:{port}/"
    async with running(command, url, core=SERVER, log=folder / "davmail.log", program=program) as process:
        yield Front(f"{url}users/{USERNAME}/outbox/", process.pid, folder / _CALDAV, outbox.headers())


def _fronts(server: Served, folder: Path) -> list[Front]:
    """The outbox, where DavMail's own question is asked, and EWS."""
    caldav = f"{server.url.partition('/EWS/')[0]}/caldav/outbox/"
    return [
        Front(caldav, server.pid, folder / _CALDAV, outbox.headers()),
        Front(server.url, server.pid, folder / _EWS, HEADERS),
    ]


async def _proved(fronts: Sequence[Front], kept: Served, today: date) -> None:
    """Every outbox tells the truth; the server with a cache knows all mailboxes. Raises WrongAnswerError."""
    for number in range(MAILBOXES):
        question = outbox.body(number, today)
        for front in fronts if number % _LOOKED_AT == 0 else fronts[3:4]:
            if front.headers == outbox.headers():
                await _check(kept.session, front, question, outbox.truth(question, today))
    for server_question in bodies_of_one(today, view="FreeBusy")[:: MAILBOXES // 10]:
        await kept.ask(server_question, whole=(1, EVENTS))


async def _check(
    session: aiohttp.ClientSession, front: Front, question: bytes, expected: frozenset[tuple[str, datetime]]
) -> None:
    async with session.post(front.url, data=question, headers=front.headers) as response:
        answer = await response.read()
    if response.status != 200:
        raise WrongAnswerError(f"{front.url}: HTTP {response.status}: {answer[:500]!r}")
    if found := outbox.told(answer) ^ expected:
        raise WrongAnswerError(f"{front.url}: {len(found)} quarters of an hour are wrong: {answer[:500]!r}")


async def _paced(front: Front, seconds: float, connections: int) -> Pace:
    before = cpu_seconds(front.pid)
    done = await load(front.url, front.bodies, headers=front.headers, seconds=seconds, connections=connections)
    return Pace(done.rate, (cpu_seconds(front.pid) - before) / done.requests)


Rounds: TypeAlias = Sequence[Sequence[Pace]]  # of each round DavMail's pace, and ours by CalDAV and by EWS


def _same_words(one: Rounds, many: Rounds) -> list[Row]:
    """Both asked by CalDAV."""
    spent = [f"{1e6 * median(each[n].cpu for each in many):,.0f} µs" for n in (0, 1, 3)]
    words = f"CPU a look-up {spent[0]}, ours {spent[1]}, from the cache {spent[2]}"
    cpu = round(median(each[0].cpu / each[1].cpu for each in many), 2)
    return [
        _row("davmail_faster_1", one, 1, 30),
        _row("davmail_rate_32", many, 1, 5),
        _row("davmail_rate_32_cached", many, 3, 15),
        Row(name="davmail_cpu_32", value=cpu, unit="times ours", note=words),
    ]


def _by_ews(one: Rounds, many: Rounds) -> list[Row]:
    """Ours asked by EWS, as Exchange asks it."""
    return [
        _row("davmail_faster_1_ews", one, 2),
        _row("davmail_rate_32_ews", many, 2),
        _row("davmail_rate_32_cached_ews", many, 4),
    ]


def _row(name: str, rounds: Rounds, place: int, at_least: float | None = None) -> Row:
    ratio = median(each[place].rate / each[0].rate for each in rounds)
    theirs, ours = (median(each[n].rate for each in rounds) for n in (0, place))
    note = f"{theirs:,.0f}/s and {ours:,.0f}/s"
    if theirs < _MEASURED_IN_TIMES:
        note = f"{1000 / theirs:.1f} ms and {1000 / ours:.2f} ms a look-up"
    return Row(name=name, value=round(ratio, 2), unit="times DavMail", at_least=at_least, note=note)

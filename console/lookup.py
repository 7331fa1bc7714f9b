"""`busyline lookup`: asks as a caller would and draws the answer."""

import asyncio
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from console import zone as zones
from console.answers_json import as_json
from console.asking import Door, caller_named, opened, over_http, parsed, rows, window_of
from console.drawing import Row, draw
from console.terminal import (
    FOUND_WRONG,
    WRONG_USAGE,
    CallerOption,
    ConfigOption,
    EndingError,
    FromOption,
    JsonOption,
    configured,
    print_json,
    screen,
)
from protocols.model.freebusy import Answer, Detail, Question, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import utc_now
from service.secrets import Reference
from service.words import EwsUrl

MOST_DAYS = 60
_URL = TypeAdapter[str](EwsUrl)


def command(  # noqa: PLR0913  each is an option of the command line
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="Whom to ask about.")],
    *,
    caller: CallerOption = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many whole days.")] = 1,
    first: FromOption = None,
    details: Annotated[bool, typer.Option("--details", help="Subjects and places, where allowed.")] = False,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Draw in this zone; else this machine's.")] = None,
    url: Annotated[str | None, typer.Option(help="Ask this EWS address over HTTP instead.")] = None,
    username: Annotated[str | None, typer.Option(help="With --url: who asks.")] = None,
    password: Annotated[str | None, typer.Option(metavar="env:NAME|file:PATH", help="With --url.")] = None,
    ca: Annotated[Path | None, typer.Option(help="With --url: the CA that signed its certificate (PEM).")] = None,
    as_json_: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask as a caller would and draw the answer. Exit code 1 where nothing is known of somebody."""
    where = zones.chosen(zone)
    detail = Detail.DETAILS if details else Detail.BUSY
    question = Question(window=window_of(days, where, utc_now(), first and first.date()), detail=detail)
    door = _door(url, username, password, ca)
    mailboxes = parsed(addresses)
    asked = [mailbox for mailbox in mailboxes if mailbox is not None]
    if door:
        answers = asyncio.run(over_http(door, asked, question, clock=utc_now))
    else:
        answers = _in_process(config, caller, asked, question)
    found = rows(addresses, mailboxes, answers)
    if as_json_:
        print_json([as_json(row) for row in found])
    else:
        _print(found, question.window, where, details=details)
    if any(isinstance(row.answer, Unavailable) for row in found):
        raise typer.Exit(FOUND_WRONG)


def _door(url: str | None, username: str | None, password: str | None, ca: Path | None) -> Door | None:
    if url is None:
        return None
    if username is None or password is None:
        raise EndingError("--url wants --username and --password env:NAME as well", WRONG_USAGE)
    try:
        address = _URL.validate_python(url)
    except ValidationError as error:
        words = error.errors()[0]["ctx"]["error"]
        raise EndingError(
            f'--url "{url}": {words}; to other machines a password travels by https only', WRONG_USAGE
        ) from None
    try:
        reference = Reference.parse(password)
    except ValueError as error:
        raise EndingError(f"--password: {error}", WRONG_USAGE) from None
    return Door(url=address, username=username, password=reference, ca=ca)


def _in_process(config: Path | None, caller: str | None, mailboxes: list[Mailbox], question: Question) -> list[Answer]:
    configuration, directory = configured(config)
    name = caller_named(configuration, caller)

    async def ask() -> list[Answer]:
        async with opened(configuration, directory, name, mailboxes) as proxy:
            for words in proxy.moves.doubts.values():
                screen(stderr=True).print(f"warning: {words}; both sides are asked", soft_wrap=True)
            return await proxy.asker(name).lookup(mailboxes, question)

    return asyncio.run(ask())


def _print(found: list[Row], window: TimeWindow, where: tzinfo, *, details: bool) -> None:
    draw(screen(), found, window=window, zone=where, details=details)

"""`busyline publish`: makes a free/busy URL for a person, lists those there are, and takes them back."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from console.configuration import Configuration
from console.terminal import (
    FOUND_WRONG,
    WRONG_USAGE,
    ConfigOption,
    EndingError,
    JsonOption,
    configured,
    print_json,
    screen,
)
from protocols.model.mailbox import Mailbox
from proxy.connector import utc_now
from proxy.published import PublishedUrl, changing, digest_of, new_token, read, rewrite, url_of
from proxy.routes import ways_of

_SECTION: Final = "there is no [free_busy_urls] in the configuration: add the section, its defaults will do"


def command(
    address: Annotated[str | None, typer.Argument(metavar="ADDRESS", help="Whose busy time is published.")] = None,
    *,
    show: Annotated[bool, typer.Option("--list", help="List whose busy time is published, and since when.")] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take back every URL of ADDRESS; it holds within two seconds.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make a URL that shows one person's busy time to whoever has it. It is printed once and kept nowhere."""
    configuration, directory = configured(config)
    if configuration.free_busy_urls is None:
        raise EndingError(_SECTION, FOUND_WRONG)
    path = directory / configuration.free_busy_urls.file
    if show:
        if address is not None or revoke:
            raise EndingError("--list goes alone: it lists everybody", WRONG_USAGE)
        _list(read(path), as_json)
        return
    if address is None:
        raise EndingError("whose? write an address, or --list", WRONG_USAGE)
    mailbox, routed = _known(_mailbox(address), configuration, directory)
    try:
        if revoke:
            _revoke(path, mailbox, as_json)
        elif routed:
            _publish(configuration, path, mailbox, utc_now(), as_json)
        else:
            what = f"no route fits {mailbox}: a URL would show nothing but doubt; add a route first"
            raise EndingError(what, FOUND_WRONG)
    except OSError as error:
        what = f"{error.filename or path}: {error.strerror}"
        raise EndingError(f"{what}; run the command as the user that Busyline runs as", FOUND_WRONG) from None


def _publish(configuration: Configuration, path: Path, mailbox: Mailbox, now: datetime, as_json: bool) -> None:
    token = new_token()
    with changing(path):
        urls = read(path)
        rewrite(path, [*urls, PublishedUrl(mailbox.address, digest_of(token), now.replace(microsecond=0))])
    url = url_of(configuration.server.public_url, mailbox.address, token)
    if as_json:
        print_json({"address": mailbox.address, "url": url})
        return
    print(url)
    before = sum(each.address == mailbox.address for each in urls)
    also = f" {before} older stay good." if before else ""
    print(f"Shown this once: whoever has it sees when {mailbox} is busy.{also}", file=sys.stderr)


def _revoke(path: Path, mailbox: Mailbox, as_json: bool) -> None:
    with changing(path):
        urls = read(path)
        left = [each for each in urls if each.address != mailbox.address]
        gone = len(urls) - len(left)
        if gone:
            rewrite(path, left)
    if as_json:
        print_json({"address": mailbox.address, "revoked": gone})
    elif gone:
        print(f"{mailbox}: {gone} revoked.")
    if not gone:
        raise EndingError(f"{mailbox} has no URL: see busyline publish --list", FOUND_WRONG)


def _list(urls: tuple[PublishedUrl, ...], as_json: bool) -> None:
    ordered = sorted(urls, key=lambda url: (url.address, url.made))
    if as_json:
        print_json([{"address": url.address, "made": url.made.isoformat()} for url in ordered])
        return
    if not ordered:
        print("Nobody's busy time is published.")
        return
    table = Table("Address", "Made (UTC)", box=None)
    for url in ordered:
        table.add_row(url.address, f"{url.made:%Y-%m-%d %H:%M}")
    screen().print(table)


def _known(mailbox: Mailbox, configuration: Configuration, directory: Path) -> tuple[Mailbox, bool]:
    """The mailbox by the name that routes know, which is said where it is another, and whether a route fits it."""
    real, route = ways_of(configuration, directory).table.resolve(mailbox)
    if real.address == mailbox.address or route is None:
        return mailbox, route is not None
    print(f"{mailbox} is {real} by its real name ([[aliases]]), and is published by that.", file=sys.stderr)
    return Mailbox(real.address, real.address), True


def _mailbox(address: str) -> Mailbox:
    try:
        return Mailbox.parse(address)
    except ValueError:
        raise EndingError(f'"{address}" is no address: write one such as "ann@contoso.example"', WRONG_USAGE) from None

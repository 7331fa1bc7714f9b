"""Opens the door at which servers tell of changes: its certificate, and what understands them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from calsync.counting import Figures
from calsync.notices.front import Find, Heard, HookFront
from calsync.settings.notices import NoticesSettings
from calsync.spokes import exchange_news, google_calendar_news, graph_calendar_news
from calsync.wiring.parts import Clock
from certs import pem
from certs.live import Live
from certs.objections import ascii_host
from certs.watch import Watch
from service.certificate_files import Bell, FileKeeper, Keeper, kept
from service.door import Door

_log = structlog.get_logger("busyline.notices")

READS: Final = (google_calendar_news.read, graph_calendar_news.read)
"""Every dialect whose messages hold a secret. Each knows its own messages by what no other has."""
BY_URL: Final = exchange_news.SPOKEN
"""The one whose secret stands in the URL."""


@asynccontextmanager
async def listening(
    settings: NoticesSettings, directory: Path, *, find: Find, heard: Heard, clock: Clock, figures: Figures
) -> AsyncIterator[Door]:
    """The door, open for the block. Raises CertificateError, and OSError (an address in use)."""
    host = ascii_host(urlsplit(settings.public_url).hostname or "")
    live, keeper = _shown(settings, directory, host, clock)
    if live is not None:
        figures.shown(host, live)
    door = Door(
        HookFront(find, heard, reads=READS, by_url=BY_URL).answer,
        settings.listen,
        tls=live.context if live is not None else None,
    )
    async with kept(keeper), door:
        _log.info("hearing", addresses=[str(each) for each in door.addresses], public_url=settings.public_url)
        yield door


def _shown(settings: NoticesSettings, directory: Path, host: str, clock: Clock) -> tuple[Live | None, Keeper | None]:
    if settings.certificate is None:
        return None, None
    chain, key = directory / settings.certificate.chain, directory / settings.certificate.key
    watch = Watch((chain, key), lambda: pem.read(chain, key))
    live = Live(watch.read(), clock=clock, host=host)
    return live, FileKeeper(live, watch, pause=Bell().wait)

"""Tests of galsync/ledger/standing.py: where a reading goes on is kept by sync and source."""

from datetime import timedelta

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Token
from tests.galsync.remembered import NOW

HOUR = timedelta(hours=1)
TOKEN = Token(text="delta-1", read_at=NOW, people=7)


async def test_tokens_are_kept_by_sync_and_source(ledger: Ledger) -> None:
    assert await ledger.token("s", "ad") is None
    for sync, source in (("s", "ad"), ("s", "hr"), ("t", "ad")):
        await ledger.keep_token(sync, source, TOKEN)
    newer = Token(text="x" * 20_000, read_at=NOW + HOUR, people=100_000)
    await ledger.keep_token("s", "ad", newer)
    assert await ledger.token("s", "ad") == newer
    assert await ledger.token("s", "hr") == TOKEN
    await ledger.forget_tokens("s")
    assert [await ledger.token("s", source) for source in ("ad", "hr")] == [None, None]
    assert await ledger.token("t", "ad") == TOKEN

"""Opening the free/busy URLs: only where they are wanted, not with a file that is wrong, and counted."""

from pathlib import Path

import aiohttp
import pytest

from proxy.list_files import ListFileError
from proxy.published import PublishedUrl, digest_of, rewrite
from tests.proxy.served import NOW, configuration, serving


async def metrics(url: str | None) -> bytes:
    """Everything counted."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as response:
        return await response.read()


async def test_it_is_there_where_the_settings_want_it_and_counted(tmp_path: Path) -> None:
    rewrite(tmp_path / "mine.txt", [PublishedUrl("ann@fabrikam.example", digest_of("x"), NOW)])
    settings = {**configuration(), "free_busy_urls": {"file": "mine.txt"}}
    async with serving(tmp_path, settings=settings) as proxy:
        assert "/freebusy/" in proxy.paths
        told = await metrics(proxy.metrics_url)
    assert b"busyline_free_busy_urls 1.0" in told
    assert b"busyline_free_busy_urls_refused_total 0.0" in told
    async with serving(tmp_path) as proxy:
        assert "/freebusy/" not in proxy.paths
        assert b"free_busy_urls" not in await metrics(proxy.metrics_url)


async def test_a_file_that_is_wrong_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "free-busy-urls.txt").write_text("nonsense\n")
    with pytest.raises(ListFileError, match=r"free-busy-urls.txt:1: is no URL"):
        async with serving(tmp_path, settings={**configuration(), "free_busy_urls": {}}):
            pass


async def test_nothing_is_published_before_the_first_url_is_made(tmp_path: Path) -> None:
    async with serving(tmp_path, settings={**configuration(), "free_busy_urls": {}}) as proxy:
        assert b"busyline_free_busy_urls 0.0" in await metrics(proxy.metrics_url)

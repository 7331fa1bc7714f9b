"""The URLs that are good now: a revocation holds at the next look, and what is wrong replaces nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from proxy.list_files import ListFileError
from proxy.published import PublishedUrl, digest_of, rewrite
from proxy.published_list import PublishedList
from tests.proxy.served import NOW

ANN, BOB = "ann@contoso.example", "bob@contoso.example"


def url(address: str, token: str) -> PublishedUrl:
    """One URL."""
    return PublishedUrl(address, digest_of(token), NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two URLs."""
    path = tmp_path / "urls.txt"
    rewrite(path, [url(ANN, "a"), url(BOB, "b")])
    return path


def test_a_token_opens_its_own_address(path: Path) -> None:
    urls = PublishedList(path)
    assert (len(urls), urls.address_of("a"), urls.address_of("b")) == (2, ANN, BOB)
    assert [urls.address_of(token) for token in ("", "A", "ab", "\ud800", "0" * 64)] == [None] * 5


def test_a_revocation_holds_at_the_next_look(path: Path) -> None:
    urls = PublishedList(path)
    rewrite(path, [url(BOB, "b")])
    assert urls.address_of("a") == ANN
    urls.look()
    assert (urls.address_of("a"), urls.address_of("b")) == (None, BOB)


def test_what_is_wrong_replaces_nothing_and_is_told_once(path: Path) -> None:
    urls = PublishedList(path)
    path.write_text(f"{url(BOB, 'b').line()}half a li")
    urls.look()
    urls.look()
    assert (urls.address_of("a"), urls.refusals) == (ANN, 1)
    path.write_text(url(BOB, "b").line())
    urls.look()
    assert (urls.address_of("a"), urls.refusals) == (None, 1)


def test_no_file_is_no_url(path: Path, tmp_path: Path) -> None:
    urls = PublishedList(path)
    path.unlink()
    urls.look()
    assert (len(urls), urls.refusals) == (0, 0)
    rewrite(path, [url(ANN, "new")])
    urls.look()
    assert urls.address_of("new") == ANN
    assert len(PublishedList(tmp_path / "nothing")) == 0


def test_a_wrong_file_does_not_start(path: Path) -> None:
    path.write_text("nonsense")
    with pytest.raises(ListFileError):
        PublishedList(path)


async def test_it_looks_again_and_again_until_it_is_closed(path: Path) -> None:
    turns: asyncio.Queue[None] = asyncio.Queue()
    waiting = asyncio.Event()
    lengths: list[float] = []

    async def pause(seconds: float) -> None:
        lengths.append(seconds)
        waiting.set()
        await turns.get()

    urls = PublishedList(path, pause=pause)
    urls.start()
    await _next(waiting)
    rewrite(path, [url(BOB, "b")])
    turns.put_nowait(None)
    await _next(waiting)
    assert (urls.address_of("a"), urls.address_of("b")) == (None, BOB)
    await urls.close()
    assert lengths == [1.0, 1.0]


async def _next(event: asyncio.Event) -> None:
    await event.wait()
    event.clear()


async def test_whatever_a_look_meets_there_is_another(path: Path) -> None:
    waiting, go_on = asyncio.Event(), asyncio.Event()
    urls = _Failing(path, pause=_turns(waiting, go_on))
    urls.start()
    for _ in range(3):
        await _next(waiting)
        go_on.set()
    await urls.close()
    assert urls.looks >= 2


def _turns(waiting: asyncio.Event, go_on: asyncio.Event) -> Callable[[float], Awaitable[None]]:
    async def pause(_: float) -> None:
        waiting.set()
        await go_on.wait()
        go_on.clear()

    return pause


class _Failing(PublishedList):
    """Whose looks all fail."""

    looks = 0

    def look(self) -> None:
        """Raises."""
        self.looks += 1
        raise RuntimeError("whatever")

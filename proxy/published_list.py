"""The free/busy URLs that are good right now: read again when their file changes, so that revocations hold at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from hmac import compare_digest
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from proxy.list_files import ListFileError
from proxy.published import PublishedUrl, digest_of, read

_EVERY: Final = 1.0  # seconds
_Signature: TypeAlias = tuple[int, int, int] | None
_AGAIN: Final = -1, -1, -1  # the signature of no file: the next look reads it

_log = structlog.get_logger("busyline.published")


class PublishedList:
    """An asynchronous task looks at the file each second, from :meth:`start` to :meth:`close`.

    A file that cannot be read or has a wrong line is told in the log, once, and the list stays as it was. No file is no
    URL: who takes it away revokes them all. Making it raises ListFileError.
    """

    def __init__(self, path: Path, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._path, self._pause = path, pause
        self.refusals = 0
        self._seen = _signature(path)
        self._urls = _by_digest(read(path))
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._urls)

    def address_of(self, token: str) -> str | None:
        """Whose URL has ``token``; None for a token that is unknown, wrong or revoked: all the same work."""
        digest = digest_of(token)
        found = self._urls.get(digest, _NOBODYS)
        return found.address if compare_digest(found.digest, digest) else None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> None:
        """Take the file as it is now, if it has changed. Raises nothing for what is wrong with it."""
        signature = _signature(self._path)
        if signature == self._seen:
            return
        try:
            urls = _by_digest(read(self._path))
        except ListFileError as error:
            self._seen = signature
            self.refusals += 1
            _log.error("free_busy_urls_refused", what=str(error), kept=len(self._urls))
            return
        before = self._urls
        self._urls = urls
        self._seen = signature if _signature(self._path) == signature else _AGAIN  # it changed while it was read
        if urls.keys() != before.keys():
            _log.info("free_busy_urls", count=len(urls), new=len(urls.keys() - before), gone=len(before.keys() - urls))

    async def _watch(self) -> None:
        while True:
            await self._pause(_EVERY)
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # noqa: BLE001  whatever it met, there is a next look: revocations must go on holding
                _log.exception("free_busy_urls_not_read")


_NOBODYS: Final = PublishedUrl.of_line(f"nobody@invalid sha256:{'0' * 64} 1970-01-01T00:00:00Z")


def _by_digest(urls: Iterable[PublishedUrl]) -> dict[bytes, PublishedUrl]:
    return {url.digest: url for url in urls}


def _signature(path: Path) -> _Signature:
    """Changes with every write; None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

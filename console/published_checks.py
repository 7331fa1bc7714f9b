"""Checks [free_busy_urls]: its file can be read and is nobody else's to write, and its URLs lead somewhere."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, warning
from protocols.model.mailbox import Mailbox
from proxy.list_files import ListFileError
from proxy.published import PublishedUrl, read
from routing.patterns import Patterns

_KEY = "free_busy_urls.file"
_MOST_NAMED = 5


def check_published(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """The file of the URLs, where there are any to be; nothing is made or changed."""
    settings = configuration.free_busy_urls
    if settings is None:
        return
    if configuration.server.public_url.startswith("http://"):
        what = "public_url is http, so every free/busy URL shows its token to whoever is on the way"
        yield warning("free_busy_urls", what, "write an https address as server.public_url")
    path = directory / settings.file
    if not path.exists():
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
            yield error(_KEY, f"publish cannot write to {path.parent}", "let Busyline's user write there")
        return
    try:
        urls = read(path)
    except ListFileError as problem:
        for line in str(problem).splitlines():
            what, _, mend = line.rpartition(": ")
            yield error(_KEY, what, mend)
        return
    yield from _own(path)
    yield from _unrouted(configuration, urls)


def _own(path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o022:
        yield error(_KEY, f"others may write {path}, and publish whom they like", f"chmod 0600 {path}")
    elif mode & 0o055:
        yield warning(_KEY, f"others may see in {path} whose busy time is published", f"chmod 0600 {path}")


def _unrouted(configuration: Configuration, urls: tuple[PublishedUrl, ...]) -> Iterator[Finding]:
    routes = Patterns({route.match: True for route in configuration.routes})
    lost = sorted({url.address for url in urls if routes.find(Mailbox.parse(url.address)) is None})
    if lost:
        named = ", ".join(lost[:_MOST_NAMED]) + (f" and {len(lost) - _MOST_NAMED} more" if lost[_MOST_NAMED:] else "")
        what = f"no route fits {named}: their URLs show nothing but doubt"
        yield warning(_KEY, what, "add a route, or `busyline publish --revoke ADDRESS`")

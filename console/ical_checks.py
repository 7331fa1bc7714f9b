"""Checks the `ical` connectors: who is listed, whether anybody else may read the list, and what stays unknown."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.secret_checks import read
from proxy.list_files import ListFileError
from proxy.settings.connectors import IcalConnector
from proxy.url_files import urls_of


def check_ical(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every connector of published files, in the order of the configuration."""
    for name, connector in configuration.connectors.items():
        if isinstance(connector, IcalConnector):
            yield from _check(f"connectors.{name}", connector, directory)


def _check(section: str, connector: IcalConnector, directory: Path) -> Iterator[Finding]:
    if isinstance(connector.people, Path):
        yield from _people(f"{section}.people", directory / connector.people)
    if connector.auth is not None:
        yield from read(f"{section}.auth.password", connector.auth.password, directory)[1]
    if connector.zone is None and not _only_free_busy(connector):
        what = "all-day and floating events are unknown where a calendar names no zone, and so is who has one"
        yield note(f"{section}.zone", what, 'write the zone of these people, such as zone = "Europe/Berlin"')
    if connector.published_ahead is None and not _only_free_busy(connector):
        what = "a calendar that is published for some months only looks free after them"
        yield note(f"{section}.published_ahead", what, "write how far ahead the other side publishes, such as 90d")


def _people(key: str, path: Path) -> Iterator[Finding]:
    try:
        people = urls_of(path)
        mode = path.stat().st_mode
    except ListFileError as problem:
        for line in str(problem).splitlines():
            what, _, mend = line.rpartition(": ")
            yield error(key, what, mend)
        return
    except OSError as problem:
        yield error(key, f"{path} cannot be looked at: {problem.strerror}", "let Busyline look there")
        return
    if not people:
        yield warning(key, f"{path} lists nobody", "write an address and a URL to a line")
    if stat.S_IMODE(mode) & 0o077:
        what = f"others may read {path}, and whoever knows such a URL reads the calendar"
        yield warning(key, what, f"chmod 0600 {path}")


def _only_free_busy(connector: IcalConnector) -> bool:
    """Whether every file is one of free/busy, whose times are in UTC and which says how far it reaches."""
    if connector.url is None or connector.people is not None:
        return False
    path = urlsplit(connector.url).path.lower()
    return path.endswith((".ifb", ".vfb")) or "freebusy" in path

"""Checks of directories, groups and room lists: files that list people, and groups that nobody would expand."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from proxy.directories.files import written_groups, written_room_lists
from proxy.list_files import ListFileError

_EXPANDING = frozenset({"google", "graph", "ews"})  # these answer about a group by themselves


def check_directories(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Lists that cannot be read, then directories that nobody is asked by, then groups that bypass rules."""
    yield from _lists(configuration, directory)
    routed = {via for route in configuration.routes for via in route.via}
    for name, connector in configuration.connectors.items():
        if connector.directory is not None and name not in routed:
            what = "no route leads to this connector: its groups are never expanded, its rooms never offered"
            yield warning(f"connectors.{name}.directory", what, "write a route, or remove the section")
        expanded = connector.directory is not None and bool(connector.directory.groups)
        if name in routed and connector.protocol in _EXPANDING and not expanded and _hides_time(configuration):
            what = "it expands groups by itself: of a group [[rules]] hide nothing that they hide of its members"
            yield note(f"connectors.{name}", what, f"write [connectors.{name}.directory]")


def _lists(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    for number, group in enumerate(configuration.groups, 1):
        try:
            written_groups([group], directory)
        except ListFileError as wrong:
            yield from _wrong(f"groups[{number}].members", wrong)
    for number, one in enumerate(configuration.room_lists, 1):
        try:
            written_room_lists([one], directory)
        except ListFileError as wrong:
            yield from _wrong(f"room_lists[{number}].rooms", wrong)


def _wrong(key: str, wrong: ListFileError) -> Iterator[Finding]:
    for line in str(wrong).splitlines():
        what, _, mend = line.rpartition(": ")
        yield error(key, what or line, mend)


def _hides_time(configuration: Configuration) -> bool:
    return any(
        rule.horizon_back is not None or rule.horizon_ahead is not None or rule.hours is not None
        for rule in configuration.rules
    )

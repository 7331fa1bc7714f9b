"""Checks of directories, groups and room lists: files that list people, and groups that nobody would expand."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from proxy.directories.files import written_groups, written_room_lists
from proxy.list_files import ListFileError
from proxy.settings.moves import ASK

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
        if connector.protocol in _EXPANDING and not expanded and (others := _beside(configuration, name)):
            what = f"{others[0]} has a directory and this connector none: of a group that both know, only the members"
            what += " there count"
            yield warning(f"connectors.{name}", what, f"write [connectors.{name}.directory]")
        if name in routed and connector.protocol in _EXPANDING and not expanded and _hides_time(configuration):
            what = "it expands groups by itself: of a group [[rules]] hide nothing that they hide of its members"
            yield note(f"connectors.{name}", what, f"write [connectors.{name}.directory]")


def _beside(configuration: Configuration, name: str) -> list[str]:
    """The connectors that expand groups and are asked together with ``name`` about the same addresses."""
    together = [route.via for route in configuration.routes]
    together += [(move.source, move.target) for move in configuration.moves if move.people == ASK]
    beside = {other for names in together if name in names for other in names}
    directories = {one: configuration.connectors[one].directory for one in sorted(beside - {name})}
    return [one for one, directory in directories.items() if directory is not None and directory.groups]


def _lists(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    for number, group in enumerate(configuration.groups, 1):
        try:
            members = written_groups([group], directory)[group.address]
        except ListFileError as wrong:
            yield from _wrong(f"groups[{number}].members", wrong)
            continue
        if {member.address for member in members} == {group.address}:
            what = f"{group.address} lists itself alone, so that nobody is in it and nothing can be said of it"
            yield warning(f"groups[{number}].members", what, "write who is in it, or remove the section")
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

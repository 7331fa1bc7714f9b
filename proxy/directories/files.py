"""Reads what [[groups]] and [[room_lists]] list: addresses, or files of them with names behind commas."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from protocols.model.mailbox import Mailbox
from protocols.model.rooms import Room
from proxy.directories.shelf import WrittenList
from proxy.list_files import ListFileError, check, text_of
from proxy.settings.directory import LIST_FILE, GroupSettings, RoomListSettings


def written_groups(settings: Sequence[GroupSettings], directory: Path) -> dict[str, tuple[Mailbox, ...]]:
    """The members by the group's address, each once; files relative to ``directory``. Raises ListFileError."""
    return {
        group.address: tuple(Mailbox(address, address) for address in _named(group.members, directory))
        for group in settings
    }


def written_room_lists(settings: Sequence[RoomListSettings], directory: Path) -> tuple[WrittenList, ...]:
    """The lists with their rooms, each once; a room without a name is called by its address. Raises ListFileError."""
    return tuple(
        WrittenList(
            one.name,
            Mailbox(one.address, one.address),
            tuple(
                Room(name or address, Mailbox(address, address))
                for address, name in _named(one.rooms, directory).items()
            ),
        )
        for one in settings
    )


def _named(written: Iterable[str], directory: Path) -> dict[str, str]:
    """Names by address, in order; "" where there is none."""
    found: dict[str, str] = {}
    for one in written:
        if one.startswith(LIST_FILE):
            for address, name in _in_file(directory / one.removeprefix(LIST_FILE).strip()).items():
                found.setdefault(address, name)
        else:
            found.setdefault(one, "")
    return found


def _in_file(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, fields in enumerate(csv.reader(line.partition("#")[0] for line in text_of(path).splitlines()), 1):
        if not any(field.strip() for field in fields):
            continue
        try:
            address = Mailbox.parse(fields[0]).address
        except ValueError:
            if number > 1 or "@" in fields[0]:  # a first line without one is a heading
                wrong.append(f"{path}:{number}: is no address: write one to a line, a name behind a comma")
            continue
        found.setdefault(address, fields[1].strip() if len(fields) > 1 else "")
    check(path, wrong)
    if not found:
        raise ListFileError(f"{path}: names nobody: write one address to a line")
    return found

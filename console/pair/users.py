"""Writes the users that a pair discovered, for whoever moves mailboxes; filled in, the file is a list of moves."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from console.pair.work import ChosenPair, at_work
from console.terminal import EndingError, print_json, screen
from galsync.files.disk import UnreadableError, read, replace
from galsync.pairs.planning import destinations, discovered
from galsync.side import Failed
from protocols.model.mailbox import canonical
from protocols.model.person import Field, Kind, Person
from proxy.moves.table import Layout, TableError, fields_of, layout

COLUMNS: Final = ("address", "moved_at", "batch")
"""What [[moves]] reads (docs/guides/moves.md); the last two are filled in by whoever plans the moves."""


async def list_users(chosen: ChosenPair, *, file: Path | None, as_json: bool) -> None:
    """The source's users: into ``file``, else into the file of the settings, else onto the screen.

    A file that is there keeps every line it has; whoever is new comes behind. Raises EndingError.
    """
    places: dict[str, str] | Failed = {}
    async with at_work(chosen) as pair:
        people = await discovered(pair)
        if isinstance(people, Failed):
            raise EndingError(f"the source cannot be read: {people.words}")
        users = [person for person in people if person.kind is Kind.USER and person.primary]
        if as_json and pair.account_domain:
            places = await destinations(pair, users)
    if isinstance(places, Failed):
        raise EndingError(f"the destination cannot be read: {places.words}")
    written = chosen.directory / chosen.settings.users if chosen.settings.users else None
    path = file or written
    if as_json:
        print_json([_told(person, chosen, places) for person in users])
    elif path is None:
        print(csv_of(users), end="")
    else:
        aside = _in_force(path, chosen)
        _write(path, users, aside=aside)
        words = "whoever is new stands in a comment: take the # away and" if aside else "for [[moves]],"
        screen().print(f"{path}: {len(users)} users; {words} fill in moved_at or batch", soft_wrap=True)


def csv_of(users: Iterable[Person]) -> str:
    """A new list: a line for each user."""
    return added(f"{','.join(COLUMNS)}\n", users)


def added(text: str, users: Iterable[Person], *, aside: bool = False) -> str:
    """``text``, a list of moves, as it stands, and behind it a line for each of ``users`` whom it does not name.

    ``aside``: these are comments, since a list in force would be refused for a line without an instant. Whoever is
    named in a comment is named. Raises TableError where it is no such list.
    """
    shape = layout(text, COLUMNS)
    end = "\r\n" if "\r\n" in text else "\n"
    known = set(_named(text, shape))
    new = [person.primary.address for person in users if person.primary and person.primary.address not in known]
    if not new:
        return text
    place, mark = shape.places[0], "# " if aside else ""
    fields = [[""] * place + [each] + [""] * (max(shape.places) - place) for each in new]
    lines = [f"{mark}{shape.separator.join(each)}{end}" for each in fields]
    return "".join((text, "" if not text or text.endswith(end) else end, *lines))


def _named(text: str, shape: Layout) -> Iterator[str]:
    for line in text.splitlines():
        fields = fields_of(line.strip().lstrip("# "), shape.separator)
        if len(fields) > shape.places[0] and "@" in fields[shape.places[0]]:
            with suppress(ValueError):
                yield canonical(fields[shape.places[0]])


def _write(path: Path, users: Sequence[Person], *, aside: bool) -> None:
    try:
        before = read(path)
        mark, text = b"", ""
        if before is not None:
            mark = BOM_UTF8 if before.startswith(BOM_UTF8) else b""
            text = before.removeprefix(mark).decode()
        replace(path, mark + (added(text, users, aside=aside) if text.strip() else csv_of(users)).encode())
    except UnreadableError as error:
        raise EndingError(f"{path} cannot be written: {error}") from None
    except UnicodeDecodeError:
        raise EndingError(f"{path} is left as it is: it is not text in UTF-8; save it again as UTF-8") from None
    except TableError as error:
        raise EndingError(f"{path} is left as it is: line {error.line}: {error}") from None


def _in_force(path: Path, chosen: ChosenPair) -> bool:
    """Whether a server that runs follows this very file."""
    lists = (move.people for move in chosen.configuration.moves if isinstance(move.people, str))
    files = (text.removeprefix("file:") for text in lists if text.startswith("file:"))
    return any((chosen.directory / each).resolve() == path.resolve() for each in files)


def _told(person: Person, chosen: ChosenPair, places: Mapping[str, str]) -> dict[str, str | bool]:
    """``places`` are what is known of the accounts at the destination; "" where the name is somebody else's there."""
    address, local = (person.primary.address, person.primary.local) if person.primary else ("", "")
    return {
        "address": address,
        "destination": places.get(address, f"{local}@{chosen.settings.destination.domain}"),
        "display_name": person.texts.get(Field.DISPLAY_NAME, ""),
        "disabled": person.disabled,
    }

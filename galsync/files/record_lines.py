"""Rows of a spreadsheet as records of a target, and back: the file is given back with whatever we do not know in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from galsync.entries import Form, Stamp
from galsync.files.cells import NO, YES, joined, parted, truth
from galsync.files.columns import ADDRESS, ALIASES, FIELDS, FORM, HIDDEN, MEMBERS, STAMP, WRITTEN, meanings
from galsync.files.delimited import encoded, rows
from galsync.files.disk import UnreadableError
from galsync.files.file_target import Contents
from galsync.files.formulas import bare, guarded
from galsync.files.records import Record
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

FORMS: Final = frozenset({Form.CONTACT, Form.MAIL_CONTACT, Form.GROUP})
_OURS: Final = frozenset(map(str, WRITTEN))
_EMPTY: Final = dict.fromkeys(map(str, WRITTEN), "")
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """Comma-separated values. ``guard``: texts that a spreadsheet would compute are kept from it, see
    :mod:`galsync.files.formulas`; without it the texts stand as they are, for a program that takes them so."""

    guard: bool = True

    @property
    def forms(self) -> frozenset[Form]:
        """Contacts, and groups with their members."""
        return FORMS

    @property
    def fields(self) -> None:
        """All."""

    def decode(self, data: bytes) -> Contents:
        """The records. Raises UnreadableError where the file is broken, or a line that carries our stamp is."""
        lines = rows(data)
        header = next(lines, None)
        if header is None:
            return Contents()
        names = tuple(self._read(cell).strip() for cell in header.cells)
        meant = meanings(names)
        found = []
        for row in lines:
            try:
                found.append(_record(names, meant, [self._read(cell) for cell in row.cells]))
            except ValueError as error:
                raise UnreadableError(f"line {row.line} cannot be read: {error}") from error
        return Contents(tuple(found), names)

    def encode(self, contents: Contents) -> bytes:
        """The file with the columns that it had, and those of ours that were missing."""
        names = list(contents.layout)
        there = set(meanings(names)) if names else set()
        names += [name for name in WRITTEN if name not in there]
        return encoded(self._table(names, contents.records))

    def _table(self, names: Sequence[str], records: Sequence[Record]) -> Iterator[list[str]]:
        yield [self._write(name) for name in names]
        meant = meanings(names)
        for record in records:
            told = _told(record) if record.stamp else _NOTHING
            cells = (
                told[what] if what in told else record.rest.get(name, "")
                for name, what in zip(names, meant, strict=True)
            )
            yield [self._write(cell) for cell in cells]

    def _read(self, cell: str) -> str:
        return bare(cell) if self.guard else cell

    def _write(self, cell: str) -> str:
        return guarded(cell) if self.guard else cell


def _record(names: Sequence[str], meant: Sequence[str], cells: Sequence[str]) -> Record:
    """One line. What somebody else wrote is kept as it stands, also where we cannot read it."""
    told = {what: cell for what, cell in zip(meant, cells, strict=True) if cell and what in _OURS}
    stamp = Stamp.read(told.get(STAMP))
    if stamp is None:
        rest = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
        return Record(address=_address(told), aliases=_aliases(told), texts=_texts(told), rest=rest)
    rest = {name: cell for name, what, cell in zip(names, meant, cells, strict=True) if cell and what not in _OURS}
    return Record(
        stamp=stamp,
        form=Form(told.get(FORM, Form.CONTACT.value)),
        address=Mailbox.parse(told.get(ADDRESS, "")),
        aliases=_aliases(told),
        texts=_texts(told),
        hidden=truth(told.get(HIDDEN, NO)),
        members=tuple(parted(told.get(MEMBERS, ""))),
        rest=rest,
    )


def _address(told: Mapping[str, str]) -> Mailbox | None:
    try:
        return Mailbox.parse(told.get(ADDRESS, ""))
    except ValueError:
        return None


def _aliases(told: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(parted(told.get(ALIASES, "")))


def _texts(told: Mapping[str, str]) -> Mapping[Field, str]:
    return {FIELDS[name]: text for name, text in told.items() if name in FIELDS}


def _told(record: Record) -> Mapping[str, str]:
    """What stands in each column that is ours, "" where a field is empty."""
    return {
        **_EMPTY,
        STAMP: record.stamp.text if record.stamp else "",
        FORM: record.form.value,
        ADDRESS: str(record.address or ""),
        ALIASES: joined(record.aliases),
        **{key.value: text for key, text in record.texts.items()},
        MEMBERS: joined(record.members),
        HIDDEN: YES if record.hidden else NO,
    }

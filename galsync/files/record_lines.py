"""Rows of a spreadsheet as records of a target, and back: cells that are not ours are given back as they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from galsync.entries import Form, Stamp
from galsync.files.cells import NO, YES, joined, parted, truth
from galsync.files.columns import ADDRESS, ALIASES, FIELDS, FORM, HIDDEN, MEMBERS, STAMP, WRITTEN, meanings
from galsync.files.delimited import Manner, encoded, opened
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
Columns: TypeAlias = Sequence[tuple[str, str]]
"""The number of each column and what it means, "" for one that is not known."""
_MANNER: Final = len(Manner().words)
"""So many words of a layout tell of the manner; the names of the columns follow, as they stand in the file."""


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

    @property
    def photos(self) -> int:
        """None."""
        return 0

    def decode(self, data: bytes) -> Contents:
        """The records. Raises UnreadableError where the file is broken, or a line that carries our stamp is."""
        manner, lines = opened(data)
        header = next(lines, None)
        if header is None:
            return Contents()
        columns = _columns(self._meant(header.cells))
        found = []
        for row in lines:
            try:
                found.append(self._record(columns, row.cells))
            except ValueError as error:
                raise UnreadableError(f"line {row.line} cannot be read: {error}") from error
        return Contents(tuple(found), (*manner.words, *header.cells))

    def encode(self, contents: Contents) -> bytes:
        """The file written as it was, with the columns that it had, and those of ours that were missing."""
        manner, names = Manner(), list(contents.layout)
        if names:
            manner, names = Manner.read(names[:_MANNER]), names[_MANNER:]
        meant = self._meant(names) if names else ()
        missing = tuple(name for name in WRITTEN if name not in meant)
        return encoded(self._table((*names, *missing), (*meant, *missing), contents.records), manner)

    def _table(self, names: Sequence[str], meant: Sequence[str], records: Sequence[Record]) -> Iterator[Sequence[str]]:
        yield names
        columns = _columns(meant)
        for record in records:
            told = _told(record) if record.stamp else _NOTHING
            yield [self._write(told[what]) if what in told else record.rest.get(number, "") for number, what in columns]

    def _meant(self, header: Sequence[str]) -> tuple[str, ...]:
        return meanings([self._read(cell) for cell in header])

    def _record(self, columns: Columns, cells: Sequence[str]) -> Record:
        """One line. What somebody else wrote is kept as it stands, also where we cannot read it, in ``rest`` by the
        numbers of the columns: they need not have names."""
        line = [(number, what, cell) for (number, what), cell in zip(columns, cells, strict=True) if cell]
        told = {what: self._read(cell) for _, what, cell in line if what in _OURS}
        stamp = Stamp.read(told.get(STAMP))
        rest = {number: cell for number, what, cell in line if stamp is None or what not in _OURS}
        if stamp is None:
            return Record(address=_address(told), aliases=_aliases(told), texts=_texts(told), rest=rest)
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

    def _read(self, cell: str) -> str:
        return bare(cell) if self.guard else cell

    def _write(self, cell: str) -> str:
        return guarded(cell) if self.guard else cell


def _columns(meant: Sequence[str]) -> Columns:
    return [(str(number), what) for number, what in enumerate(meant)]


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

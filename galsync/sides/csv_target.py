"""A spreadsheet as a target: a list of contacts to be handed on, kept up to date line by line."""

from pathlib import Path

from galsync.files.disk import MOST, PRIVATE
from galsync.files.file_target import FileTarget
from galsync.files.record_lines import Spreadsheet


def csv_target(
    *, name: str, sync: str, path: Path, guard: bool = True, mode: int = PRIVATE, most: int = MOST
) -> FileTarget:
    """The file at ``path`` as a target of ``sync``.

    The columns are ``stamp``, ``form``, ``address``, ``aliases``, the fields, ``members`` and ``hidden``; a file that
    is there keeps its own columns and the lines that somebody else wrote. ``guard`` keeps spreadsheets from computing
    texts (:mod:`galsync.files.formulas`). ``mode`` is the file's where it is made.
    """
    return FileTarget(name=name, sync=sync, path=path, format=Spreadsheet(guard=guard), mode=mode, most=most)

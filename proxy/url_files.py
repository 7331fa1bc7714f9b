"""Files of published addresses: a person and the URL of their free/busy or calendar, to a line."""

import csv
from pathlib import Path

from protocols.model.mailbox import canonical
from proxy.list_files import check, text_of
from service.file_urls import file_url

_EXAMPLE = "ann@fabrikam.example,https://calendars.example.net/ann.ics"


def urls_of(path: Path) -> dict[str, str]:
    """URLs by canonical address; a first line without an ``@`` is a heading, a line that begins with ``#`` a comment.

    Raises ListFileError for all lines at once; no URL is told, since it may be the secret that opens the calendar.
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#") or (number == 1 and "@" not in line):
            continue
        try:
            address, url = (field.strip() for field in next(csv.reader([line])))
            address = canonical(address)
        except (ValueError, csv.Error):
            wrong.append(f'{path}:{number}: is no address and URL: write two, such as "{_EXAMPLE}"')
            continue
        try:
            url = file_url(url)
        except ValueError as error:
            wrong.append(f"{path}:{number}: {error}")
            continue
        if found.setdefault(address, url) != url:
            wrong.append(f"{path}:{number}: {address} has another URL already: remove one of the two")
    check(path, wrong)
    return found

"""Checks of [mail]: whether what it names is there, and whether there is anything to report."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.secret_checks import read


def check_mail(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """In the order of the file; nobody is asked, and nothing is sent."""
    mail = configuration.mail
    if mail is None:
        return
    if mail.ca is not None and not (directory / mail.ca).is_file():
        yield error("mail.ca", f"there is no file {directory / mail.ca}", "put the CA's certificate there")
    if mail.auth is not None:
        yield from read("mail.auth.password", mail.auth.password, directory)[1]
    if not configuration.scheduled:
        remedy = 'write schedule = "0 3 * * *" under [[directory_syncs]], or remove the section'
        yield warning("mail", "no sync has a schedule, and of runs that somebody watches no report is sent", remedy)

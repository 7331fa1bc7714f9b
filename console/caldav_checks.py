"""Checks the CalDAV connectors: secrets that are missing, and settings that contradict each other or change nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.secret_checks import read
from proxy.settings.connectors import CaldavConnector
from service.caldav_sign_in import CaldavBasicAuth
from service.reach import origin

_TEMPLATES: Final = ("principal", "home", "ifb")
_TOLD_IN_UTC: Final = frozenset({"outbox", "report", "ifb"})  # the server has reckoned already
# What each way of asking never looks at; auto looks at everything.
_UNUSED: Final = {
    "outbox": ("principal", "home", "ifb"),
    "report": ("ifb", "organizer", "old_headers", "recipients"),
    "expand": ("ifb", "organizer", "old_headers", "recipients"),
    "ifb": ("principal", "home", "organizer", "old_headers", "recipients"),
}


def check_caldav(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every connector with protocol = "caldav", in the order of the file."""
    for name, connector in configuration.connectors.items():
        if isinstance(connector, CaldavConnector):
            section = f"connectors.{name}"
            yield from _secret(f"{section}.auth", connector, directory)
            yield from _strategy(section, connector)
            yield from _templates(section, connector)
            yield from _zone(section, connector)


def _secret(section: str, connector: CaldavConnector, directory: Path) -> Iterator[Finding]:
    auth = connector.auth
    if isinstance(auth, CaldavBasicAuth):
        yield from read(f"{section}.password", auth.password, directory)[1]
    elif auth is not None:
        yield from read(f"{section}.token", auth.token, directory)[1]


def _strategy(section: str, connector: CaldavConnector) -> Iterator[Finding]:
    strategy = connector.strategy
    if strategy == "ifb" and connector.ifb is None:
        mend = 'write ifb = "/SOGo/dav/public/{local}/freebusy.ifb" or whatever your server has, or another strategy'
        yield error(f"{section}.strategy", "ifb asks for files, and no ifb says where they are", mend)
    if strategy == "outbox" and connector.auth is None:
        mend = "write auth, or another strategy"
        yield error(f"{section}.strategy", "an outbox belongs to an account, and no auth names one", mend)
    if strategy == "report":
        what = "a server that takes all-day events and times without a zone for UTC leaves doubt beside each of them"
        mend = 'write strategy = "auto", or "expand" where the account may read events; else ignore this'
        yield warning(f"{section}.strategy", what, mend)
    for key in _UNUSED.get(strategy, ()):
        if key in connector.model_fields_set:
            what = f'strategy = "{strategy}" does not look at it'
            yield warning(f"{section}.{key}", what, 'remove it, or write strategy = "auto"')


def _templates(section: str, connector: CaldavConnector) -> Iterator[Finding]:
    if connector.home is not None and connector.principal is not None:
        what = "home tells where the calendars are, so nobody looks at the principal"
        yield warning(f"{section}.principal", what, "remove it, or home")
    own = origin(connector.url)
    for key in _TEMPLATES:
        template: str | None = getattr(connector, key)
        if template is not None and not template.startswith("/") and not _is_of(own, template):
            mend = f"write the path alone, or an address at {urlsplit(connector.url).netloc}"
            yield error(f"{section}.{key}", "it leads to another host, where this account's secret is not sent", mend)


def _zone(section: str, connector: CaldavConnector) -> Iterator[Finding]:
    if connector.zone is None and connector.strategy not in _TOLD_IN_UTC:
        what = "all-day and floating events are unknown where a calendar names no zone, and so is who has one"
        yield note(f"{section}.zone", what, 'write the zone of these people, such as zone = "Europe/Berlin"')


def _is_of(own: tuple[str, str, int], template: str) -> bool:
    try:
        return origin(template) == own
    except ValueError:  # as of a port that is none
        return False

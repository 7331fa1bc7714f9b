"""Checks the rules and the ledger: group files, pseudonyms, and rules that hide more or less than is meant."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.route_checks import routes_of
from console.rule_reach import Entry, check_reach
from console.secret_checks import read
from console.server_checks import meets
from proxy.group_files import numbered
from proxy.ledger.pseudonyms import SHORTEST_KEY
from proxy.list_files import ListFileError
from proxy.settings.connectors import GoogleConnector, InteropConnector
from proxy.settings.ledger import LedgerSettings
from proxy.settings.rules import GROUP_FILE, RuleSettings


def check_rules(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every rule: its group files, and whether it does what it says."""
    table = routes_of(configuration, directory)
    for number, rule in enumerate(configuration.rules, 1):
        key = f"rules[{number}]"
        entries: list[Entry] = []
        for written in rule.about:
            if not written.startswith(GROUP_FILE):
                entries.append(Entry(written))
                continue
            path = directory / written.removeprefix(GROUP_FILE).strip()
            try:
                entries += [Entry(pattern, f"{path}:{line}: ") for pattern, line in numbered(path).items()]
            except ListFileError as problem:
                yield from _group_file(f"{key}.about", problem)
        yield from check_reach(f"{key}.about", rule, entries, table)
        yield from _own_hours(key, rule, [entry.pattern for entry in entries], configuration)


def check_ledger(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whether a ledger is kept, can be written, and is for Busyline's user alone."""
    settings = configuration.ledger
    if settings is None and configuration.syncs_alone:
        return  # nobody looks at anybody
    if settings is None:
        yield note("ledger", "none is kept: nobody can tell afterwards who looked at whom", "write a section [ledger]")
        return
    place = directory / settings.directory
    existing = next((each for each in (place, *place.parents) if each.exists()), Path("/"))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        mend = "let Busyline write there, or write another path"
        yield error("ledger.directory", f"nothing can be written to {existing}", mend)
    elif place.is_dir() and stat.S_IMODE(place.stat().st_mode) & 0o077:
        yield warning("ledger.directory", "others may look into it", f"chmod 0700 {place}")
    yield from _key(settings, directory)


def _group_file(key: str, problem: ListFileError) -> Iterator[Finding]:
    for line in str(problem).splitlines():
        what, _, mend = line.rpartition(": ")
        yield error(key, what, mend)


def _own_hours(key: str, rule: RuleSettings, patterns: list[str], configuration: Configuration) -> Iterator[Finding]:
    """A system that tells no working hours leaves nothing to show."""
    if rule.hours != "own":
        return
    silent = {
        via
        for route in configuration.routes
        for via in route.via
        if isinstance(configuration.connectors[via], GoogleConnector | InteropConnector)
        and configuration.connectors[via].working_hours is None
        and any(meets(one, route.match) for one in patterns)
    }
    if silent:
        what = f"{', '.join(sorted(silent))} tells no working hours, so all time of its people is shown as Busy"
        mend = 'write working_hours = { zone = "…", from = "08:00", to = "18:00" } for the connector, or hours here'
        yield warning(f"{key}.hours", what, mend)


def _key(settings: LedgerSettings, directory: Path) -> Iterator[Finding]:
    if settings.key is None:
        return
    text, found = read("ledger.key", settings.key, directory)
    yield from found
    if not found and len(text.encode()) < SHORTEST_KEY:
        yield error("ledger.key", f"is shorter than {SHORTEST_KEY} characters", "make one by `openssl rand -hex 32`")

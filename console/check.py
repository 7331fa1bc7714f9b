"""`busyline check`: is the configuration valid, and does every secret, certificate and file exist and fit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from console.configuration import Configuration
from console.connector_checks import check_connectors
from console.findings import Finding
from console.rooms_checks import check_rooms
from console.server_checks import check_callers, check_routes, check_server
from console.terminal import FOUND_WRONG, ConfigOption, JsonOption, configured, print_json, screen


def command(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Check the configuration and every secret, certificate and file it names; asks nobody over the network."""
    configuration, directory = configured(config)
    found = list(findings(configuration, directory, datetime.now(UTC)))
    if as_json:
        print_json([finding.as_json() for finding in found])
    else:
        _print(found, configuration)
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(FOUND_WRONG)


def findings(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Everything that is wrong or doubtful, in the order of the file."""
    yield from check_server(configuration.server, directory, now)
    yield from check_connectors(configuration, directory, now)
    yield from check_routes(configuration)
    yield from check_callers(configuration, directory)
    yield from check_rooms(configuration)


def _print(found: list[Finding], configuration: Configuration) -> None:
    console = screen()
    for finding in found:
        console.print(str(finding), style="red" if finding.severity == "error" else "yellow", soft_wrap=True)
    counts = f"{len(configuration.connectors)} connectors, {len(configuration.routes)} routes, "
    counts += f"{len(configuration.callers)} callers"
    errors = sum(finding.severity == "error" for finding in found)
    console.print(f"{counts}: " + (f"{errors} to mend" if errors else "all in order"), soft_wrap=True)

"""`busyline check`: is the configuration valid, and does every secret, certificate and file exist and fit."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.caldav_checks import check_caldav
from console.capture_checks import check_capture
from console.cluster_checks import check_cluster
from console.configuration import Configuration, ConfigurationError, Problem, find
from console.connector_checks import check_connectors
from console.directory_checks import check_directories
from console.exposure_checks import check_exposure
from console.federation_checks import check_federation
from console.findings import Finding
from console.gal_checks import check_gal
from console.gal_exchange_checks import check_gal_exchange
from console.gal_route_checks import check_gal_routes
from console.hub_checks import check_hubs
from console.ical_checks import check_ical
from console.mail_checks import check_mail
from console.mailtips_checks import check_mailtips
from console.move_event_checks import check_move_events
from console.moves_checks import check_moves
from console.nodes_checks import check_nodes
from console.oidc_checks import check_oidc
from console.pair_checks import check_pairs
from console.person_checks import check_persons
from console.places import line_of, lines_of, place_of
from console.privacy_checks import check_ledger, check_rules
from console.provider_checks import check_provider
from console.published_checks import check_published
from console.queue_checks import check_queue
from console.rooms_checks import check_rooms
from console.route_checks import check_routes
from console.secrecy_checks import check_secrecy
from console.server_checks import check_callers, check_server
from console.terminal import FOUND_WRONG, ConfigOption, JsonOption, configured, print_json, screen
from console.tokens_checks import check_tokens
from console.upstream_checks import check_upstream
from console.workers_checks import check_workers, processors


def command(
    ask: Annotated[
        bool, typer.Option("--ask", help="Also ask Microsoft's servers in which zone the mailboxes of hubs live.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Check the configuration and every secret, certificate and file it names; asks nobody over the network without
    --ask."""
    try:
        configuration, directory = configured(config)
    except ConfigurationError as error:
        if not as_json:
            raise
        print_json([_finding(problem).as_json() for problem in error.problems])
        raise typer.Exit(FOUND_WRONG) from None
    now = datetime.now(UTC)
    found = located(findings(configuration, directory, now), configuration, find(config))
    if ask:
        from console.hub_zones import check_zones  # noqa: PLC0415  it takes what speaks to servers

        found += located(asyncio.run(check_zones(configuration, directory, now)), configuration, find(config))
    if as_json:
        print_json([finding.as_json() for finding in found])
    else:
        _print(found, configuration)
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(FOUND_WRONG)


def _finding(problem: Problem) -> Finding:
    """What keeps the configuration from being read, told as all else that is wrong with it."""
    return Finding("error", problem.key, problem.what, problem.remedy, str(problem.file), problem.line)


def findings(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Everything that is wrong or doubtful, in the order of the file."""
    yield from check_server(configuration.server, directory, now)
    yield from check_exposure(configuration)
    yield from check_queue(configuration)
    yield from check_nodes(configuration)
    yield from check_workers(configuration, processors())
    yield from check_cluster(configuration, directory)
    yield from check_connectors(configuration, directory, now)
    yield from check_upstream(configuration, directory, now)
    yield from check_caldav(configuration, directory)
    yield from check_ical(configuration, directory)
    yield from check_provider(configuration, directory)
    yield from check_directories(configuration, directory)
    yield from check_routes(configuration, directory)
    yield from check_moves(configuration, directory)
    yield from check_callers(configuration, directory)
    yield from check_mailtips(configuration)
    yield from check_tokens(configuration, directory)
    yield from check_oidc(configuration, directory)
    yield from check_federation(configuration, directory, now)
    yield from check_rooms(configuration)
    yield from check_rules(configuration, directory)
    yield from check_ledger(configuration, directory)
    yield from check_capture(configuration, directory)
    yield from check_published(configuration, directory)
    yield from check_gal(configuration, directory)
    yield from check_gal_exchange(configuration, directory, now)
    yield from check_gal_routes(configuration, directory)
    yield from check_persons(configuration, directory)
    yield from check_pairs(configuration, directory)
    yield from check_move_events(configuration)
    yield from check_mail(configuration, directory)
    yield from check_hubs(configuration, directory, now)
    yield from check_secrecy(configuration, directory)


def located(found: Iterable[Finding], configuration: Configuration, path: Path) -> list[Finding]:
    """The findings with file, line, and the name of the caller or the match of the route that they count."""
    lines = lines_of(path.read_text("utf-8-sig"))
    spokes = (name for hub in configuration.hubs for name in hub.spokes)
    dotted = [name for name in (*configuration.connectors, *configuration.directories, *spokes) if "." in name]
    done = []
    for finding in found:
        place = place_of(finding.key, dotted)
        name = ""
        if len(place) > 1 and isinstance(number := place[1], int):
            name = _name(configuration, str(place[0]), number)
        done.append(replace(finding, file=str(path), line=line_of(place, lines), name=name))
    return done


def _name(configuration: Configuration, section: str, number: int) -> str:
    if section == "callers":
        return configuration.callers[number].name
    if section == "directory_syncs":
        return configuration.directory_syncs[number].name
    if section == "hubs":
        return configuration.hubs[number].name
    return configuration.routes[number].match if section == "routes" else ""


_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}


def _print(found: list[Finding], configuration: Configuration) -> None:
    console = screen()
    for finding in found:
        console.print(str(finding), style=_STYLES[finding.severity], soft_wrap=True)
    console.print(f"{', '.join(_counts(configuration))}: {_verdict(found)}", soft_wrap=True)


def _counts(configuration: Configuration) -> Iterator[str]:
    if not configuration.syncs_alone:
        for word in ("connector", "route", "caller"):
            yield _number(len(getattr(configuration, f"{word}s")), word)
    if syncs := len(configuration.directory_syncs):
        yield _number(syncs, "directory sync")
    if hubs := len(configuration.hubs):
        yield _number(hubs, "hub")


def _verdict(found: list[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in found)
    warnings = sum(finding.severity == "warning" for finding in found)
    if errors:
        return f"{errors} to mend"
    return f"in order, {_number(warnings, 'warning')}" if warnings else "all in order"


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"

"""Tests of console/route_checks.py."""

from pathlib import Path

import pytest

from console.configuration import load
from console.route_checks import check_routes, routes_of
from tests.console.conftest import CALLER, PEERS, SERVER

FIRST = '[[routes]]\nmatch = "first.example"\nvia = ["n", "own"]\ncombine = "first"\n'


def found(config: Path, text: str) -> list[str]:
    config.write_text(SERVER + PEERS + CALLER + text, "utf-8")
    return [str(finding) for finding in check_routes(load(config), config.parent)]


def test_nothing_to_answer_and_nobody_to_answer_to(config: Path) -> None:
    config.write_text(SERVER, "utf-8")
    assert [finding.key for finding in check_routes(load(config), config.parent)] == ["routes", "callers"]


def test_all_in_order(config: Path) -> None:
    assert found(config, FIRST.replace('"first"\n', '"union"\n')) == []


def test_where_only_the_first_is_asked_a_stale_calendar_looks_free(config: Path) -> None:
    [finding] = found(config, FIRST)
    assert finding.startswith("warning: routes[3].combine: where n and own both know somebody only n is asked")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (None, "there is no such file"),
        ("nobody\n", "rooms.csv:1: is no pair of addresses; write two"),
        ("a@b.example,a@c.example\nb@b.example,c@b.example\na@c.example,c@c.example\n", "is an alias itself"),
    ],
)
def test_wrong_aliases_are_told_line_by_line(config: Path, lines: str | None, words: str) -> None:
    if lines:
        (config.parent / "rooms.csv").write_text("a@x.example,a@n.example\n" + lines, "utf-8")
    [finding] = found(config, '[[aliases]]\naddresses = "rooms.csv"\n')
    assert finding.startswith("error: aliases: ")
    assert words in finding.replace(":2:", ":1:")
    assert len(routes_of(load(config), config.parent).routes) == 2


def test_a_connector_that_is_busyline_itself(config: Path) -> None:
    text = '[connectors.us]\nprotocol = "ews"\nurl = "http://127.0.0.1:1/EWS/Exchange.asmx"\n'
    text += 'auth = { kind = "basic", username = "u", password = "env:BUSYLINE_TEST_PASSWORD" }\n'
    [finding] = found(config, text)
    assert finding.startswith("error: connectors.us.url: 127.0.0.1 is Busyline itself (server.public_url)")

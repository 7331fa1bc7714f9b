"""Tests of console/route_checks.py."""

from pathlib import Path

import pytest

from console.check import located
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
    [finding] = found(config, '[[aliases]]\naddresses = "file:rooms.csv"\n')
    assert finding.startswith("error: aliases[1]: ")
    assert words in finding.replace(":2:", ":1:")
    assert len(routes_of(load(config), config.parent).routes) == 2


def _alias(domain: str, of: str) -> str:
    return f'[[aliases]]\ndomain = "{domain}.example"\nof = "{of}.example"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_alias("a", "n") + _alias("b", "a"), "error: aliases[2]: b.example is an alias of a.example, which is an "
         "alias itself; name the real one"),
        (_alias("a", "n") + _alias("n", "n"), "error: aliases[2]: n.example is an alias of itself; write the real "
         "name, or remove it"),
        (_alias("a", "n") + _alias("a", "own"), "error: aliases[2]: a.example is an alias of n.example already; "
         "remove one of the two"),
        (_alias("a", "n") + _alias("b", "nowhere"), "warning: aliases[2].of: no route leads to nowhere.example, so "
         "nobody of b.example is found; write the domain of a [[routes]], or add one for it"),
    ],
)  # fmt: skip
def test_a_wrong_alias_is_told_at_its_entry(config: Path, text: str, expected: str) -> None:
    assert found(config, text) == [expected]
    where = located(check_routes(load(config), config.parent), load(config), config)
    lines = config.read_text("utf-8").splitlines()
    second = max(number for number, line in enumerate(lines, 1) if line == "[[aliases]]")
    assert [finding.line for finding in where] == [second + 2 * expected.startswith("warning")]


def test_a_connector_that_is_busyline_itself(config: Path) -> None:
    text = '[connectors.us]\nprotocol = "ews"\nurl = "http://127.0.0.1:1/EWS/Exchange.asmx"\n'
    text += 'auth = { kind = "basic", username = "u", password = "env:BUSYLINE_TEST_PASSWORD" }\n'
    [finding] = found(config, text)
    assert finding.startswith("error: connectors.us.url: 127.0.0.1 is Busyline itself (server.public_url)")


HERE = "http://127.0.0.1:1"
SECRET_URL = f"{HERE}/ann-9f2c.ics"
INTEROP = 'protocol = "google-interop"\nusername = "r@x.example"\npassword = "env:BUSYLINE_TEST_PASSWORD"\n'
GRAPH = 'protocol = "graph"\ntenant = "x.example"\nclient_id = "c"\nanchors = ["a@x.example"]\n'
GRAPH += 'secret = "env:BUSYLINE_TEST_PASSWORD"\n'
GOOGLE = 'protocol = "google"\nservice_account = "file:a.json"\nsubject = "target"\n'
EWS = 'protocol = "ews"\nurl = "https://x.example/EWS/Exchange.asmx"\n'
CALDAV = 'protocol = "caldav"\nurl = "https://dav.x.example"\n'


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("autodiscover_url", INTEROP + f'autodiscover_url = "{HERE}/a.svc"\n'),
        ("graph_url", GRAPH + f'graph_url = "{HERE}"\n'),
        ("login_url", GRAPH + f'login_url = "{HERE}"\n'),
        ("api_url", GOOGLE + f'api_url = "{HERE}"\n'),
        ("directory.api_url", GOOGLE + f'directory = {{ subject = "a@x.example", api_url = "{HERE}" }}\n'),
        (
            "auth.login_url",
            EWS + 'auth = { kind = "oauth", tenant = "t", client_id = "c", secret = "env:BUSYLINE_TEST_PASSWORD", '
            f'login_url = "{HERE}" }}\n',
        ),
        ("url", f'protocol = "http"\nurl = "{HERE}/freebusy"\n'),
        ("url", f'protocol = "caldav"\nurl = "{HERE}/dav"\n'),
        ("ifb", CALDAV + f'ifb = "{HERE}/{{local}}.ifb"\n'),
        ("home", CALDAV + f'home = "{HERE}/{{local}}/"\n'),
        ("principal", CALDAV + f'principal = "{HERE}/{{local}}/"\n'),
        ("url", f'protocol = "ical"\nurl = "{HERE}/{{address}}.ics"\n'),
        ("people", f'protocol = "ical"\npeople = {{ "ann@x.example" = "{SECRET_URL}" }}\n'),
        ("people", 'protocol = "ical"\npeople = "published.csv"\n'),
    ],
)
def test_no_address_of_a_connector_may_be_busyline_itself(config: Path, key: str, text: str) -> None:
    lines = f"ann@x.example,{SECRET_URL}\nbob@x.example,{SECRET_URL}\neve@x.example,https://x.example/eve.ics\n"
    (config.parent / "published.csv").write_text(lines, "utf-8")
    [finding] = found(config, f"[connectors.us]\n{text}")
    assert finding.startswith(f"error: connectors.us.{key}: 127.0.0.1 is Busyline itself (server.public_url)")
    assert "9f2c" not in finding


@pytest.mark.parametrize(
    "text",
    [
        CALDAV + 'ifb = "/{local}.ifb"\nhome = "https://dav.{domain}:{local}/"\n',
        'protocol = "ical"\npeople = "there-is-none.csv"\n',
        'protocol = "http"\nurl = "http://127.0.0.1/freebusy"\n',  # another port
        GOOGLE,
    ],
)
def test_what_leads_elsewhere_or_cannot_be_told_is_no_circle(config: Path, text: str) -> None:
    assert found(config, f"[connectors.us]\n{text}") == []


def test_where_the_first_never_says_that_somebody_is_not_there(config: Path) -> None:
    interop = f"[connectors.g]\n{INTEROP}" + FIRST.replace('"n", "own"', '"g", "n"')
    told = [line for line in found(config, interop) if "routes[3].via" in line]
    assert [line.partition(": g (")[0] for line in told] == ["warning: routes[3].via"]
    assert found(config, interop.replace('"g", "n"', '"n", "g"'))[0].startswith("warning: routes[3].combine")

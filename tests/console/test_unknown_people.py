"""`busyline check` of systems that do not say who is not there, in routes and moves that want to know."""

from pathlib import Path

import pytest

from console.configuration import load
from console.findings import Finding
from console.unknown_people import check_first, check_left

INTEROP = 'protocol = "google-interop"\nusername = "r@x.example"\npassword = "env:BUSYLINE_TEST_PASSWORD"\n'
CALDAV = 'protocol = "caldav"\nurl = "https://dav.x.example"\n'
MOVE = '[[moves]]\nname = "m"\nfrom = "{}"\nto = "{}"\npeople = "{}"\n'


def route(*via: str, combine: str = "first") -> str:
    return f'[[routes]]\nmatch = "x.example"\nvia = {list(via)}\ncombine = "{combine}"\n'


def found(config: Path, system: str, more: str) -> list[Finding]:
    config.write_text(config.read_text("utf-8") + f"[connectors.g]\n{system}{more}", "utf-8")
    configuration = load(config)
    return [*check_first(configuration), *check_left(configuration)]


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.key) for finding in findings]


@pytest.mark.parametrize(
    ("system", "more", "expected"),
    [
        (INTEROP, route("g", "n"), [("warning", "routes[3].via")]),
        (INTEROP, route("n", "g", "own"), [("warning", "routes[3].via")]),
        (INTEROP, route("n", "g"), []),
        (INTEROP, route("g", "n", combine="union"), []),
        (CALDAV, route("g", "n"), [("note", "routes[3].via")]),
        (CALDAV + 'strategy = "outbox"\n', route("g", "n"), [("note", "routes[3].via")]),
        (CALDAV + 'strategy = "report"\n', route("g", "n"), []),
        (INTEROP, MOVE.format("g", "n", "file:moved.csv"), [("warning", "moves[1].from")]),
        (INTEROP, MOVE.format("n", "g", "file:moved.csv"), [("warning", "moves[1].to")]),
        (CALDAV, MOVE.format("g", "n", "file:moved.csv"), [("note", "moves[1].from")]),
        (INTEROP, MOVE.format("n", "g", "ask"), [("warning", "moves[1].to")]),
        (INTEROP, MOVE.format("n", "own", "file:moved.csv"), []),
    ],
)
def test_what_is_told(config: Path, system: str, more: str, expected: list[tuple[str, str]]) -> None:
    assert told(found(config, system, more)) == expected


def test_the_words_say_what_follows_and_what_to_do(config: Path) -> None:
    first, left = found(config, INTEROP, route("g", "n") + MOVE.format("g", "n", "file:moved.csv"))
    assert first.what == (
        'g (google-interop tells of somebody who is not there as "no access"): '
        "n is never asked about those whom g does not know"
    )
    assert first.mend == "put g last, or write union"
    assert left.what.endswith("whoever is gone there stays in doubt until joined_after is over")
    assert left.mend == "keep their accounts there for so long"

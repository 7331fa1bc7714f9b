"""Tests of console/pair/users.py: who was discovered goes out as CSV, and comes back as a list of moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli import run
from console.pair.users import added, csv_of
from protocols.model.person import Kind
from tests.console.gal.aside import aside
from tests.console.pair.tenants import Typing, somebody, two_tenants

MOVES = """
[[routes]]
match = "fabrikam.example"
via = "fabrikam"
[[moves]]
name = "to-contoso"
from = "fabrikam"
to = "contoso"
people = "file:fabrikam-users.csv"
rewrite = "{local}@contoso.example"
"""


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typing]:
    """Two tenants."""
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")
    with aside(two_tenants(tmp_path)) as made:
        yield made


def test_out_and_back_as_a_list_of_moves(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    typing.writes('users = "fabrikam-users.csv"\n', behind=MOVES)
    assert typing.types("users", "merger") == 0, typing.err
    path = typing.folder / "fabrikam-users.csv"
    assert path.read_text() == "address,moved_at,batch\nann@fabrikam.example,,\nbob@fabrikam.example,,\n"
    filled = (
        path.read_text()
        .replace("ann@fabrikam.example,,", "ann@fabrikam.example,2026-11-20T18:00+01:00,wave-1")
        .replace("bob@fabrikam.example,,", "bob@fabrikam.example,2026-12-20,wave-2")
    )
    path.write_text(filled)
    assert run(["moves", "check", "--config", str(typing.path)]) == 0
    assert "2 people, all in order" in capsys.readouterr().out
    assert run(["moves", "show", "ann@fabrikam.example", "--config", str(typing.path)]) == 0
    assert "batch wave-1" in capsys.readouterr().out
    typing.sides["fabrikam"].book.put(somebody("fabrikam", "eve"))
    for _ in range(2):
        assert typing.types("users", "merger") == 0
        assert "take the # away" in typing.out
        assert path.read_text() == f"{filled}# eve@fabrikam.example,,\n"
    assert run(["moves", "check", "--config", str(typing.path)]) == 0
    assert "2 people, all in order" in capsys.readouterr().out


def test_a_list_that_nobody_follows_yet_gets_lines_to_fill_in(typing: Typing) -> None:
    typing.writes('users = "fabrikam-users.csv"\n')
    path = typing.folder / "fabrikam-users.csv"
    path.write_text("address,moved_at,batch\nann@fabrikam.example,,wave-1\n")
    assert typing.types("users", "merger") == 0
    assert path.read_text() == "address,moved_at,batch\nann@fabrikam.example,,wave-1\nbob@fabrikam.example,,\n"


def test_a_file_that_is_no_list_is_left_as_it_is(typing: Typing) -> None:
    path = typing.folder / "other.csv"
    for text, words in ((b"name,age\nann,7\n", 'no column "address"'), (b"\xff\xfe", "UTF-8")):
        path.write_bytes(text)
        assert typing.types("users", "merger", "--csv", str(path)) == 1
        assert "is left as it is" in typing.err
        assert words in typing.err
        assert path.read_bytes() == text


def test_onto_the_screen_and_into_another_file(typing: Typing) -> None:
    assert typing.types("users", "merger") == 0
    assert typing.out.splitlines() == ["address,moved_at,batch", "ann@fabrikam.example,,", "bob@fabrikam.example,,"]
    other = typing.folder / "other.csv"
    assert typing.types("users", "merger", "--csv", str(other)) == 0
    assert other.read_text().startswith("address,moved_at,batch\nann@")
    told = typing.json("users", "merger")
    assert told[0] == {
        "address": "ann@fabrikam.example",
        "destination": "ann@contoso.example",
        "display_name": "Ann",
        "disabled": False,
    }


def test_a_source_that_does_not_answer(typing: Typing) -> None:
    typing.sides["fabrikam"].desk.book.people.clear()
    assert typing.types("users", "merger") == 0
    assert typing.out == "address,moved_at,batch\n"


def test_a_line_for_each() -> None:
    users = [somebody("a", "ann"), somebody("a", "bob", Kind.USER)]
    assert csv_of(users) == "address,moved_at,batch\nann@a.example,,\nbob@a.example,,\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# planned by Eve\nann@a.example,2026-11-20,w\n", "bob@a.example,,\n"),
        ("Batch;Address;moved_at\r\nw;Ann@A.example;\r\n", ";bob@a.example;\r\n"),
        ("address\n# ann@a.example\nleft@a.example", "\nbob@a.example\n"),
        ('address,moved_at,batch\n"ann@a.example",,"wave, 1"\n', "bob@a.example,,\n"),
        ("address,moved_at,batch\nann@a.example,,\n# bob@a.example,,\n", ""),
    ],
    ids=["comment", "columns", "no end", "quotes", "named"],
)
def test_what_stands_in_a_list_stays_and_who_is_new_comes_behind(text: str, line: str) -> None:
    users = [somebody("a", "ann"), somebody("a", "bob")]
    assert added(text, users) == f"{text}{line}"
    assert added(added(text, users), users) == f"{text}{line}"

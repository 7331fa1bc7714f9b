"""Tests of console/pair/routes_file.py: routes come and go, and all else in the file stays byte for byte."""

import os
import tomllib
from pathlib import Path

import pytest

from console.pair.routes_file import Route, RoutesFile
from galsync.side import Failed, Handed, Written

HAND_MADE = """\
# my own words
[server]
public_url = "http://127.0.0.1:8080"   # mine
certificate.kind = "none"

[connectors.a]
protocol = "ical"
url = "https://a.example/{local}.ifb"

[[routes]]     # an old one
match = "old.example"
via = "a"
"""
NEW = (Route("a.example", "a"), Route("old.example", "a"))


@pytest.fixture
def file(tmp_path: Path) -> RoutesFile:
    """A configuration that somebody keeps by hand."""
    path = tmp_path / "busyline.toml"
    path.write_text(HAND_MADE)
    return RoutesFile(path, NEW)


async def added(file: RoutesFile) -> tuple[str, str]:
    """The file before and after."""
    was = await file.read()
    assert isinstance(was, str)
    shall = file.shall(was)
    assert isinstance(await file.write(was, shall), Written)
    return was, shall


async def test_a_route_that_lacks_is_added_behind_the_others(file: RoutesFile, tmp_path: Path) -> None:
    was, shall = await added(file)
    assert shall == f'{HAND_MADE}\n[[routes]]\nmatch = "a.example"\nvia = "a"\n'
    assert (tmp_path / "busyline.toml").read_text() == shall
    assert (tmp_path / "busyline.toml.previous").read_text() == was
    assert file.shall(shall) == shall
    (change,) = file.changes(was, shall)
    assert (change.field, change.before, change.after) == ("route of a.example", "", "a")


async def test_back_gives_the_very_file(file: RoutesFile, tmp_path: Path) -> None:
    was, shall = await added(file)
    back = await file.back(shall, was=was, did=shall)
    assert not isinstance(back, Failed)
    assert (back.shall, back.words) == (was, "")
    assert isinstance(await file.write(shall, back.shall), Written)
    assert (tmp_path / "busyline.toml").read_text() == HAND_MADE


async def test_back_takes_ours_alone_out_of_a_file_that_was_changed_since(file: RoutesFile) -> None:
    was, shall = await added(file)
    now = f'{shall}\n[[routes]]\nmatch = "new.example"   # later\nvia = "a"\n'
    back = await file.back(now, was=was, did=shall)
    assert not isinstance(back, Failed)
    assert 'match = "a.example"' not in back.shall
    assert "# an old one" in back.shall
    assert 'match = "new.example"   # later' in back.shall
    assert "changed since" in back.words


async def test_a_route_that_somebody_turned_elsewhere_stays(file: RoutesFile) -> None:
    was, shall = await added(file)
    now = shall.replace('match = "a.example"\nvia = "a"', 'match = "a.example"\nvia = "b"')
    back = await file.back(now, was=was, did=shall)
    assert not isinstance(back, Failed)
    assert back.shall == now


async def test_the_last_route_goes_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    file = RoutesFile(path, NEW[:1])
    shall = file.shall("")
    assert shall == '\n[[routes]]\nmatch = "a.example"\nvia = "a"\n'
    back = await file.back(f"# later\n{shall}", was="", did=shall)
    assert not isinstance(back, Failed)
    assert "routes" not in back.shall


async def test_what_would_be_no_configuration_is_not_written(file: RoutesFile, tmp_path: Path) -> None:
    broken = RoutesFile(tmp_path / "busyline.toml", [Route("c.example", "nobody")])
    failed = await broken.write(HAND_MADE, broken.shall(HAND_MADE))
    assert isinstance(failed, Failed)
    assert "nobody" in failed.words
    assert (tmp_path / "busyline.toml").read_text() == HAND_MADE


async def test_a_route_that_leads_elsewhere_is_told(tmp_path: Path) -> None:
    file = RoutesFile(tmp_path / "busyline.toml", [Route("old.example", "b")])
    assert file.shall(HAND_MADE) == HAND_MADE
    assert file.notes(HAND_MADE) == ("the route of old.example leads to a already, and stays so",)


async def test_a_file_that_cannot_be_written_is_handed_over(
    file: RoutesFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write whatever the mode says
    (note,) = file.notes(HAND_MADE)
    assert 'match = "a.example"' in note
    assert isinstance(await file.write(HAND_MADE, file.shall(HAND_MADE)), Handed)
    assert (tmp_path / "busyline.toml").read_text() == HAND_MADE
    back = await file.back(file.shall(HAND_MADE), was="", did=file.shall(HAND_MADE))
    assert not isinstance(back, Failed)


async def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "busyline.toml").write_bytes(b"\xff\xfe")
    assert isinstance(await RoutesFile(tmp_path / "busyline.toml", NEW).read(), Failed)


async def test_the_lines_that_were_added_go_and_nothing_moves(file: RoutesFile) -> None:
    was, shall = await added(file)
    more = '\n[server.more]\nx = 1\n\n[[routes]]\nmatch = "b.example"\nvia = "b"\n'
    back = await file.back(f"{shall}{more}", was=was, did=shall)
    assert not isinstance(back, Failed)
    assert back.shall == f"{was}{more}"


async def test_a_route_that_somebody_wrote_into_goes_by_its_meaning(file: RoutesFile) -> None:
    was, shall = await added(file)
    now = shall.replace('match = "a.example"\n', 'match = "a.example"   # theirs\n')
    back = await file.back(now, was=was, did=shall)
    assert not isinstance(back, Failed)
    assert 'a.example"' not in back.shall
    assert "# an old one" in back.shall


async def test_what_somebody_wrote_into_our_route_stays_with_it(file: RoutesFile) -> None:
    was, shall = await added(file)
    mine = 'rewrite = "{local}@g.a.example"\n'
    for more in (mine, f"# so\n{mine}"):
        now = f'{shall}{more}\n[[routes]]\nmatch = "z.example"\nvia = "a"\n'
        back = await file.back(now, was=was, did=shall)
        assert not isinstance(back, Failed)
        assert back.shall == now
        assert "a.example is left: somebody wrote into it" in back.words


@pytest.mark.parametrize("behind", ["# later\n", '\n# a third\n[[routes]]\nmatch = "z.example"\nvia = "a"\n# end\n'])
async def test_all_else_means_what_it_meant(file: RoutesFile, behind: str) -> None:
    was, shall = await added(file)
    back = await file.back(f"{shall}{behind}", was=was, did=shall)
    assert not isinstance(back, Failed)
    assert tomllib.loads(back.shall) == tomllib.loads(f"{was}{behind}")
    assert back.shall.count("#") == f"{was}{behind}".count("#")


async def test_routes_in_one_array_are_added_by_hand(file: RoutesFile) -> None:
    one = 'routes = [{ match = "old.example", via = "a" }]\n'
    assert file.shall(one) == one
    (note,) = file.notes(one)
    assert '{ match = "a.example", via = "a" }' in note


async def test_the_ends_of_lines_stay_those_of_the_file(file: RoutesFile) -> None:
    was = HAND_MADE.replace("\n", "\r\n")
    shall = file.shall(was)
    assert "\n" not in shall.replace("\r\n", "")
    back = await file.back(f"{shall}# later\r\n", was=was, did=shall)
    assert not isinstance(back, Failed)
    assert back.shall == f"{was}# later\r\n"

"""Tests of console/move_event_checks.py."""

from pathlib import Path

from console.configuration import load
from console.gal_checks import check_gal
from console.move_event_checks import check_move_events
from tests.console.test_move_names import BASE, FORWARDER, SYNC

REWRITE = 'rewrite = "{local}@contoso.example"\n'
MOVING = BASE.replace('people = "file:moved.csv"\n', 'people = "file:moved.csv"\n' + REWRITE)
THERE = SYNC.format("merger")
BACK = THERE.replace('"staff"', '"back"').replace('side = "from"', 'side = "to"').replace('to = "list"', 'to = "other"')
OTHER = '[directories.other]\nprotocol = "csv"\npath = "other.csv"\n'
BEYOND = '[directories.beyond]\nprotocol = "google"\nservice_account = "file:k"\nsubject = "a@contoso.example"\n'


def found(folder: Path, text: str) -> list[str]:
    path = folder / "busyline.toml"
    path.write_text(text)
    return [f"{each.severity} {each.key}" for each in check_move_events(load(path))]


def test_a_whole_event_is_in_order(tmp_path: Path) -> None:
    forwarder = FORWARDER.format("merger") + 'beyond = "beyond"\n'
    assert found(tmp_path, MOVING + THERE + OTHER + BACK + BEYOND + forwarder) == []
    assert found(tmp_path, MOVING) == []


def test_what_flips_at_one_side_alone(tmp_path: Path) -> None:
    assert found(tmp_path, MOVING + THERE) == ["warning directory_syncs[1].moves", "note moves[1]"]


def test_forwarders_alone(tmp_path: Path) -> None:
    expected = ["note move_forwarders[1].beyond", "warning move_forwarders[1].move"]
    assert found(tmp_path, MOVING + FORWARDER.format("merger")) == expected


def test_one_address_at_both_sides_wants_another_to_forward_to(tmp_path: Path) -> None:
    forwarder = FORWARDER.format("merger")
    assert "error move_forwarders[1].to" in found(tmp_path, BASE + forwarder)
    assert "error move_forwarders[1].to" not in found(tmp_path, BASE + forwarder + 'to = "{local}@c.example"\n')


def test_a_script_has_to_be_run(tmp_path: Path) -> None:
    script = '[directories.script]\nprotocol = "powershell"\nfolder = "scripts"\n'
    forwarder = FORWARDER.format("merger").replace('at = "ad"', 'at = "script"') + 'beyond = "beyond"\n'
    assert found(tmp_path, MOVING + THERE + OTHER + BACK + BEYOND + script + forwarder) == [
        "note move_forwarders[1].at"
    ]


def test_a_directory_that_forwards_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(MOVING + THERE + FORWARDER.format("merger"))
    keys = [each.key for each in check_gal(load(path), tmp_path)]
    assert "directories.ad" not in keys
    assert "directories.ad.auth.password" in keys

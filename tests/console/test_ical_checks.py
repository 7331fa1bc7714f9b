"""Published files: lists that cannot be read, that others may read, and what will stay unknown."""

from pathlib import Path
from typing import Any

from console.configuration import Configuration
from console.ical_checks import check_ical

IFB = "https://x.example/{local}/freebusy.ifb"


def found(directory: Path, **connector: Any) -> list[str]:
    written = {
        "server": {"public_url": "https://b.example", "certificate": {"kind": "none"}},
        "connectors": {"p": {"protocol": "ical", **connector}},
        "routes": [{"match": "x.example", "via": "p"}],
    }
    return [str(each) for each in check_ical(Configuration.model_validate(written), directory)]


def test_free_busy_files_need_no_zone(tmp_path: Path) -> None:
    assert found(tmp_path, url=IFB) == []


def test_calendars_do(tmp_path: Path) -> None:
    [zone, ahead] = found(tmp_path, url="https://x.example/{local}.ics")
    assert zone.startswith("note: connectors.p.zone: ")
    assert ahead.startswith("note: connectors.p.published_ahead: ")
    assert found(tmp_path, url="https://x.example/{local}.ics", zone="Europe/Berlin", published_ahead="90d") == []


def test_lists(tmp_path: Path) -> None:
    more = {"people": "p.csv", "zone": "Europe/Berlin", "published_ahead": "90d"}
    [missing] = found(tmp_path, **more)
    assert missing.startswith("error: connectors.p.people: ")
    path = tmp_path / "p.csv"
    path.write_text("ann@x.example,https://y.example/hunter2.ics\nnonsense\n")
    path.chmod(0o600)
    [wrong] = found(tmp_path, **more)
    assert "p.csv:2: is no address and URL; write two" in wrong
    path.write_text("ann@x.example,https://y.example/hunter2.ics\n")
    assert found(tmp_path, **more) == []
    path.chmod(0o644)
    [warned] = found(tmp_path, **more)
    assert warned.startswith("warning: connectors.p.people: others may read")
    assert "hunter2" not in warned
    path.write_text("")
    path.chmod(0o600)
    [empty] = found(tmp_path, **more)
    assert "lists nobody" in empty


def test_the_password(tmp_path: Path) -> None:
    auth = {"kind": "basic", "username": "u", "password": "file:missing"}
    [missing] = found(tmp_path, url=IFB, auth=auth)
    assert missing.startswith("error: connectors.p.auth.password: ")

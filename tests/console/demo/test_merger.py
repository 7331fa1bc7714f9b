"""The merger: a configuration that is in order, secrets that only the owner reads, three systems that answer."""

import stat
from datetime import UTC, datetime
from pathlib import Path

from console.check import findings
from console.configuration import load
from console.demo.desks import HUB
from console.demo.merger import Merger
from console.demo.try_it import SYNCS
from galsync.settings.clouds import GraphDirectory


async def test_its_configuration_is_in_order(running: Merger, tmp_path: Path) -> None:
    found = findings(load(tmp_path / "busyline.toml"), tmp_path, datetime.now(UTC))
    assert [finding for finding in found if finding.severity != "note"] == []


async def test_secrets_are_readable_by_their_owner_alone(running: Merger, tmp_path: Path) -> None:
    modes = modes_of(tmp_path, "*.secret", "*.json", "*.password", "*.hash")
    assert modes == [0o600] * 10


def modes_of(directory: Path, *patterns: str) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for pattern in patterns for path in directory.glob(pattern)]


async def test_no_password_stands_in_the_configuration(running: Merger, tmp_path: Path) -> None:
    text = (tmp_path / "busyline.toml").read_text("utf-8")
    assert not any(password in text for password in running.passwords.values())


async def test_who_reads_directories_is_not_who_answers_questions(running: Merger, tmp_path: Path) -> None:
    configuration = load(tmp_path / "busyline.toml")
    contoso, connector = configuration.directories["contoso"], configuration.connectors["contoso"]
    assert isinstance(contoso, GraphDirectory)
    assert contoso.client_id != getattr(connector, "client_id", "")
    assert [sync.name for sync in configuration.directory_syncs] == [*SYNCS]


async def test_who_keeps_calendars_equal_is_not_who_answers_questions(running: Merger, tmp_path: Path) -> None:
    configuration = load(tmp_path / "busyline.toml")
    [hub] = configuration.hubs
    assert hub.name == HUB
    keys = ("service_account", "auth")
    of_hub = [str(getattr(spoke, key, "")) for spoke in hub.spokes.values() for key in keys]
    of_others = [str(getattr(each, key, "")) for each in configuration.connectors.values() for key in keys]
    assert not {*filter(None, of_hub)} & {*filter(None, of_others)}

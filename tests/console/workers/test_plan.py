"""What a worker is told to be: the text that was checked, and the addresses that the system chose."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.configuration import ConfigurationError
from console.workers.plan import Plan
from proxy.auth.shared_replays import Seen
from service.addresses import ListenAddress
from tests.console.workers.serving import SERVER


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "busyline.toml"
    written.write_text(SERVER.replace("[server]", "[server]\nworkers = 3"), "utf-8")
    return written


@pytest.mark.parametrize(("workers", "number"), [(None, 3), (1, 1), (5, 5)])
def test_the_command_line_counts_before_the_file(path: Path, workers: int | None, number: int) -> None:
    assert Plan.read(path, style="json", workers=workers).workers == number


def test_a_worker_is_told_all_of_it_and_nothing_is_read_again(path: Path) -> None:
    plan = Plan.read(path, style="console", workers=2)
    path.write_text("broken", "utf-8")
    told = Plan.told(json.loads(json.dumps(plan.message())))
    assert told == plan
    assert told.configuration.server.workers == 3
    assert told.directory == path.parent


def test_a_worker_is_told_where_signed_messages_are_remembered(path: Path) -> None:
    seen = Seen(directory=path.parent, since=datetime(2026, 11, 20, tzinfo=UTC), key=b"k" * 32)
    plan = replace(Plan.read(path, style="json", workers=2), seen=seen)
    message = json.loads(json.dumps(plan.message()))
    assert Plan.told(message).seen == seen
    del message["seen"]  # a parent that was started before this worker's version was installed
    assert Plan.told(message).seen is None


def test_the_text_is_not_printed(path: Path) -> None:
    assert "public_url" not in repr(Plan.read(path, style="json", workers=None))


def test_a_wrong_configuration_is_told_by_file_and_line(path: Path) -> None:
    path.write_text(SERVER + "[cache]\nttl = 7\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r":7: cache\.ttl"):
        Plan.read(path, style="json", workers=None)


def test_a_port_that_the_system_chooses_is_chosen_once(path: Path) -> None:
    plan = Plan.read(path, style="json", workers=None)
    chosen = plan.at({"listen": (ListenAddress("127.0.0.1", 8443),), "plain_listen": ()})
    assert chosen.configuration.server.listen == (ListenAddress("127.0.0.1", 8443),)
    assert chosen.written["listen"] == (ListenAddress("127.0.0.1", 0),)
    assert Plan.told(chosen.message()) == chosen

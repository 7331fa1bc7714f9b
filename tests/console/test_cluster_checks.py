"""`busyline check` looks at what nodes share before the server has to."""

from pathlib import Path

import pytest

from console.cluster_checks import check_cluster
from console.configuration import Configuration
from tests.clients.tls import authority
from tests.proxy.served import configuration

KEY = "5e" * 32


def found(place: Path, **cluster: object) -> list[str]:
    """What there is to say."""
    section = {"redis": "rediss://redis.example.com", "key": "file:cluster.key", "password": "file:pw", **cluster}
    written = {name: value for name, value in section.items() if value is not None}
    settings = Configuration.model_validate({**configuration(), "cluster": written})
    return [f"{one.severity}: {one.key}: {one.what}" for one in check_cluster(settings, place)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where key and password lie."""
    (tmp_path / "cluster.key").write_text(KEY)
    (tmp_path / "pw").write_text("hunter2")
    return tmp_path


def test_nothing_wanted_and_all_in_order(place: Path) -> None:
    assert list(check_cluster(Configuration.model_validate(configuration()), place)) == []
    authority(place)
    assert found(place, ca="ca.pem") == []
    assert found(place, redis="redis://127.0.0.1", password=None) == []
    assert found(place, redis="redis://localhost:6380", password=None) == []


@pytest.mark.parametrize("text", ["", "hunter2", "5e" * 31])
def test_a_key_that_is_none(place: Path, text: str) -> None:
    (place / "cluster.key").write_text(text)
    (one,) = found(place)
    assert one.startswith("error: cluster.key: ")
    assert "hunter2" not in one


def test_what_is_not_there(place: Path) -> None:
    for name in ("cluster.key", "pw"):
        (place / name).unlink()
    (place / "empty.pem").write_text("nothing")
    assert [each.split(": ")[:2] for each in found(place, ca="no.pem")] == [
        ["error", "cluster.key"],
        ["error", "cluster.password"],
        ["error", "cluster.ca"],
    ]
    assert found(place, ca="empty.pem")[-1].endswith("holds no certificate")


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        ({"redis": "redis://redis.example.com"}, "in the open"),
        ({"password": None}, "whoever reaches it"),
        ({"redis": "redis://10.0.0.5", "password": None}, "whoever reaches it"),
    ],
)
def test_the_way_there(place: Path, cluster: dict[str, object], words: str) -> None:
    (one,) = found(place, **cluster)
    assert one.startswith("warning: cluster.redis: ")
    assert words in one

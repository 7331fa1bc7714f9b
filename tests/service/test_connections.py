"""What a person allowed us, kept encrypted."""

import base64
import stat
from pathlib import Path

import pytest

from service.connections import Connection, Connections
from service.secrets import Reference, Secret, SecretError

ANN = Connection(client_id="app", account="ann@b.example", refresh=Secret("0.refresh-me"))


def _connections(directory: Path, key: str = "file:connections.key") -> Connections:
    return Connections(directory / "connections", Reference.parse(key), beside=directory)


def test_what_is_kept_comes_back_and_lies_there_for_nobody_to_read(tmp_path: Path) -> None:
    _connections(tmp_path).save("staff", ANN)
    assert _connections(tmp_path).load("staff") == ANN
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert sorted(each.name for each in files) == ["connections.key", "staff.connection"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "connections").stat().st_mode) == 0o700
    for word in (b"refresh-me", b"ann@b.example", base64.b64encode(b"refresh-me")):
        assert not any(word in each.read_bytes() for each in files)
    assert "refresh-me" not in repr(ANN)


def test_what_is_kept_anew_replaces_what_was_there(tmp_path: Path) -> None:
    connections = _connections(tmp_path)
    connections.save("staff", ANN)
    before = (tmp_path / "connections.key").read_bytes()
    newer = Connection(client_id="app", account="ann@b.example", refresh=Secret("0.newer"))
    connections.save("staff", newer)
    assert connections.load("staff") == newer
    assert (tmp_path / "connections.key").read_bytes() == before
    connections.forget("staff")
    connections.forget("staff")
    with pytest.raises(SecretError, match="nobody has signed in for staff; run: busyline connect staff"):
        connections.load("staff")


def test_two_connections_cannot_be_swapped(tmp_path: Path) -> None:
    connections = _connections(tmp_path)
    connections.save("staff", ANN)
    (tmp_path / "connections/staff.connection").rename(tmp_path / "connections/other.connection")
    with pytest.raises(SecretError, match="busyline connect other"):
        connections.load("other")


@pytest.mark.parametrize("spoil", [b"", b"busyline connection 1\n", b"busyline connection 1\n" + b"x" * 40])
def test_what_was_spoilt_says_what_to_do(tmp_path: Path, spoil: bytes) -> None:
    connections = _connections(tmp_path)
    connections.save("staff", ANN)
    (tmp_path / "connections/staff.connection").write_bytes(spoil)
    with pytest.raises(SecretError, match="does not open with the key; run: busyline connect staff") as raised:
        connections.load("staff")
    assert "refresh-me" not in str(raised.value)


def test_another_key_does_not_open_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTIONS_KEY", base64.b64encode(b"a" * 32).decode())
    _connections(tmp_path, "env:CONNECTIONS_KEY").save("staff", ANN)
    assert _connections(tmp_path, "env:CONNECTIONS_KEY").load("staff") == ANN
    monkeypatch.setenv("CONNECTIONS_KEY", base64.b64encode(b"b" * 32).decode())
    with pytest.raises(SecretError, match="does not open"):
        _connections(tmp_path, "env:CONNECTIONS_KEY").load("staff")


@pytest.mark.parametrize("key", ["short", base64.b64encode(b"a" * 31).decode(), "ä" * 44])
def test_a_key_that_is_none(tmp_path: Path, key: str) -> None:
    (tmp_path / "connections.key").write_text(key, "utf-8")
    with pytest.raises(SecretError, match="is no key: write 32 random bytes in Base64"):
        _connections(tmp_path).save("staff", ANN)
    assert not (tmp_path / "connections").exists()


def test_a_key_in_the_environment_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="NO_SUCH_KEY is not set"):
        _connections(tmp_path, "env:NO_SUCH_KEY").save("staff", ANN)


@pytest.mark.parametrize("name", ["", "../staff", "Staff", "a/b", "a.b", "-a"])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretError, match="small letters, digits and hyphens"):
        _connections(tmp_path).load(name)

"""Tests of service/state/address.py: what names a database, and that its password is shown nowhere."""

from pathlib import Path

import pytest

from service.secrets import Secret
from service.state.address import parsed
from service.state.errors import StateError

WHOLE = "postgresql://ann:geheim%40%2F@db.example:6432/busyline?sslmode=verify-full&sslpassword=heimlich"


def test_a_file() -> None:
    address = parsed("sqlite:/var/lib/busyline/state.db")
    assert address.path == Path("/var/lib/busyline/state.db")
    assert address.place == "/var/lib/busyline/state.db"


def test_a_relative_file_lies_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parsed("sqlite:state.db").path == tmp_path / "state.db"


def test_a_server_is_shown_without_its_password() -> None:
    address = parsed(WHOLE)
    assert address.path is None
    assert address.place == "postgresql://ann@db.example:6432/busyline"
    assert address.url.password == "geheim@/"
    assert "geheim" not in repr(address)
    assert address.url.query["sslmode"] == "verify-full"


def test_a_password_of_its_own_takes_the_place_of_the_one_written() -> None:
    assert parsed(WHOLE, password=Secret("anders")).url.password == "anders"
    assert parsed("postgresql://ann@db.example/x", password=Secret("anders")).url.password == "anders"


@pytest.mark.parametrize("text", ["sqlite:", "sqlite::memory:", "sqlite:///state.db", "sqlite:a\0b"])
def test_what_is_no_file_is_refused(text: str) -> None:
    with pytest.raises(StateError, match='write "sqlite:PATH"'):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    ["", "mysql://ann:geheim@db/x", "postgres://ann:geheim@db/x", "postgresql://ann:geheim@db:port/x", "geheim"],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(StateError, match='write "sqlite:PATH"') as caught:
        parsed(text)
    assert "geheim" not in str(caught.value)

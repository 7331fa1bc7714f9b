"""`busyline setup`: every side by default, one by name, and no secret of any."""

from pathlib import Path

import pytest

from console.cli import run
from console.configuration import Configuration
from console.example import example
from console.setup.command import text_for
from console.setup.sides import sides


def test_no_password_and_no_place_of_one_is_printed(configuration: Configuration) -> None:
    for side in sides(configuration):
        for remove in (False, True):
            assert "interop.hash" not in text_for(side, remove=remove)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "busyline.toml"
    path.write_text(example(), "utf-8")
    return str(path)


def test_every_side_by_default_and_one_by_name(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup", "--config", file]) == 0
    everything = capsys.readouterr().out
    assert run(["setup", "fabrikam-exchange", "--config", file]) == 0
    one = capsys.readouterr().out
    assert one in everything
    assert "Northwind" in everything
    assert "Northwind" not in one
    assert one.rstrip().endswith("}")  # a script as it stands


def test_an_unknown_caller_is_2(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup", "nobody", "--config", file]) == 2
    assert 'there is no caller "nobody"' in capsys.readouterr().err

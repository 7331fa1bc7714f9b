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


@pytest.mark.parametrize("may_ask", ["[]", '["*.northwind.example"]', '["nowhere.example"]', '["fabrikam.example"]'])
def test_a_caller_without_a_domain_is_told_so_and_1(
    file: str, may_ask: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, wanted = Path(file), 'may_ask = ["northwind.example"]\nnever_via = ["fabrikam"]'
    text = path.read_text("utf-8")
    assert wanted in text
    path.write_text(text.replace(wanted, f'may_ask = {may_ask}\nnever_via = ["fabrikam"]'), "utf-8")
    assert run(["setup", "fabrikam-exchange", "--config", file]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith('"fabrikam-exchange" may ask about no domain that can be set up')
    nothing_was_ever_set_up = may_ask in ("[]", '["*.northwind.example"]')
    assert run(["setup", "--remove", "fabrikam-exchange", "--config", file]) == int(nothing_was_ever_set_up)


def test_the_own_domain_gets_no_address_space_and_a_comment(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(file)
    old = 'may_ask = ["northwind.example"]'
    path.write_text(
        path.read_text("utf-8").replace(old, 'may_ask = ["northwind.example", "fabrikam.example"]'), "utf-8"
    )
    assert run(["setup", "fabrikam-exchange", "--config", file]) == 0
    script = capsys.readouterr().out
    assert "Add-AvailabilityAddressSpace -ForestName 'northwind.example'" in script
    assert "'fabrikam.example'" not in script
    assert "a loop: fabrikam.example" in script.replace("\n#", "")
    assert run(["setup", "--remove", "fabrikam-exchange", "--config", file]) == 0
    assert "'fabrikam.example'" in capsys.readouterr().out  # what an earlier script may have made

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


OTHERS = """
[[callers]]
name = "hybrid"
microsoft = { tenants = ["8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"] }
may_ask = ["northwind.example"]

[[callers]]
name = "machine"
certificate = { names = ["a.example"], ca = "ca.pem" }
may_ask = ["northwind.example"]

[[callers]]
name = "lost"
basic = { usernames = ["lost"], password = "file:interop.hash" }
may_ask = ["northwind.example"]

[[callers]]
name = "token-google"
oauth = { client_id = "their-client", secret = "file:client.hash" }
may_ask = ["fabrikam.example"]
MANNERS
"""


def _with_others(file: str, manners: str) -> None:
    path = Path(file)
    path.write_text(path.read_text("utf-8") + OTHERS.replace("MANNERS", manners), "utf-8")


@pytest.mark.parametrize("manners", ['faults = "per-mailbox"', "always_events = true", 'never_via = ["northwind"]'])
def test_google_with_a_token_gets_its_own_steps(file: str, manners: str, capsys: pytest.CaptureFixture[str]) -> None:
    _with_others(file, manners)
    assert run(["setup", "token-google", "--config", file]) == 0
    steps = capsys.readouterr().out
    assert "Authentication             OAuth 2.0" in steps
    assert "Token endpoint URL         https://busy.example.com/oauth/token" in steps
    assert "Application (client) ID    their-client" in steps
    assert "Basic" not in steps
    assert "client.hash" not in steps
    assert run(["setup", "--remove", "token-google", "--config", file]) == 0
    assert "so that its client secret ends" in capsys.readouterr().out


@pytest.mark.parametrize("way", [[], ["--remove"]])
def test_a_caller_without_a_password_stops_nobody(
    file: str, way: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["setup", *way, "--config", file]) == 0
    before = capsys.readouterr().out
    _with_others(file, "")
    assert run(["setup", *way, "--config", file]) == 1  # for the one whose system nobody can tell
    shown = capsys.readouterr()
    assert shown.out.startswith(before)
    for name, guide in (
        ("hybrid", "oauth-callers"),
        ("machine", "callers"),
        ("token-google", "oauth-callers"),
    ):
        assert f"# {name}: it proves itself by" in shown.out
        assert f"docs/guides/{guide}.md" in shown.out
        assert Path(f"docs/guides/{guide}.md").is_file()
    assert shown.err.startswith('"lost": which system it is shows in its never_via, and none is named there')
    assert "hybrid" not in shown.err


def test_one_without_a_password_is_answered_by_name_too(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    _with_others(file, "")
    assert run(["setup", "machine", "--config", file]) == 0
    assert capsys.readouterr().out.startswith("# machine: it proves itself by certificate")

"""Steps as a script and as prose: numbered, wrapped, and doubt marked in both."""

from console.setup.text import Step, powershell, prose

STEPS = (
    Step(title="First.", why="Because. " * 20, lines=("Get-Thing", "Set-Thing"), unconfirmed=("whether it holds.",)),
    Step(title="Second."),
)


def test_a_script_is_one_block_that_stops_at_the_first_error() -> None:
    lines = powershell("Title", ["A note."], STEPS).splitlines()
    assert lines[:5] == ["# Title", "#", "# A note.", "#", "& {"]
    assert lines[5] == "    $ErrorActionPreference = 'Stop'"
    assert lines[-1] == "}"
    code = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert code == ["& {", "$ErrorActionPreference = 'Stop'", "Get-Thing", "Set-Thing", "}"]
    assert "    # unconfirmed: whether it holds." in lines
    assert "    # 2. Second." in lines


def test_prose_is_numbered_and_wrapped() -> None:
    text = prose("Title", ["A note."], STEPS)
    assert "1. First.\n" in text
    assert "   unconfirmed: whether it holds.\n" in text
    assert "      Get-Thing\n      Set-Thing\n" in text
    assert max(map(len, text.splitlines())) <= 120

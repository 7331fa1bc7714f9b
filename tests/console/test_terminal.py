"""What is printed stays what it was: no markup, no emoji, no escaped letters."""

import json
from pathlib import Path

import pytest

from console.configuration import ConfigurationError
from console.terminal import EndingError, configured, print_json, screen


def test_text_is_never_taken_for_markup(capsys: pytest.CaptureFixture[str]) -> None:
    screen().print("[red]subject[/red] :smile:")
    assert capsys.readouterr().out == "[red]subject[/red] :smile:\n"


def test_json_keeps_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Jürgen Groß"})
    text = capsys.readouterr().out
    assert "Jürgen Groß" in text
    assert json.loads(text) == {"name": "Jürgen Groß"}


def test_files_are_relative_to_the_configuration(config: Path) -> None:
    _, directory = configured(config)
    assert directory == config.parent.resolve()
    with pytest.raises(ConfigurationError):
        configured(config.parent / "other.toml")


def test_an_ending_carries_its_code() -> None:
    assert EndingError("found something").code == 1

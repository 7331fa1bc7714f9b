"""Tests of console/example_directories.py; that each line of it may be written is in test_example.py."""

from typing import get_args

from console.example_directories import directories
from galsync.settings.directories import DirectorySettings


def test_every_kind_of_directory_is_shown() -> None:
    text = "\n".join(directories())
    for kind in get_args(get_args(DirectorySettings)[0]):
        (protocol,) = get_args(kind.model_fields["protocol"].annotation)
        assert f'#protocol = "{protocol}"' in text


def test_nothing_of_it_runs_unless_it_is_written() -> None:
    headers = [line for line in "\n".join(directories()).splitlines() if line.startswith(("[", "#["))]
    assert [header for header in headers if not header.startswith("#")] == ["[state]"]

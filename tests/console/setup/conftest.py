"""The example's configuration, and the code of a script without what is no code."""

import re
from pathlib import Path

import pytest

from console.configuration import Configuration, load
from console.example import example


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    path = tmp_path / "busyline.toml"
    path.write_text(example(), "utf-8")
    return load(path)


def code_of(script: str) -> list[str]:
    """The commands of a script, without comments and without what stands in strings."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("#")]
    return [re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "''", line) for line in lines]

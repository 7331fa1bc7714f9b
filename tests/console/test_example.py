"""The annotated example: equal to the committed copy, valid as it stands, and so is each line behind a #."""

import re
from pathlib import Path

import pytest

from console.configuration import Configuration, load
from console.example import example

COMMITTED = Path(__file__).parents[2] / "deploy" / "busyline.example.toml"
_DISABLED = re.compile(r"^#[a-z_]+ = ")
_ALTERNATIVES = ('#kind = "first-run"', '#kind = "none"', "#directory", "#secret")  # instead of what stands above them


def test_committed_copy_is_what_the_command_prints() -> None:
    assert COMMITTED.read_text("utf-8") == example(), "renew it: busyline config example > deploy/busyline.example.toml"


def test_passes_the_loader(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(example(), "utf-8")
    assert set(load(path).connectors) == {"contoso", "northwind", "fabrikam"}


@pytest.mark.parametrize("line", [line for line in example().splitlines() if _DISABLED.match(line)])
def test_each_key_behind_a_hash_may_be_set(line: str, tmp_path: Path) -> None:
    if line.startswith(_ALTERNATIVES):
        return
    path = tmp_path / "busyline.toml"
    path.write_text(example().replace(f"\n{line}\n", f"\n{line[1:]}\n", 1), "utf-8")
    load(path)


def test_shows_every_key_of_every_class() -> None:
    shown = set(re.findall(r"^#?([a-z_]+) = ", example(), re.MULTILINE))
    inline = set(re.findall(r"\b([a-z_]+) = ", example()))
    for name, shape in Configuration.model_json_schema()["$defs"].items():
        for key, field in shape.get("properties", {}).items():
            if "$ref" not in str(field):
                assert key in shown | inline, (name, key)


def test_no_line_is_too_long_to_read() -> None:
    assert max(map(len, example().splitlines())) <= 120

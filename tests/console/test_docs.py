"""The documents keep their word: every link leads somewhere, every code and command is named, every file is there."""

import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from console.cli import app
from console.configuration import load
from protocols.ews.tables import CODES
from protocols.model.freebusy import Reason

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#]+)")
_TOML = re.compile(r"^ *```toml\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    for target in _LINK.findall(document.read_text("utf-8")):
        assert target.startswith("https://") or (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_block_of_settings_is_toml(document: Path) -> None:
    for block in _TOML.findall(document.read_text("utf-8")):
        tomllib.loads(textwrap.dedent(block))


def test_the_address_books_are_filled_by_blocks_that_are_whole(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "address-books.md").read_text("utf-8")
    blocks = [textwrap.dedent(block) for block in _TOML.findall(guide)]
    assert len(blocks) > 8
    for block in blocks:
        head = "" if "[server]" in block else '[server]\npublic_url = "http://127.0.0.1:1"\ncertificate.kind = "none"\n'
        (tmp_path / "busyline.toml").write_text(head + block, "utf-8")
        assert load(tmp_path / "busyline.toml").directory_syncs, block


def test_the_hubs_of_the_guide_are_whole(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "calendar-sync.md").read_text("utf-8")
    blocks = [textwrap.dedent(block) for block in _TOML.findall(guide)]
    assert len(blocks) > 3
    for block in blocks:
        (tmp_path / "busyline.toml").write_text(block, "utf-8")
        settings = load(tmp_path / "busyline.toml")
        assert settings.hubs or settings.hub_notifications, block


def test_the_guide_names_every_code_and_every_reason_together() -> None:
    guide = (ROOT / "docs" / "guides" / "first-pair.md").read_text("utf-8")
    rows = {row.split("`")[1]: row for row in guide.splitlines() if row.startswith("| `Error")}
    assert set(rows) == set(CODES.values())
    for reason in Reason:
        assert f"`{reason.value}`" in rows[CODES[reason]], reason


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        assert f"busyline {command.name}" in readme


def test_the_readme_and_the_first_guide_say_where_the_command_lies() -> None:
    for document in (ROOT / "README.md", ROOT / "docs" / "guides" / "first-pair.md"):
        text = " ".join(document.read_text("utf-8").split())
        assert "`make venv` puts the command at `.venv/bin/busyline`" in text, document


def test_the_readme_leads_to_every_guide() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for document in DOCUMENTS[1:]:
        assert f"({document.relative_to(ROOT)}" in readme, document

"""Tests of galsync/wiring/seals.py."""

from pathlib import Path

import pytest

from galsync.files.disk import UnreadableError
from galsync.files.sealed_keys import generate
from galsync.settings.files import SealedDirectory
from galsync.wiring.seals import partner_of
from tests.galsync.settings.estate import DIRECTORIES

_SETTINGS = SealedDirectory.model_validate(DIRECTORIES["sealed"])


def test_the_line_is_read(tmp_path: Path) -> None:
    public = generate().public
    (tmp_path / "litware.pub").write_text(f"{public.text}\n")
    assert partner_of(_SETTINGS, tmp_path) == public


@pytest.mark.parametrize("text", ["", "busyline-sealed-1 x y", "ä"])
def test_what_is_no_such_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "litware.pub").write_text(text)
    with pytest.raises(UnreadableError, match=r"litware\.pub does not hold the line"):
        partner_of(_SETTINGS, tmp_path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is not there"):
        partner_of(_SETTINGS, tmp_path)

"""Where a secret lies, and what to do where it does not."""

from pathlib import Path

import pytest

from console.secret_checks import read
from service.secrets import Reference


def test_a_secret_is_read(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("hunter2\n", "utf-8")
    assert read("k", Reference.parse("file:s"), tmp_path) == ("hunter2", [])


@pytest.mark.parametrize(
    ("text", "content", "what", "mend"),
    [
        ("env:BUSYLINE_TEST_NOWHERE", None, "is not set", "set it before Busyline starts"),
        ("file:s", None, "there is no file", "put the secret there"),
        ("file:s", b"", "is empty", "put the secret there"),
        ("file:s", b"\xff", "not text in UTF-8", "save it again as UTF-8"),
        ("file:.", None, "cannot be read", "write the path of a file"),
    ],
)
def test_each_problem_has_its_mend(tmp_path: Path, text: str, content: bytes | None, what: str, mend: str) -> None:
    if content is not None:
        (tmp_path / "s").write_bytes(content)
    secret, [found] = read("connectors.x.auth.password", Reference.parse(text), tmp_path)
    assert secret == ""
    assert (found.severity, found.key) == ("error", "connectors.x.auth.password")
    assert what in found.what
    assert mend in found.mend

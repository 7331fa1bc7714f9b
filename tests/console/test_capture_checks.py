"""`busyline check` looks at the directory of the captures before the server has to."""

from pathlib import Path

import pytest

from console.capture_checks import check_capture
from console.configuration import Configuration
from tests.proxy.served import configuration


def found(place: Path, directory: str = "captures") -> list[str]:
    """What there is to say."""
    settings = Configuration.model_validate({**configuration(), "capture": {"directory": directory}})
    return [f"{one.severity}: {one.key}: {one.what}" for one in check_capture(settings, place)]


def test_nothing_wanted_and_all_in_order(tmp_path: Path) -> None:
    assert list(check_capture(Configuration.model_validate(configuration()), tmp_path)) == []
    assert found(tmp_path) == []
    (tmp_path / "captures" / "orders").mkdir(parents=True)
    for path in (tmp_path / "captures", tmp_path / "captures" / "orders"):
        path.chmod(0o700)
    assert found(tmp_path) == []


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert found(tmp_path, "file/captures") == [
        f"error: capture.directory: nothing can be written to {tmp_path / 'file'}"
    ]


@pytest.mark.parametrize(
    ("mode", "words"),
    [(0o777, "error: capture.directory: {}: others may write there"), (0o755, "warning: capture.directory: others")],
)
@pytest.mark.parametrize("name", ["captures", "captures/orders"])
def test_a_directory_of_others(tmp_path: Path, name: str, mode: int, words: str) -> None:
    (tmp_path / "captures" / "orders").mkdir(parents=True)
    for path in ("captures", "captures/orders"):
        (tmp_path / path).chmod(mode if path == name else 0o700)
    (one,) = found(tmp_path)
    assert one.startswith(words.format(tmp_path / name))


@pytest.mark.parametrize("name", ["captures", "captures/orders"])
def test_a_symbolic_link(tmp_path: Path, name: str) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / name).parent.mkdir(mode=0o700, exist_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "real")
    (one,) = found(tmp_path)
    assert one.startswith(f"error: capture.directory: {tmp_path / name}: it is a symbolic link")

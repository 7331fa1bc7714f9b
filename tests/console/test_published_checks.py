"""`busyline check` looks at the file of the free/busy URLs before the server has to."""

import os
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.published_checks import check_published
from proxy.published import PublishedUrl, digest_of, rewrite
from tests.proxy.served import NOW, configuration

FILE = "free-busy-urls.txt"


def found(place: Path, **section: Any) -> list[str]:
    """What there is to say, of an https server."""
    settings = configuration()
    settings["server"] |= {
        "public_url": "https://busy.example.com",
        "certificate": {"kind": "first-run", "directory": "x"},
    }
    whole = Configuration.model_validate(settings | {"free_busy_urls": section})
    return [f"{one.severity}: {one.key}: {one.what}" for one in check_published(whole, place)]


def url(address: str) -> PublishedUrl:
    """One URL."""
    return PublishedUrl(address, digest_of(address), NOW)


def test_nothing_wanted_and_all_in_order(tmp_path: Path) -> None:
    assert list(check_published(Configuration.model_validate(configuration()), tmp_path)) == []
    assert found(tmp_path) == []
    rewrite(tmp_path / FILE, [url("ann@fabrikam.example")])
    assert found(tmp_path) == []


def test_http_shows_every_token_on_the_way(tmp_path: Path) -> None:
    whole = Configuration.model_validate(configuration() | {"free_busy_urls": {}})
    (finding,) = check_published(whole, tmp_path)
    assert (finding.severity, finding.key) == ("warning", "free_busy_urls")


def test_a_wrong_line_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("nonsense\n")
    assert found(tmp_path) == [f"error: free_busy_urls.file: {tmp_path / FILE}:1: is no URL"]


@pytest.mark.parametrize(("mode", "severity"), [(0o666, "error"), (0o620, "error"), (0o644, "warning")])
def test_a_file_of_others(tmp_path: Path, mode: int, severity: str) -> None:
    rewrite(tmp_path / FILE, [])
    (tmp_path / FILE).chmod(mode)
    (told,) = found(tmp_path)
    assert told.startswith(f"{severity}: free_busy_urls.file: others may ")


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    (told,) = found(tmp_path, file=f"nowhere{os.sep}urls.txt")
    assert told == f"error: free_busy_urls.file: publish cannot write to {tmp_path / 'nowhere'}"


def test_people_whom_no_route_leads_to(tmp_path: Path) -> None:
    rewrite(tmp_path / FILE, [url(f"p{number}@elsewhere.example") for number in range(7)])
    (told,) = found(tmp_path)
    assert told.startswith("warning: free_busy_urls.file: no route fits p0@elsewhere.example, p1@")
    assert "and 2 more" in told

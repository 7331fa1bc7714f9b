"""`busyline publish`: a URL is shown once and opens the proxy, the list tells no secret, a revocation takes it back."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from console.cli import run
from proxy.published import digest_of, read
from tests.console.conftest import CALLER, PEERS, SERVER

ANN, BOB = "ann@n.example", "bob@n.example"


@pytest.fixture
def place(config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the URLs, in the directory of a configuration that wants them."""
    config.write_text(SERVER + PEERS + CALLER + "[free_busy_urls]\n", "utf-8")
    monkeypatch.setenv("BUSYLINE_CONFIG", str(config))
    return config.parent / "free-busy-urls.txt"


def test_a_url_is_shown_once_and_kept_as_a_digest(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", "Ann@N.example"]) == 0
    shown = capsys.readouterr()
    (line,) = shown.out.splitlines()
    parts = urlsplit(line)
    (token,) = parse_qs(parts.query)["token"]
    assert (f"{parts.scheme}://{parts.netloc}", parts.path) == ("http://127.0.0.1:1", f"/freebusy/{ANN}.ifb")
    assert token not in shown.err
    assert token not in place.read_text()
    assert [(url.address, url.digest) for url in read(place)] == [(ANN, digest_of(token))]
    assert run(["publish", ANN]) == 0
    again = capsys.readouterr()
    assert token not in again.out
    assert "1 older stay good" in again.err


def test_the_list_and_a_revocation(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", "--list"]) == 0
    assert capsys.readouterr().out == "Nobody's busy time is published.\n"
    for address in (BOB, ANN, ANN):
        assert run(["publish", address, "--json"]) == 0
    assert capsys.readouterr().out.count('"url"') == 3
    assert run(["publish", "--list"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [ANN, ANN, BOB]
    assert run(["publish", "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["address"] for each in told] == [ANN, ANN, BOB]
    assert {name for each in told for name in each} == {"address", "made"}
    assert run(["publish", ANN, "--revoke"]) == 0
    assert capsys.readouterr().out == f"{ANN}: 2 revoked.\n"
    assert [url.address for url in read(place)] == [BOB]
    assert run(["publish", "--revoke", BOB, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"address": BOB, "revoked": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "whose? write an address"),
        (["--list", ANN], 2, "--list goes alone"),
        (["--list", "--revoke"], 2, "--list goes alone"),
        (["nonsense"], 2, '"nonsense" is no address'),
        (["ann@elsewhere.example"], 1, "no route fits ann@elsewhere.example"),
        ([ANN, "--revoke"], 1, f"{ANN} has no URL"),
    ],
)
def test_what_is_wrong_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    assert run(["publish", *arguments]) == code
    shown = capsys.readouterr()
    assert words in shown.err
    assert not place.exists()


def test_a_wrong_file_is_not_written_over(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place.write_text("nonsense\n")
    assert run(["publish", ANN]) == 1
    assert "is no URL" in capsys.readouterr().err
    assert place.read_text() == "nonsense\n"


def test_it_says_which_section_is_missing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", ANN, "--config", str(config)]) == 1
    assert "[free_busy_urls]" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(place: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text() + 'file = "nowhere/urls.txt"\n')
    assert run(["publish", ANN]) == 1
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "Traceback" not in told
    assert not place.exists()


def test_an_alias_is_published_by_its_real_name(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = place.parent / "busyline.toml"
    aliases = '[[aliases]]\ndomain = "nn.example"\nof = "n.example"\n'
    config.write_text(config.read_text("utf-8") + aliases, "utf-8")
    assert run(["publish", "Ann@NN.example"]) == 0
    shown = capsys.readouterr()
    assert urlsplit(shown.out).path == f"/freebusy/{ANN}.ifb"
    assert f"is {ANN} by its real name" in shown.err
    assert [url.address for url in read(place)] == [ANN]
    assert run(["publish", "--revoke", "ann@nn.example"]) == 0
    assert read(place) == ()

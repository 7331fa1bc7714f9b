"""The file of free/busy URLs: what is written is read again, what is wrong is named by line, no token lies in it."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from proxy.list_files import ListFileError
from proxy.published import PublishedUrl, changing, digest_of, new_token, read, rewrite, url_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def url(address: str = "ann@contoso.example", token: str = "secret") -> PublishedUrl:
    """One URL."""
    return PublishedUrl(address, digest_of(token), NOW)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    assert read(path) == ()
    urls = (url(), url("b/ob@contoso.example", "other"), url(token="a second"), url("#a#b@contoso.example", "third"))
    rewrite(path, urls)
    assert read(path) == urls
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"secret" not in path.read_bytes()
    rewrite(path, urls[:1])
    assert read(path) == urls[:1]
    assert os.listdir(tmp_path) == ["urls.txt"]  # noqa: PTH208  nothing is left over


def test_written_by_root_it_belongs_to_whom_the_old_one_did(tmp_path: Path) -> None:
    root, path = os.geteuid() == 0, tmp_path / "urls.txt"
    for place, user in ((tmp_path, 1234), (path, 4321)):
        if root:
            os.chown(place, user, user)
        rewrite(path, [url()])
        assert path.stat().st_uid == (user if root else os.geteuid())  # whoever is not root can give nothing away


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.mkdir()
    (path / "x").write_text("")
    with pytest.raises(OSError):  # noqa: PT011  whichever the system raises
        rewrite(path, [url()])
    assert [each.name for each in tmp_path.iterdir()] == ["urls.txt"]


@pytest.mark.parametrize(
    "line",
    [
        "ann@contoso.example",
        "ann@contoso.example sha256:00 2026-11-20T12:00:00Z",
        f"ann sha256:{'0' * 64} 2026-11-20T12:00:00Z",
        f"ann@contoso.example sha256:{'0' * 64} yesterday",
        f"ann@contoso.example sha256:{'0' * 64} 2026-11-20T12:00:00",
        f"ann@contoso.example {'0' * 64} 2026-11-20T12:00:00Z",
        f"ann@contoso.example sha256:{'0' * 64} 2026-11-20T12:00:00Z more",
    ],
)
def test_a_wrong_line_is_named_and_the_whole_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(f"# a comment\n{url().line()}\n{line}\n")
    with pytest.raises(ListFileError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:4: is no URL: write ")
    assert "yesterday" not in str(caught.value)


def test_one_token_is_one_persons(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(url().line() * 2 + url("bob@contoso.example").line())
    with pytest.raises(ListFileError, match=r"urls.txt:3: has the digest of another line"):
        read(path)


def test_addresses_in_any_spelling_are_one(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text("#\n# a comment\n" + url().line().replace("ann@contoso", "SMTP:Ann@CONTOSO")[:-1] + " # Ann's\n")
    assert read(path) == (url(),)


def test_tokens_are_long_never_the_same_and_need_no_quotes() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_a_url_says_whose_it_is(tmp_path: Path) -> None:
    parts = urlsplit(url_of("https://busy.example.com", "b/ob+x@contoso.example", "abc"))
    assert parts.path.count("/") == 2
    assert unquote(parts.path) == "/freebusy/b/ob+x@contoso.example.ifb"
    assert parse_qs(parts.query) == {"token": ["abc"]}


def test_two_that_change_it_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"

    def add(number: int) -> None:
        with changing(path):
            rewrite(path, [*read(path), url(f"p{number}@contoso.example", str(number))])

    threads = [Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read(path)) == 12


def test_a_url_prints_no_digest() -> None:
    assert digest_of("secret").hex()[:8] not in repr(url())

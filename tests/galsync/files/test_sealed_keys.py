"""Tests of galsync/files/sealed_keys.py: keys are kept where their owner alone reads them, and never shown."""

from pathlib import Path

import pytest

from galsync.files.disk import UnreadableError
from galsync.files.sealed_keys import WORD, generate, load, parse, save


def test_what_is_kept_is_loaded(tmp_path: Path) -> None:
    keys = generate()
    save(keys, tmp_path / "own.key")
    assert load(tmp_path / "own.key").public == keys.public
    assert (tmp_path / "own.key").stat().st_mode & 0o777 == 0o600


def test_keys_are_never_written_over(tmp_path: Path) -> None:
    save(generate(), tmp_path / "own.key")
    with pytest.raises(UnreadableError, match="never written over"):
        save(generate(), tmp_path / "own.key")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(UnreadableError, match="never written over"):
        save(generate(), tmp_path / "link")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_keys_that_others_may_read_are_refused(tmp_path: Path, mode: int) -> None:
    save(generate(), tmp_path / "own.key")
    (tmp_path / "own.key").chmod(mode)
    with pytest.raises(UnreadableError, match="chmod 600"):
        load(tmp_path / "own.key")


@pytest.mark.parametrize("data", [b"", b"a b c", b"\xff", f"{WORD}-secret AAAA AGE-SECRET-KEY-1".encode()])
def test_what_holds_no_keys_is_refused_and_not_repeated(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "own.key").touch(mode=0o600)
    (tmp_path / "own.key").write_bytes(data)
    with pytest.raises(UnreadableError, match="holds no keys"):
        load(tmp_path / "own.key")


def test_keys_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="make keys first"):
        load(tmp_path / "own.key")


def test_public_words_are_read_back() -> None:
    public = generate().public
    assert parse(f" {public.text}\n") == public


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "are written as"),
        (f"{WORD} a", "are written as"),
        (f"{WORD} !!! age1x", "second word"),
        (f"{WORD} AAAA age1x", "second word"),
        (f"{WORD} quOaf1Y2Y+humJewR1hr982eSbFdj/Sre6HEJ3n67pA= age1x", "third word"),
    ],
)
def test_words_that_are_no_keys_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)


def test_no_secret_is_shown() -> None:
    keys = generate()
    assert str(keys.identity) not in repr(keys)
    assert "AGE-SECRET" not in repr(keys)

"""Secrets are named, not written, and never shown."""

import copy
import pickle
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from service.secrets import Reference, Secret, SecretError, SecretReference, resolve


class _Section(BaseModel):
    password: SecretReference


def test_a_secret_shows_itself_nowhere_but_where_it_is_revealed() -> None:
    secret = Secret("hunter2")
    for shown in (
        str(secret),
        repr(secret),
        f"{secret}",
        f"{[secret]}",
        ",".join(map(str, [secret])),
        repr({"a": secret}),
    ):
        assert "hunter2" not in shown
        assert "***" in shown
    assert secret.reveal() == "hunter2"


def test_a_secret_is_neither_pickled_nor_copied_by_accident() -> None:
    for carry in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            carry(Secret("hunter2"))


def test_equality() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


@pytest.mark.parametrize("text", ["env:NAME", "file:dir/key.pem"])
def test_a_reference_is_written_as_it_is_read(text: str) -> None:
    assert str(_Section(password=text).password) == text
    assert _Section(password=text).model_dump() == {"password": text}


@pytest.mark.parametrize("text", ["hunter2", "env:", "ENV:X", "http:x", "", 7, "pass:word"])
def test_anything_else_is_refused_without_repeating_it(text: object) -> None:
    with pytest.raises(ValidationError) as raised:
        _Section(password=text)
    (error,) = raised.value.errors()
    assert 'write "env:NAME" or "file:path"' in error["msg"]
    assert "hunter2" not in error["msg"]


def test_what_a_reference_points_to(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("  öffne dich\n", "utf-8")
    assert resolve(Reference.parse("file:key.txt"), tmp_path).reveal() == "öffne dich"
    assert resolve(Reference.parse("env:KEY"), tmp_path, environ={"KEY": "x"}).reveal() == "x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("env:KEY", "the environment variable KEY is not set"),
        ("env:EMPTY", "env:EMPTY is empty"),
        ("file:missing", "there is no file"),
        ("file:empty", "file:empty is empty"),
        ("file:binary", "is not text in UTF-8"),
        ("file:.", "cannot be read: Is a directory"),
    ],
)
def test_what_cannot_be_had_is_told_in_words(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SecretError, match=words):
        resolve(Reference.parse(text), tmp_path, environ={"EMPTY": " "})

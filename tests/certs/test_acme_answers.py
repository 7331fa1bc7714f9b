"""Answers to challenges that several processes share: what one writes another tells, and nothing else is told."""

from pathlib import Path

import pytest

from certs.acme_answers import SharedAnswers


def test_what_one_process_writes_another_tells(tmp_path: Path) -> None:
    one, other = SharedAnswers(tmp_path / "challenges"), SharedAnswers(tmp_path / "challenges")
    assert (list(other), other.get("a-Token_1")) == ([], None)
    one["a-Token_1"] = "a-Token_1.thumbprint"
    assert other["a-Token_1"] == "a-Token_1.thumbprint"
    assert dict(other) == {"a-Token_1": "a-Token_1.thumbprint"}
    assert (tmp_path / "challenges" / "a-Token_1").stat().st_mode & 0o777 == 0o600
    assert one.pop("a-Token_1", None) == "a-Token_1.thumbprint"
    assert len(other) == 0
    assert one.pop("a-Token_1", None) is None


@pytest.mark.parametrize("token", ["", ".", "..", "../secret", "a/b", "a.b", "é", "a\n", "a\0b", "x" * 257])
def test_a_token_that_is_none_has_no_answer(tmp_path: Path, token: str) -> None:
    (tmp_path / "secret").write_text("a key", "ascii")
    (tmp_path / "a.b").write_text("a key", "ascii")
    answers = SharedAnswers(tmp_path)
    assert answers.get(token) is None
    with pytest.raises(KeyError):
        answers[token] = "told"


def test_what_is_no_answer_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "octets").write_bytes(b"\xff")
    answers = SharedAnswers(tmp_path)
    assert (answers.get("folder"), answers.get("octets")) == (None, None)

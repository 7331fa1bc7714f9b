"""Where and of which kind, and no word of the error itself."""

import errno

import pytest

from service.traces import told


def _fails(words: str) -> None:
    raise KeyError(words)


def _caught(words: str = "the secret is hunter2") -> BaseException:
    try:
        try:
            _fails(words)
        except KeyError as error:
            raise RuntimeError(words) from error
    except RuntimeError as error:
        return error
    return ValueError()


def test_kinds_and_places_of_the_whole_chain_and_no_words() -> None:
    text = told(_caught())
    lines = text.splitlines()
    assert lines[0] == "KeyError"
    assert "which was the cause of" in lines
    assert "RuntimeError" in lines
    assert any(line.startswith("  tests/service/test_traces.py:") and line.endswith("in _fails") for line in lines)
    assert "hunter2" not in text


def _fails_meanwhile() -> None:
    try:
        _fails("a")
    except KeyError:
        raise ValueError("b")  # noqa: B904 - that it follows by chance is the test


def test_what_happened_meanwhile() -> None:
    with pytest.raises(ValueError, match="b") as caught:
        _fails_meanwhile()
    assert told(caught.value).splitlines().count("and then") == 1


def test_the_system_may_speak() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/secret/place")
    assert told(error) == "OSError (No space left on device)"
    assert told(OSError("hunter2")) == "OSError"


def test_groups_and_circles_end() -> None:
    one = ValueError("hunter2")
    one.__context__ = ExceptionGroup("hunter2", [one, TypeError("hunter2")])
    text = told(one)
    assert "among them" in text
    assert "TypeError" in text
    assert "hunter2" not in text


def _deep(depth: int) -> None:
    if depth:
        _deep(depth - 1)
    raise ValueError


def test_a_deep_one_is_cut() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no words
        _deep(100)
    text = told(caught.value)
    assert "more)" in text
    assert text.count("\n") < 50

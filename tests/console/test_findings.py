"""A finding says where, what and how to mend it, to people and to programs."""

from console.findings import error, warning


def test_words_and_json() -> None:
    assert str(error("server.listen", "is wrong", "write another")) == "error: server.listen: is wrong; write another"
    assert warning("a", "b", "c").as_json() == {"severity": "warning", "key": "a", "what": "b", "mend": "c"}

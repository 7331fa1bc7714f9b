"""A finding says where, what and how to mend it, to people and to programs."""

from dataclasses import replace

from console.findings import error, note, warning


def test_words_and_json() -> None:
    assert str(error("server.listen", "is wrong", "write another")) == "error: server.listen: is wrong; write another"
    located = replace(error("callers[1].sees", "is wrong", "write another"), file="b.toml", line=7, name="c")
    assert str(located) == 'error: b.toml:7: callers[1].sees ("c"): is wrong; write another'
    place = {"file": "", "line": None, "name": ""}
    assert warning("a", "b", "c").as_json() == {"severity": "warning", "key": "a", "what": "b", "mend": "c", **place}
    assert str(note("a", "b", "c")) == "note: a: b; c"

"""What the parser reads, what it refuses and how it says so; a hostile document costs neither time nor memory."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.safexml import MAX_DEPTH, XmlRefused, local_name, parse

LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY l0 "lol">'
    + b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    + b"]>"
)

READ: dict[str, bytes] = {
    "plain": "<a>é</a>".encode(),
    "declared": '<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode(),
    "byte-order mark": "\ufeff<a>é</a>".encode(),
    "mark and declaration": '\ufeff<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode(),
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"),
    "latin-1": '<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode("latin-1"),
    "character reference": b"<a>&#233;</a>",
    "comments and instructions": "<?x?><!-- y --><a><!-- z -->é<?x?></a><!-- y -->".encode(),
    "CDATA that looks like a DTD": b"<a><![CDATA[<!DOCTYPE a>]]></a>",
}

MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n ",
    "text": b"hello",
    "truncated": b"<a><b>",
    "two roots": b"<a/><b/>",
    "web page": b"<html><body><br></body></html>",
    "JSON": b'{"a": 1}',
    "not UTF-8": b"<a>\xff</a>",
    "NUL": b"<a>\0</a>",
    "forbidden character": b"<a>&#1;</a>",
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "DTD in UTF-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a><a/>',
    "DTD in UTF-32": '<?xml version="1.0" encoding="utf-32"?><!DOCTYPE a><a/>'.encode("utf-32"),
    "UTF-32 without a mark": "<a/>".encode("utf-32-be"),
    "EBCDIC": '<?xml version="1.0" encoding="cp500"?><a/>'.encode("cp500"),
    "UTF-16 under another name": '<?xml version="1.0" encoding="utf-8"?><a/>'.encode("utf-16"),
    "declared by half": b'<?xml encoding="utf-7"?><a/>',
    "another encoding": b'<?xml version="1.0" encoding="utf-16"?><a/>',
    "undeclared entity": b"<a>&nbsp;</a>",
    "unbound prefix's end": b"<x:a></y:a>",
}

FORBIDDEN: dict[str, bytes] = {
    "DTD": b"<!DOCTYPE a><a/>",
    "DTD, file": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "DTD, network": b'<!DOCTYPE a PUBLIC "x" "http://127.0.0.1:9/x"><a/>',
    "DTD in UTF-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
    "DTD in UTF-16 without a mark": '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16-be"),
    "DTD in UTF-16 behind a comment": "\ufeff<!--\u2d2d\u3e3c\u613e--><!DOCTYPE a><a/>".encode("utf-16-le"),
    "DTD behind comments": b"<?x?>\n<!-- <a> --><?y <b?> <!DOCTYPE a><a/>",
    "DTD behind a declaration": b"<?xml version='1.0' encoding='windows-1252' standalone='yes' ?>\r\n<!DOCTYPE a><a/>",
    "DTD after a mark": b"\xef\xbb\xbf<!DOCTYPE a><a/>",
    "entity": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "entity in an attribute": b'<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>',
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><a/>',
    "billion laughs": LAUGHS + b"<l>&l9;</l>",
    "billion laughs in an attribute": LAUGHS + b'<l a="&l9;"/>',
    "quadratic": b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 50_000 + b'">]><l>' + b'<b c="&a;"/>' * 50_000 + b"</l>",
    "65 deep": b"<a>" * 65 + b"</a>" * 65,
    "1,000 deep": b"<a>" * 1000 + b"</a>" * 1000,
    "100,000 deep": b"<a>" * 100_000,
    "200,001 nodes": b"<r>" + b"<a/>" * 200_000 + b"</r>",
    "endless name": b"<" + b"a" * 1_000_000 + b"/>",
}


def _table(rows: dict[str, bytes]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("data", rows.values(), ids=rows.keys())


@_table(READ)
def test_read(data: bytes) -> None:
    root = parse(data)
    assert local_name(root) == "a"
    assert root.text in {"é", "<!DOCTYPE a>"}


@_table(MALFORMED)
def test_malformed(data: bytes) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(data)
    assert caught.value.malformed
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<a><merger>Tailspin</a>", "tag name mismatch, line 1, column 24"),
        ("<a>&merger;</a>", "undeclared entity, line 1, column 12"),
        ("<a xmlns:x='merger talks'><b></a>", "ns uri, line 1, column 26"),
        ("<a>" + "<merger" * 5_000 + "</a>", "name required, line 1, column 11"),
        ("", "document empty, line 1, column 1"),
    ],
)
def test_a_refusal_repeats_nothing_of_the_document(data: str, words: str) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(data.encode())
    assert "merger" not in str(caught.value)
    assert str(caught.value) == words


@_table(FORBIDDEN)
def test_forbidden(data: bytes) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(data)
    assert not caught.value.malformed
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("data", [lambda: b"<r>" + b"<a/>" * 10_000_000, lambda: b"<a>" + b"a" * 11_000_000])
def test_too_large(data: Callable[[], bytes]) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(data())
    assert not caught.value.malformed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused_before_it_is_read(encoding: str) -> None:
    """What it declares would take longer than all else that a stranger may send."""
    entities = "".join(f'<!ENTITY e{number} "x">' for number in range(40_000))
    data = f'<?xml version="1.0"?><!DOCTYPE a [{entities}]><a/>'.encode(encoding)
    started = time.perf_counter()
    with pytest.raises(XmlRefused, match="document type"):
        parse(data)
    assert time.perf_counter() - started < 0.02


def test_a_parser_at_work_in_a_thread_keeps_nobody_waiting() -> None:
    wide = b"<r>" + b"<a/>" * 199_000 + b"</r>"
    with ThreadPoolExecutor(1) as threads:
        at_work = threads.submit(lambda: [parse(wide) for _ in range(6)])
        started, rounds = time.perf_counter(), 0
        while not at_work.done():
            parse(b"<a/>")
            rounds += 1
        waited = (time.perf_counter() - started) / rounds
        assert len(at_work.result()) == 6
    assert waited < 0.005, "a small document takes as long as a large one"


def test_ten_million_nodes_never_become_a_tree() -> None:
    data = b"<r>" + b"<a/>" * 10_000_000 + b"</r>"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(XmlRefused):
        parse(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < len(data), "a tree of them takes twenty times their text"


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(b"<a>\n <b></c></a>")
    assert caught.value.line == 2
    assert caught.value.column is not None


def test_the_deepest_and_the_widest_that_pass() -> None:
    parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)
    assert len(parse(b"<r>" + b"<a></a>" * 9 + b"</r>", max_nodes=10)) == 9
    with pytest.raises(XmlRefused):
        parse(b"<r>" + b"<a></a>" * 10 + b"</r>", max_nodes=10)


def test_comments_do_not_split_text() -> None:
    assert parse(b"<a>one<!-- x -->two</a>").text == "onetwo"


@pytest.mark.parametrize("element", [b"<t:a/>", b"<a t:b='1'/>", b"<t:a:b/>", b"<a><b:/></a>"])
def test_a_name_with_a_wrong_prefix_is_refused_whatever_stands_behind_it(element: bytes) -> None:
    """A later warning of the parser would take the place of the error."""
    with pytest.raises(XmlRefused) as caught:
        parse(element + b"<?xmles b?>")
    assert caught.value.malformed


def test_a_namespace_with_a_relative_name_is_only_unusual() -> None:
    assert parse(b"<a xmlns='relative'/><?xmles b?>").tag == "{relative}a"


def test_local_names() -> None:
    assert local_name(parse(b'<x:a xmlns:x="urn:x"/>')) == "a"


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: f"<a>{t}</a>".encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(XmlRefused):
        assert parse(data) is not None

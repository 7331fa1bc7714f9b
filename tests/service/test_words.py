"""What may stand for an address, a pattern or a URL, and the words for what may not."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from service.words import (
    Address,
    DavUrl,
    EwsUrl,
    FilePath,
    MayAsk,
    Pattern,
    PublicUrl,
    Rewrite,
    RoomPattern,
    Section,
    Subject,
    Switch,
    Url,
)


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (Address, "SMTP:Ann@Contoso.example", "ann@contoso.example"),
        (Subject, "target", "target"),
        (Subject, "FB@x.example", "fb@x.example"),
        (Pattern, "*.Bücher.example", "*.xn--bcher-kva.example"),
        (MayAsk, "*", "*"),
        (RoomPattern, "*@Rooms.example", "*@rooms.example"),
        (Rewrite, "{local}@g.x.example", "{local}@g.x.example"),
        (Url, "https://mail.example.com/EWS/", "https://mail.example.com/EWS"),
        (Url, "http://127.0.0.1:8080/EWS", "http://127.0.0.1:8080/EWS"),
        (PublicUrl, "https://busy.example.com/", "https://busy.example.com"),
        (FilePath, "file: rooms.csv", Path("rooms.csv")),
        (FilePath, "rooms.csv", Path("rooms.csv")),
    ],
)
def test_what_is_taken_and_how_it_is_read(kind: type, written: str, read: object) -> None:
    assert TypeAdapter(kind).validate_python(written) == read


@pytest.mark.parametrize(
    ("kind", "written", "remedy"),
    [
        (Address, "ann", '"fb1@contoso.example"'),
        (Subject, "everybody", '"target"'),
        (Pattern, "*", '"*.domain"'),
        (MayAsk, "a b", '"*.domain"'),
        (RoomPattern, "rooms", '"*@rooms.example.com"'),
        (Rewrite, "{lokal}@x.example", '"{local}@'),
        (Url, "http://mail.example.com/EWS", "127.0.0.1"),
        (Url, "ldap://mail.example.com/EWS", '"https://server.example.com"'),
        (EwsUrl, "mail.example.com", '"https://mail.example.com/EWS/Exchange.asmx"'),
        (DavUrl, "dav.example.com", '"https://dav.example.com"'),
        (Url, "https://svc:secret@mail.example.com/EWS", "no user"),
        (PublicUrl, "https://busy.example.com/ews", "alone"),
        (FilePath, "l\0.csv", "NUL"),
        (FilePath, "file: l\0.csv", "NUL"),
    ],
)
def test_what_is_refused_comes_with_what_to_write(kind: type, written: str, remedy: str) -> None:
    with pytest.raises(ValidationError, match=r"(?s).*") as raised:
        TypeAdapter(kind).validate_python(written)
    assert remedy in raised.value.errors()[0]["msg"]


def test_a_section_takes_no_unknown_key_and_repeats_no_value_in_its_error() -> None:
    class Small(Section):
        name: int = 1

    with pytest.raises(ValidationError) as raised:
        Small.model_validate({"name": "hunter2", "nam": "hunter3"})
    assert "hunter" not in str(raised.value)
    assert {error["loc"] for error in raised.value.errors()} == {("name",), ("nam",)}


@pytest.mark.parametrize("written", ["true", "no", 1, 0.0, None])
def test_a_switch_is_true_or_false_and_nothing_that_may_be_read_as_such(written: object) -> None:
    assert TypeAdapter(Switch).validate_python(True) is True
    with pytest.raises(ValidationError, match="bool"):
        TypeAdapter(Switch).validate_python(written)

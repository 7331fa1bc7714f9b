"""Tests of galsync/powershell/export.py: what is half, old, broken or another's is refused with words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.powershell.export import Export, Result, load
from protocols.model.freebusy import Reason
from protocols.model.person import Field

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEAD = {"busyline": 1, "sync": "s", "serial": "7"}
ANN: dict[str, Any] = {
    "guid": "g1",
    "kind": "MailContact",
    "address": "ann@b.example",
    "addresses": ["ann@b.example", "x500:/o=b/cn=ann"],
    "texts": {"Title": "Lead", "City": "", "CustomAttribute15": "busyline:s/ad:1", "CustomAttribute3": "x"},
    "hidden": True,
    "synced": False,
    "version": "v",
}
RESULT = {"act": "create", "anchor": "ad:1", "state": "done", "words": ""}
END = {"end": 1, "results": 1, "finished": "2026-11-23T08:00:00.1234567+00:00"}
WHOLE: list[object] = [HEAD, {"recipient": ANN}, {"result": RESULT}, END]


def export(folder: Path, lines: list[object], mark: bytes = b"") -> Export:
    path = folder / "x.jsonl"
    path.write_bytes(mark + b"\r\n".join(map(orjson.dumps, lines)) + b"\r\n")
    return load(path, sync="s", stamp_attribute="CustomAttribute15", now=NOW, max_age=timedelta(days=2))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_whole_export_is_read(tmp_path: Path, mark: bytes) -> None:
    told = export(tmp_path, WHOLE, mark)
    [held] = told.held
    assert (held.key, held.stamp, held.form, held.hidden) == ("g1", Stamp("s", "ad:1"), Form.MAIL_CONTACT, True)
    assert held.texts == {Field.TITLE: "Lead", Field.EXTRA_3: "x"}
    assert held.addresses == {"ann@b.example", "x500:/o=b/cn=ann"}
    assert told.results == (Result(**RESULT),)
    assert (told.serial, told.finished.replace(microsecond=0)) == ("7", NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("kind", "form"), [("MailUser", Form.MAIL_USER), ("GuestMailUser", Form.GUEST), ("UserMailbox", None)]
)
def test_each_kind_of_recipient_has_its_form(tmp_path: Path, kind: str, form: Form | None) -> None:
    [held] = export(tmp_path, [HEAD, {"recipient": {**ANN, "kind": kind, "address": ""}}, {"result": RESULT}, END]).held
    assert (held.form, held.address) == (form, None)


@pytest.mark.parametrize("missing", range(1, 4))
def test_a_lost_line_is_half_an_export(tmp_path: Path, missing: int) -> None:
    with pytest.raises(UnreadableError, match="half") as error:
        export(tmp_path, WHOLE[:missing] + WHOLE[missing + 1 :])
    assert error.value.reason is Reason.INCOMPLETE


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "no export of this script"),
        ([{"busyline": 2}], "no export of this script"),
        ([[]], "cannot be read"),
        ([{**HEAD, "sync": "t"}], "of another sync, 't'"),
        ([HEAD, {"recipient": {}}, {"result": RESULT}, END], "cannot be read: KeyError"),
        (
            [HEAD, {"recipient": ANN}, {"result": RESULT}, {**END, "finished": "2026-11-23T08:00:00"}],
            "when it was made",
        ),
        ([HEAD, {"recipient": ANN}, {"result": RESULT}, {**END, "finished": "2026-11-20T09:00:00Z"}], "3.0 days old"),
        ([HEAD, {"recipient": ANN}, {"result": RESULT}, {**END, "finished": "2027-11-20T09:00:00Z"}], "in the future"),
    ],
)
def test_what_cannot_be_trusted_is_refused(tmp_path: Path, lines: list[object], words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        export(tmp_path, lines)


def test_a_file_that_breaks_off_is_half(tmp_path: Path) -> None:
    export(tmp_path, WHOLE)
    path = tmp_path / "x.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UnreadableError, match="half or broken"):
        load(path, sync="s", stamp_attribute="CustomAttribute15", now=NOW, max_age=timedelta(days=2))


def test_no_export_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no export yet"):
        load(tmp_path / "x", sync="s", stamp_attribute="CustomAttribute15", now=NOW, max_age=timedelta(days=2))


def test_members_and_managers_are_told_by_address(tmp_path: Path) -> None:
    kind, told = "MailUniversalDistributionGroup", {"members": ["b@b.example", "a@b.example"], "manager": ""}
    group = {**ANN, "kind": kind, "guid": "g2", **told}
    led = {**ANN, "members": [], "manager": "boss@b.example"}
    lines = [HEAD, {"recipient": group}, {"recipient": led}, {"result": RESULT}, {**END, "end": 2}]
    first, second = export(tmp_path, lines).held
    assert (first.form, first.members) == (Form.GROUP, ("a@b.example", "b@b.example"))
    assert Field.MANAGER not in first.texts
    assert (second.members, second.texts[Field.MANAGER]) == ((), "boss@b.example")


def test_an_export_of_before_there_were_groups_is_read(tmp_path: Path) -> None:
    assert [each.members for each in export(tmp_path, WHOLE).held] == [()]


@pytest.mark.parametrize(
    "told",
    [
        {"addresses": "ann@b.example"},
        {"addresses": None},
        {"addresses": ["ann@b.example", 5]},
        {"members": "b@b.example"},
        {"members": [5]},
        {"manager": 5},
        {"hidden": "False"},
        {"synced": "no"},
        {"synced": 0},
        {"guid": 5},
        {"guid": ""},
        {"version": 5},
        {"kind": 5},
        {"address": 5},
        {"texts": {"Title": 5}},
        {"texts": {"CustomAttribute15": 5}},
        {"texts": ["Title"]},
    ],
)
def test_what_is_of_another_type_is_not_taken_for_something_else(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match=f"cannot be read: .*{next(iter(told))}"):
        export(tmp_path, [HEAD, {"recipient": {**ANN, **told}}, {"result": RESULT}, END])


@pytest.mark.parametrize("told", [{"state": 5}, {"words": ["x"]}, {"anchor": None}])
def test_a_result_of_another_type_is_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match=f"cannot be read: .*{next(iter(told))}"):
        export(tmp_path, [HEAD, {"recipient": ANN}, {"result": {**RESULT, **told}}, END])


def test_addresses_are_compared_in_lower_case(tmp_path: Path) -> None:
    told = {"addresses": ["ANN@B.example", "X500:/o=B/cn=Ann"]}
    [held] = export(tmp_path, [HEAD, {"recipient": {**ANN, **told}}, {"result": RESULT}, END]).held
    assert held.addresses == {"ann@b.example", "x500:/o=b/cn=ann"}

"""Tests of galsync/powershell/forwarders.py: what the script says, and what its export tells.

Where ``pwsh`` is installed it parses the script; it is never run, there is no Exchange here.
"""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from galsync.files.disk import UnreadableError
from galsync.forwarding.forwards import NOWHERE, Forward
from galsync.powershell.forwarders import COPY, TO, after, before, forwarding, load, script
from galsync.powershell.orders import Order
from protocols.model.freebusy import Reason
from tests.galsync.powershell.pretended_forwarders import Mailboxes
from tests.galsync.powershell.reading import QUOTES, settings
from tests.galsync.powershell.tokens import Tokens

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NEW = Forward("smtp:ann@b.example", copy=True)
texts = st.text(st.sampled_from(QUOTES + '\n\0$()@{};`"#') | st.characters(exclude_categories=["Cs"]), max_size=12)


def written(*orders: Order, move: str = "m", serial: str = "7") -> bytes:
    return script(orders, move=move, serial=serial, written=NOW, export="x.jsonl", record="r.jsonl")


def text(*orders: Order, move: str = "m") -> str:
    data = written(*orders, move=move)
    assert data.startswith(b"\xef\xbb\xbf#Requires -Version 5.1\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def order(old: Forward = NOWHERE, new: Forward = NEW, guid: str = "g") -> Order:
    return forwarding(guid, before=old, after=new, address="ann@a.example", known=["ann@a.example"])


def test_an_order_says_what_has_to_stand_there_and_what_it_brings() -> None:
    for old, new in ((NOWHERE, NEW), (NEW, NOWHERE), (Forward("smtp:x@y.example"), NEW)):
        assert (before(order(old, new)), after(order(old, new))) == (old, new)


def test_the_settings_and_steps_stand_in_it() -> None:
    told = settings(text(order()))
    assert [told[name] for name in ("Move", "Serial", "ExportName", "RecordName")] == ["m", "7", "x.jsonl", "r.jsonl"]
    [step] = told["Steps"] if isinstance(told["Steps"], list) else []
    assert isinstance(step, dict)
    assert (step["Guid"], step["Address"]) == ("g", "ann@a.example")
    assert step["Mail"] == {TO: ["", "smtp:ann@b.example"], COPY: ["False", "True"]}


def test_other_addresses_of_a_mailbox_are_for_us_alone() -> None:
    told = forwarding("g", before=NOWHERE, after=NEW, known=["b@a.example", "a.lee@a.example"])
    assert told.known == ("a.lee@a.example", "b@a.example")
    assert "a.lee" not in text(told)


def test_every_string_and_bracket_ends() -> None:
    assert "\u2018" not in Tokens(text(order())).read().code


@settings_of(max_examples=25)
@given(texts, texts)
def test_no_address_becomes_code(one: str, two: str) -> None:
    """The code beside the strings is the same for all, but for how their characters are joined."""
    told = text(forwarding(one, before=Forward(two), after=Forward(one, copy=True), address=two), move=one)
    joined = re.sub(r"\('' \+ [^()]*(?:\([^()]*\)[^()]*)*\)", "''", Tokens(told).read().code)
    assert joined.lstrip() == Tokens(text(order())).read().code.lstrip()


def test_whatever_the_script_needs_is_set_before() -> None:
    told = text(order())
    code = Tokens(told).read().code
    used = set(re.findall(r"\$([A-Z]\w+)", told))
    parameters = set(re.findall(r"\](?:\$)(\w+)[,)]", code)) | set(re.findall(r"\(\$(\w+)(?:,|\))", code))
    made = set(re.findall(r"^\s*\$(?:script:)?(\w+) =", code, re.MULTILINE))
    given_by_powershell = {"ErrorActionPreference", "PSScriptRoot", "ExecutionContext"}
    switches = {"ExportOnly", "Preview", "PerSecond", "ExportPath", "RecordPath", "Old"}
    assert used - given_by_powershell - parameters - made - switches <= {"Cmdlet", "With", "Object", "To", "Line"}


def test_the_one_cmdlet_that_writes_comes_after_the_comparison_the_preview_and_the_record() -> None:
    body = text(order()).partition("function Set-Forward(")[2].partition("\n}\n")[0]
    parts = (
        "$now.Equals($after)",
        "$now.Equals($before)",
        "'ForwardingAddress'",
        "if ($Preview)",
        "return 'previewed'",
    )
    places = [body.index(part) for part in (*parts, "Add-Line @{ change", "Invoke-Paced 'Set-Mailbox'")]
    assert places == sorted(places)
    assert text(order()).count("Invoke-Paced 'Set-Mailbox'") == 1


def test_it_does_what_it_says_and_a_second_time_nothing(tmp_path: Path) -> None:
    exchange = Mailboxes()
    guid = exchange.put("ann@a.example", "a.lee@a.example", to="smtp:Home@y.example")
    other = exchange.put("bob@a.example", to="smtp:bob@z.example")
    path = tmp_path / "x.ps1"
    old = Forward("smtp:Home@y.example")
    path.write_bytes(written(order(old, NEW, guid), order(NOWHERE, NEW, other)))
    assert exchange.run(path, now=NOW, preview=True) == ["previewed", "skipped"]
    assert exchange.written == 0
    assert exchange.run(path, now=NOW) == ["done", "skipped"]
    assert exchange.run(path, now=NOW) == ["unchanged", "skipped"]
    assert exchange.forwards == {
        "ann@a.example": ("smtp:ann@b.example", True),
        "bob@a.example": ("smtp:bob@z.example", False),
    }
    assert b'"to":"smtp:Home@y.example"' in (tmp_path / "r.jsonl").read_bytes()
    export = load(tmp_path / "x.jsonl", move="m", serial="7", now=NOW, max_age=timedelta(days=1))
    assert [each.forward for each in export.found] == [NEW, Forward("smtp:bob@z.example")]
    assert export.found[0].addresses == {"ann@a.example", "a.lee@a.example"}
    assert export.results[other].words.startswith("somebody changed")


HEAD, END = b'{"busyline":1,"move":"m","serial":"7"}\n', b'{"end":0,"results":0,"finished":"2026-11-23T09:00:00Z"}'
ROW = {"guid": "g", "address": "a@a.example", "addresses": ["a@a.example"], "to": "", "copy": False, "inside": ""}


def export(row: dict[str, object]) -> bytes:
    return HEAD + orjson.dumps({"recipient": row}) + b"\n" + END.replace(b'"end":0', b'"end":1')


@pytest.mark.parametrize(
    ("data", "words", "reason"),
    [
        (None, "no export yet", Reason.INCOMPLETE),
        (HEAD, "half", Reason.INCOMPLETE),
        (export(ROW)[:-9], "half or broken", Reason.INCOMPLETE),
        (HEAD + END.replace(b'"end":0', b'"end":2'), "half", Reason.INCOMPLETE),
        (HEAD.replace(b'"m"', b'"n"') + END, "another move, 'n'", Reason.GARBLED),
        (HEAD.replace(b'"move"', b'"sync"') + END, "KeyError", Reason.GARBLED),
        (HEAD.replace(b'"7"', b'"6"') + END, "an earlier script", Reason.INCOMPLETE),
        (HEAD + END.replace(b"-23T", b"-20T"), "3.0 days old", Reason.INCOMPLETE),
        (HEAD + END.replace(b"-23T", b"-24T"), "in the future", Reason.INCOMPLETE),
        (export({**ROW, "guid": ""}), "no guid", Reason.GARBLED),
        (export({**ROW, "copy": "False"}), "copy is not true or false", Reason.GARBLED),
        (export({**ROW, "addresses": "a@a.example"}), "addresses is not a list", Reason.GARBLED),
    ],
)
def test_an_export_that_counts_for_nothing(tmp_path: Path, data: bytes | None, words: str, reason: Reason) -> None:
    if data is not None:
        (tmp_path / "x.jsonl").write_bytes(data)
    with pytest.raises(UnreadableError, match=words) as caught:
        load(tmp_path / "x.jsonl", move="m", serial="7", now=NOW, max_age=timedelta(days=2))
    assert caught.value.reason is reason


def test_an_export_that_is_whole(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b"\xef\xbb\xbf" + export({**ROW, "copy": True}))
    [found] = load(tmp_path / "x.jsonl", move="m", serial="7", now=NOW, max_age=timedelta(days=2)).found
    assert found.forward == NOWHERE  # a copy of what goes nowhere is none


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        written(order(Forward("\ud800")))


if pwsh := shutil.which("pwsh"):

    def test_powershell_itself_parses_it(tmp_path: Path) -> None:
        (tmp_path / "x.ps1").write_text(text(order()), encoding="utf-8-sig")
        parse = (
            "$errors = $null; $tokens = $null;"
            f"$null = [System.Management.Automation.Language.Parser]::ParseFile('{tmp_path / 'x.ps1'}',"
            "[ref]$tokens, [ref]$errors); $errors; exit $errors.Count"
        )
        ran = subprocess.run([str(pwsh), "-NoProfile", "-Command", parse], check=False, timeout=60, capture_output=True)
        assert (ran.returncode, ran.stdout) == (0, b"")

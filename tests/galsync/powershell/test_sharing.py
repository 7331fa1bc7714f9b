"""Tests of galsync/powershell/sharing.py: what the scripts say, and what their record tells.

Where ``pwsh`` is installed it parses the scripts; they are never run, there is no Exchange here.
"""

import copy
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from galsync.files.disk import UnreadableError
from galsync.powershell.sharing import ACTIONS, LEVELS, TARGET, Sharing, load, script, way_back
from protocols.graph import organization_relationships, sharing_policies
from protocols.model.freebusy import Reason
from simulation.exchange_online.sharing import Sharing as Exchange
from tests.galsync.powershell.pretended_sharing import run
from tests.galsync.powershell.reading import QUOTES, settings
from tests.galsync.powershell.tokens import Tokens

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHARING = Sharing(
    pair="p",
    name="Busyline p",
    domains=("Fabrikam.example",),
    level="AvailabilityOnly",
    individual="CalendarSharingFreeBusySimple",
)
texts = st.text(st.sampled_from(QUOTES + '\n\0$()@{};`"#') | st.characters(exclude_categories=["Cs"]), max_size=12)
OLD = {"DomainNames": ["fabrikam.example", "other.example"], "FreeBusyAccessEnabled": True}


def text_of(data: bytes) -> str:
    assert data.startswith(b"\xef\xbb\xbf#Requires -Version 5.1\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def forth(sharing: Sharing = SHARING) -> str:
    return text_of(script(sharing, serial="7", written=NOW, record="sharing.jsonl"))


def back(sharing: Sharing = SHARING) -> str:
    return text_of(way_back(sharing, serial="8", written=NOW, record="sharing.jsonl"))


@pytest.mark.parametrize("text", [forth(), back()])
def test_every_string_and_bracket_ends(text: str) -> None:
    assert "\u2018" not in Tokens(text).read().code


@settings_of(max_examples=25)
@given(texts, texts)
def test_no_name_becomes_code(one: str, two: str) -> None:
    """The code beside the strings is the same for all of one shape, but for how their characters are joined."""
    told = forth(replace(SHARING, pair=one, name=two, domains=(two,)))
    read = settings(told)
    assert (read["Pair"], read["RelationshipName"], read["Domains"]) == (one, two, [two.lower()])
    joined = re.sub(r"\('' \+ [^()]*(?:\([^()]*\)[^()]*)*\)", "''", Tokens(told).read().code)
    plain = Tokens(forth(replace(SHARING, pair="a", name="b", domains=("b",)))).read().code
    assert joined.lstrip() == plain.lstrip()  # the pair stands in the comments as well


def test_the_settings_stand_in_it() -> None:
    told = settings(forth())
    names = ("Pair", "Serial", "RecordName", "RelationshipName", "Domains", "Level", "Individual")
    assert [told[name] for name in names] == [
        *("p", "7", "sharing.jsonl", "Busyline p", ["fabrikam.example"]),
        *("AvailabilityOnly", "CalendarSharingFreeBusySimple"),
    ]
    assert told["TargetApplicationUri"] == "outlook.com"
    assert "$DisableOthers = $false" in forth()
    assert "$DisableOthers = $true" in forth(replace(SHARING, disable=True))
    assert set(settings(back())) - {"ErrorActionPreference"} == {"Pair", "Serial", "RecordName"}


@pytest.mark.parametrize("text", [forth(), back()])
def test_whatever_a_script_needs_is_set_before(text: str) -> None:
    code = Tokens(text).read().code
    used = set(re.findall(r"\$([A-Z]\w+)", text))
    given_by_powershell = {"ErrorActionPreference", "PSScriptRoot", "ExecutionContext"}
    parameters = set(re.findall(r"\](?:\$)(\w+)[,)]", code)) | set(re.findall(r"\(\$(\w+)(?:,|\))", code))
    made = set(re.findall(r"^\s*\$(?:script:)?(\w+) =", code, re.MULTILINE)) | {"Preview", "RecordPath"}
    assert used - given_by_powershell - parameters - made - {"Object", "Change", "Line", "With", "Cmdlet"} == set()


@pytest.mark.parametrize(("text", "way"), [(forth(), "Invoke-Change"), (back(), "Invoke-Back")])
def test_nothing_is_written_but_where_a_preview_stops_it(text: str, way: str) -> None:
    """A cmdlet that writes stands in the script as the name handed on, never as a call of its own."""
    called = set(re.findall(r"\b(?:New|Set|Remove)-[A-Z]\w+", Tokens(text).read().code))
    assert called == {"Set-StrictMode", "New-Object"}
    for line in text.splitlines():
        if re.search(r"'(?:New|Set|Remove)-[A-Z]\w+' [(@]", line):
            assert line.strip().startswith(way)
    body = text.partition(f"function {way}(")[2].partition("\n}\n")[0]
    assert body.index("if ($Preview)") < body.index("return") < body.index("& $Cmdlet @With")


def test_what_stood_there_is_written_down_before_it_is_changed() -> None:
    body = forth().partition("function Invoke-Change(")[2].partition("\n}\n")[0]
    assert body.index("Add-Line @{ change = $Change }") < body.index("& $Cmdlet @With")


def test_it_means_what_the_cmdlets_mean_over_http() -> None:
    assert (*organization_relationships.LEVELS.values(),) == LEVELS
    assert (*sharing_policies.ACTIONS.values(),) == ACTIONS
    assert dict(organization_relationships.TO_EXCHANGE_ONLINE) == TARGET


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="no level"):
        replace(SHARING, level="Everything")
    with pytest.raises(ValueError, match="no action"):
        replace(SHARING, individual="availability")
    with pytest.raises(ValueError, match="lone surrogate"):
        forth(replace(SHARING, name="\ud800"))


@pytest.mark.parametrize("disable", [True, False])
def test_forth_and_back_is_as_before(tmp_path: Path, *, disable: bool) -> None:
    exchange = Exchange()
    if disable:
        exchange.put("OrganizationRelationship", "old", **OLD)
    before = copy.deepcopy(exchange.state)
    sharing = replace(SHARING, disable=disable, level="" if disable else "LimitedDetails")
    there, home = tmp_path / "there.ps1", tmp_path / "home.ps1"
    there.write_bytes(script(sharing, serial="7", written=NOW, record="r.jsonl"))
    home.write_bytes(way_back(sharing, serial="8", written=NOW, record="r.jsonl"))
    assert load(tmp_path / "r.jsonl", pair="p") is None
    run(there, exchange, now=NOW)
    after = copy.deepcopy(exchange.state)
    assert after != before
    assert bool(exchange.naming(["fabrikam.example"])) is not disable
    run(there, exchange, now=NOW)
    assert exchange.state == after
    told = load(tmp_path / "r.jsonl", pair="p")
    assert told is not None
    assert (told.serial, told.finished, told.changed, told.undone) == ("7", NOW, 2, 0)
    run(home, exchange, now=NOW)
    run(home, exchange, now=NOW)
    assert exchange.state == before
    told = load(tmp_path / "r.jsonl", pair="p")
    assert told is not None
    assert (told.serial, told.changed, told.undone) == ("8", 2, 2)


def test_what_was_put_back_once_is_somebody_elses(tmp_path: Path) -> None:
    exchange = Exchange()
    exchange.put("OrganizationRelationship", "old", **OLD)
    there, home = tmp_path / "there.ps1", tmp_path / "home.ps1"
    there.write_bytes(script(replace(SHARING, disable=True, level=""), serial="7", written=NOW, record="r.jsonl"))
    home.write_bytes(way_back(SHARING, serial="8", written=NOW, record="r.jsonl"))
    run(there, exchange, now=NOW)
    run(home, exchange, now=NOW)
    for row in exchange.relationships:
        row["Enabled"] = False  # an administrator does not want it any more
    after = copy.deepcopy(exchange.state)
    run(home, exchange, now=NOW)
    assert exchange.state == after


def test_a_relationship_for_others_too_stays_theirs(tmp_path: Path) -> None:
    exchange = Exchange()
    exchange.put("OrganizationRelationship", "old", **{**OLD, "DomainNames": ["fabrikam.example", "tailspin.example"]})
    before = copy.deepcopy(exchange.state)
    there, home = tmp_path / "there.ps1", tmp_path / "home.ps1"
    there.write_bytes(script(replace(SHARING, disable=True, level=""), serial="7", written=NOW, record="r.jsonl"))
    home.write_bytes(way_back(SHARING, serial="8", written=NOW, record="r.jsonl"))
    run(there, exchange, now=NOW)
    assert exchange.naming(["fabrikam.example"]) == []
    assert exchange.naming(["tailspin.example"])
    run(home, exchange, now=NOW)
    assert exchange.state == before


def test_ours_shows_less_where_less_is_wanted(tmp_path: Path) -> None:
    exchange, home = Exchange(), tmp_path / "home.ps1"
    before = copy.deepcopy(exchange.state)
    for level in ("LimitedDetails", "AvailabilityOnly"):
        there = tmp_path / f"{level}.ps1"
        sharing = replace(SHARING, disable=False, level=level)
        there.write_bytes(script(sharing, serial="7", written=NOW, record="r.jsonl"))
        run(there, exchange, now=NOW)
        assert [row["FreeBusyAccessLevel"] for row in exchange.relationships] == [level]
    assert "-eq 'LimitedDetails') {" in forth()
    home.write_bytes(way_back(SHARING, serial="8", written=NOW, record="r.jsonl"))
    run(home, exchange, now=NOW)
    assert exchange.state == before


def test_the_way_back_reads_what_was_put_back() -> None:
    text = back()
    assert "Select-Standing $changes $undone" in text
    assert "setting = $Change.setting }" in text  # so that two settings of one relationship are told apart


HEAD = b'{"busyline":1,"pair":"p","serial":"7"}\n'
END = b'{"end":"7","finished":"2026-11-23T09:00:00+00:00"}'


@pytest.mark.parametrize(
    ("data", "words", "reason"),
    [
        (b"", "no record", Reason.GARBLED),
        (b"[1]\nx", "no record", Reason.GARBLED),
        (b'{"busyline":2}', "no record", Reason.GARBLED),
        (HEAD.replace(b'"p"', b'"q"') + END, "another pair, 'q'", Reason.GARBLED),
        (b'{"busyline":1}', "KeyError", Reason.GARBLED),
        (HEAD, "broke off", Reason.INCOMPLETE),
        (HEAD + b'{"change":{}}\n{"end":"7","finis', "broke off", Reason.INCOMPLETE),
        (HEAD + b'{"end":"7","finished":"2026-11-23T09:00:00"}', "ValueError", Reason.GARBLED),
        (HEAD + b'{"end":"7","finished":7}', "TypeError", Reason.GARBLED),
    ],
)
def test_a_record_that_is_none(tmp_path: Path, data: bytes, words: str, reason: Reason) -> None:
    (tmp_path / "r.jsonl").write_bytes(data)
    with pytest.raises(UnreadableError, match=words) as caught:
        load(tmp_path / "r.jsonl", pair="p")
    assert caught.value.reason is reason


def test_a_line_that_broke_off_spoils_no_other(tmp_path: Path) -> None:
    """A run was killed while it wrote, and another one ended well: the mark of Windows is no part of it either."""
    (tmp_path / "r.jsonl").write_bytes(b"\xef\xbb\xbf" + HEAD + b'{"change":{"ki\n' + HEAD + b'{"change":{}}\r\n' + END)
    told = load(tmp_path / "r.jsonl", pair="p")
    assert told is not None
    assert told.changed == 1


if pwsh := shutil.which("pwsh"):

    @pytest.mark.parametrize("text", [forth(), back()])
    def test_powershell_itself_parses_it(tmp_path: Path, text: str) -> None:
        (tmp_path / "x.ps1").write_text(text, encoding="utf-8-sig")
        parse = (
            "$errors = $null; $tokens = $null;"
            f"$null = [System.Management.Automation.Language.Parser]::ParseFile('{tmp_path / 'x.ps1'}',"
            "[ref]$tokens, [ref]$errors); $errors; exit $errors.Count"
        )
        ran = subprocess.run([str(pwsh), "-NoProfile", "-Command", parse], check=False, timeout=60, capture_output=True)
        assert (ran.returncode, ran.stdout) == (0, b"")

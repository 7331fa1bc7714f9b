"""Tests of galsync/powershell/script.py: whatever stands in an address book, the script does the same.

Where ``pwsh`` is installed it parses the script; it is never run, there is no Exchange here.
"""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.powershell.orders import MAIL, PERSONAL, Order
from galsync.powershell.script import Exchange, line, script
from tests.galsync.powershell.reading import QUOTES, Reader, settings
from tests.galsync.powershell.tokens import Tokens

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ORDER = Order(act="create", anchor="ad:1", stamp="busyline:s/ad:1", name="n", alias="a", address="a@b.example")
READS = {
    *("Get-Recipient", "Get-MailContact", "Get-Contact", "Get-MailUser", "Get-User"),
    *("Get-DistributionGroup", "Get-Group", "Get-DistributionGroupMember"),
}
WRITES = {
    *("New-MailContact", "New-MailUser", "Update-MgUser", "Set-MailUser"),
    *("New-DistributionGroup", "Remove-DistributionGroupMember"),
}
texts = st.text(st.sampled_from(QUOTES + '\n\0$()@{};`"#') | st.characters(exclude_categories=["Cs"]), max_size=12)


def written(*orders: Order, at: Exchange | None = None) -> str:
    """The script as PowerShell reads it."""
    data = script(orders, sync="s", serial="7", written=NOW, export="x.jsonl", at=at or Exchange())
    assert data.startswith(b"\xef\xbb\xbf#Requires -Version 5.1\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def test_every_string_and_bracket_of_the_script_ends() -> None:
    told = Tokens(written(ORDER, replace(ORDER, form="mail-user"))).read()
    assert "\u2018" not in told.code
    assert told.code.count("function ") >= 20


@given(texts, texts)
def test_no_text_of_a_person_becomes_code(one: str, two: str) -> None:
    """The code beside the strings is the same for all of one shape, but for how their characters are joined."""
    order = replace(ORDER, anchor=one, address=two, personal={"Title": (one, two)}, add=(one,))
    code = line(order)
    read = Reader(code + "\n").value()
    assert isinstance(read, dict)
    assert (read["Anchor"], read["Address"], read["Personal"], read["Add"]) == (one, two, {"Title": [one, two]}, [one])
    joined = Tokens(code + "\n").read().code
    plain = re.sub(r"\('' \+ [^()]*(?:\([^()]*\)[^()]*)*\)", "''", joined)
    expected = Tokens(line(replace(order, anchor="a", address="b", personal={"Title": ("a", "b")}, add=("a",))) + "\n")
    assert plain == expected.read().code


def test_orders_stand_in_it_as_they_are() -> None:
    at = Exchange(sign_in_domain="b.onmicrosoft.com", unit="b.example/It's ours")
    told = settings(written(replace(ORDER, hidden=True, take=("smtp:x@b.example",)), at=at))
    [step] = told["Steps"] if isinstance(told["Steps"], list) else []
    assert isinstance(step, dict)
    assert (step["Hidden"], step["Take"], step["Add"], step["Was"]) == (True, ["smtp:x@b.example"], [], "")
    names = (told["Serial"], told["StampPrefix"], told["SignInDomain"], told["OrganizationalUnit"])
    assert names == ("7", "busyline:s/", "b.onmicrosoft.com", "b.example/It's ours")
    assert told["PersonalNames"] == list(PERSONAL.values())
    assert told["MailNames"] == list(MAIL.values())


def test_nothing_is_written_but_by_way_of_the_pace() -> None:
    """A cmdlet stands in the script as the name handed to Invoke-Paced, never as a call of its own."""
    told = Tokens(written(ORDER)).read()
    called = set(re.findall(r"\b(?:New|Set|Remove|Update|Enable|Disable)-[A-Z]\w+", told.code))
    assert called == {"Set-StrictMode", "Set-Object", "Set-Members", "New-Object", "New-UnknownPassword"}
    named = set(re.findall(r"'((?:Get|New|Set|Remove|Update)-[A-Z]\w+)'", written(ORDER)))
    assert named >= READS | WRITES
    assert named - READS - WRITES == {
        *("Set-MailContact", "Set-Contact", "Set-User", "Remove-MailContact", "Remove-MailUser"),
        *("Set-DistributionGroup", "Set-Group", "Remove-DistributionGroup"),
    }


def test_an_object_is_looked_at_before_it_is_changed_or_removed() -> None:
    text = written(ORDER)
    for name in ("Invoke-Update", "Invoke-Remove"):
        body = text.partition(f"function {name}(")[2].partition("\n}\n")[0]
        assert "Get-Ours $Step.Guid" in body
    ours = text.partition("function Get-Ours(")[2].partition("\n}\n")[0]
    assert "StartsWith($StampPrefix, [StringComparison]::Ordinal)" in ours
    assert "IsDirSynced" in ours


def test_a_password_is_random_and_kept_nowhere() -> None:
    text = written(replace(ORDER, form="mail-user"))
    assert text.count("New-UnknownPassword") == 2  # what it is, and where it is handed to Exchange
    assert "ConvertTo-SecureString" not in text
    assert "RandomNumberGenerator" in text


def test_half_a_character_is_an_error() -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        written(replace(ORDER, anchor="\ud800"))


if pwsh := shutil.which("pwsh"):

    def test_powershell_itself_parses_it(tmp_path: Path) -> None:
        (tmp_path / "x.ps1").write_text(written(ORDER), encoding="utf-8-sig")
        parse = (
            "$errors = $null; $tokens = $null;"
            f"$null = [System.Management.Automation.Language.Parser]::ParseFile('{tmp_path / 'x.ps1'}',"
            "[ref]$tokens, [ref]$errors); $errors; exit $errors.Count"
        )
        ran = subprocess.run([str(pwsh), "-NoProfile", "-Command", parse], check=False, timeout=60, capture_output=True)
        assert (ran.returncode, ran.stdout) == (0, b"")


def test_a_group_says_who_joins_and_who_leaves_and_a_person_whom_they_follow() -> None:
    group = replace(ORDER, form="group", join=("a@b.example", "it's@b.example"), leave=("x@b.example",))
    told = settings(written(group, replace(ORDER, manager="boss@b.example"), replace(ORDER, manager="")))
    steps = told["Steps"]
    assert isinstance(steps, list)
    first, second, third = (step for step in steps if isinstance(step, dict))
    assert (first["Join"], first["Leave"], first["Manager"]) == (
        ["a@b.example", "it's@b.example"],
        ["x@b.example"],
        None,
    )
    assert (second["Manager"], third["Manager"], second["Join"]) == ("boss@b.example", "", [])


def test_a_group_bears_its_stamp_in_its_description_where_the_cmdlet_knows_one() -> None:
    text = written(replace(ORDER, form="group"))
    body = text.partition("function Get-Description(")[2].partition("\n}\n")[0]
    knows, has, room = (
        body.index(part) for part in (".Parameters.ContainsKey('Description')", ".Equals($Step.Stamp", "-gt 1024")
    )
    assert knows < has < room < body.index("@{ Description = $text }")
    made = text.partition("function New-Object-For(")[2].partition("\n}\n")[0]
    assert "(Get-Description $Step 'New-DistributionGroup' '')" in made
    changed = text.partition("function Set-Object(")[2].partition("\n}\n")[0]
    assert "$Mail.PSObject.Properties['Description']" in changed
    assert "Get-Description $Step 'Set-DistributionGroup' $now" in changed

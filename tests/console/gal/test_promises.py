"""What the guide promises of selection, matching and circles, typed by an operator over spreadsheets."""

import csv
from pathlib import Path

import pytest

from tests.console.gal.typing_it import CONFIGURATION, Operator, main, operator

HEAD = '[server]\npublic_url = "http://127.0.0.1:8080"\ncertificate.kind = "none"\n'
BOOKS = "".join(f'[directories.{name}]\nprotocol = "csv"\npath = "{name}.csv"\n' for name in ("hr", "list", "more"))


def sync(name: str, source: str, target: str, *more: str) -> str:
    """A section of the configuration."""
    return "\n".join(["[[directory_syncs]]", f'name = "{name}"', f"from = {source}", f'to = "{target}"', *more, ""])


def typing_with(folder: Path, *syncs: str) -> Operator:
    return operator(folder, configuration=HEAD + BOOKS + "".join(syncs))


def rows(path: Path) -> dict[str, dict[str, str]]:
    """The lines of a list, by address."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["address"]: row for row in csv.DictReader(file)}


def change(path: Path, address: str, **cells: str) -> None:
    """Somebody types into one line."""
    found = rows(path)
    found[address] |= cells
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(found[address]))
        writer.writeheader()
        writer.writerows(found.values())


def test_nobody_goes_round_in_a_circle(tmp_path: Path) -> None:
    typing = typing_with(tmp_path, sync("there", '"hr"', "list"), sync("back", '"list"', "more"))
    assert typing.types("apply", "there", "--yes") == 0
    assert typing.types("apply", "back", "--yes") == 0
    assert "3: was made by this product (line 2, line 3, line 4)" in typing.out
    assert not (tmp_path / "more.csv").exists() or rows(tmp_path / "more.csv") == {}


def test_of_two_sources_the_first_that_has_an_address_wins(tmp_path: Path) -> None:
    typing = typing_with(tmp_path, sync("staff", '["more", "hr"]', "list"))
    (tmp_path / "more.csv").write_text("address,display_name\nBOB@fabrikam.example,Robert\ndi@fabrikam.example,Di\n")
    assert typing.types("apply", "staff", "--yes") == 0
    assert "1: has the address of somebody in a source of higher priority (bob@fabrikam.example" in typing.out
    names = {
        address.partition("@")[0].lower(): row["display_name"] for address, row in rows(tmp_path / "list.csv").items()
    }
    assert names == {"bob": "Robert", "di": "Di", "ann": "Ann", "cy": "Cy"}


@pytest.mark.parametrize(
    ("how", "phone", "told"), [("write", "typed", "phone: 1"), ("overwrite", "9", ""), ("clear", "", "")]
)
def test_what_somebody_typed(tmp_path: Path, how: str, phone: str, told: str) -> None:
    written = sync("staff", '"hr"', "list", f'fields = {{ phone = "{how}" }}')
    typing = typing_with(tmp_path, written)
    assert typing.types("apply", "staff", "--yes") == 0
    change(tmp_path / "list.csv", "ann@fabrikam.example", phone="typed", notes="met at the fair")
    typing.people(("ann", "Ann Lee", "9"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
    assert typing.types("apply", "staff", "--yes") == 0
    ann = rows(tmp_path / "list.csv")["ann@fabrikam.example"]
    assert (ann["display_name"], ann["phone"], ann["notes"]) == ("Ann Lee", phone, "met at the fair")
    assert ("Left as somebody typed it:" in typing.out, told in typing.out) == (bool(told), True)


def test_who_is_taken(tmp_path: Path) -> None:
    where = "where = \"department != 'Board' and not contains(title, 'intern')\""
    more = ["[directory_syncs.include]", 'domains = ["fabrikam.example"]', where]
    more += ["[directory_syncs.exclude]", 'addresses = ["test-*@fabrikam.example"]']
    typing = typing_with(tmp_path, sync("staff", '"hr"', "list", *more))
    people = ["ann,Sales,Lead", "bob,Board,Chair", "cy,Sales,Summer intern", "test-1,Sales,Robot"]
    lines = [f"{local}@fabrikam.example,{rest}" for local, _, rest in (each.partition(",") for each in people)]
    (tmp_path / "hr.csv").write_text("\n".join(["address,department,title", *lines, "di@other.example,Sales,Lead\n"]))
    assert typing.types("apply", "staff", "--yes") == 0
    assert list(rows(tmp_path / "list.csv")) == ["ann@fabrikam.example"]
    assert "4: is not selected" in typing.out


def test_a_wrong_expression_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator(tmp_path, configuration=CONFIGURATION + "include.where = \"departement == 'Sales'\"\n")
    code, out, err = main(capsys, ["check", "--config", str(tmp_path / "busyline.toml")])
    assert code == 1
    assert "busyline.toml:17: " in out + err
    assert "department" in out + err

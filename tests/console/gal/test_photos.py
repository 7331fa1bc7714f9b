"""Photos of one directory's people at the guests of another, by the command line alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from tests.console.gal.aside import aside
from tests.console.gal.microsoft import SECRET, Microsoft, microsoft
from tests.console.gal.typing_it import Operator

SYNC = """\
to = "graph"
as = "guest"
photos = true
external = "{local}@partner.example"
"""


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    monkeypatch.setenv("CONTOSO_SECRET", SECRET)
    with aside(microsoft(tmp_path)) as there:
        yield there


@pytest.fixture
def typing(tmp_path: Path, tenant: Microsoft) -> Operator:
    """One tenant serves as both sides: its people are read under another name, and are guests elsewhere."""
    made = tenant.operator(tmp_path, SYNC)
    path = tmp_path / "busyline.toml"
    written = path.read_text()
    section = written[written.index("[directories.graph]") : written.index("[directories.online]")]
    people = section.replace("[directories.graph]", "[directories.people]")
    path.write_text(
        written.replace("[[directory_syncs]]", f"{people}\n[[directory_syncs]]").replace(
            '"hr"\nguards', '"people"\nguards'
        )
    )
    return made


def _put(tenant: Microsoft, name: str, photo: bytes = b"") -> None:
    address = Mailbox.parse(f"{name}@fabrikam.example")
    texts = {Field.DISPLAY_NAME: name.title()}
    tenant.book.put(Person(anchor=f"id-{name}", kind=Kind.USER, primary=address, texts=texts, photo=photo))


def _photo(tenant: Microsoft, name: str) -> bytes:
    [guest] = [each for each in tenant.book.people.values() if str(each.primary or "") == f"{name}@partner.example"]
    return guest.photo


def test_photos_come_change_and_go_and_one_that_is_too_large_is_named(typing: Operator, tenant: Microsoft) -> None:
    _put(tenant, "ann", b"\xff\xd8 one")
    _put(tenant, "bob", b"x" * 102_401)
    _put(tenant, "cy")
    told = typing.json("apply", "staff", "--yes")
    assert (told["failed"], told["photos_too_large"], told["cut"]) == (0, ["bob@fabrikam.example"], {"photo": 1})
    assert (_photo(tenant, "ann"), _photo(tenant, "bob"), _photo(tenant, "cy")) == (b"\xff\xd8 one", b"", b"")
    assert typing.types("plan", "staff", "--whole") == 0
    assert "the photo is larger than the target takes, and is left out (bob@fabrikam.example)" in typing.out
    assert typing.json("plan", "staff", "--whole")["steps"] == []
    _put(tenant, "ann", b"\xff\xd8 two")
    _put(tenant, "cy", b"\xff\xd8 cy")
    told = typing.json("apply", "staff", "--yes", "--whole")
    assert (told["failed"], told["written"]["update"]) == (0, 2)
    assert (_photo(tenant, "ann"), _photo(tenant, "cy")) == (b"\xff\xd8 two", b"\xff\xd8 cy")
    _put(tenant, "ann")
    assert typing.types("apply", "staff", "--yes", "--whole") == 0, typing.err + typing.out
    assert _photo(tenant, "ann") == b""
    assert typing.json("plan", "staff", "--whole")["steps"] == []

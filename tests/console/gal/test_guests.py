"""Guests, shown in the address lists at once or by a script, by the command line alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.faults import Trouble
from tests.console.gal.aside import aside
from tests.console.gal.microsoft import SECRET, Microsoft, changes, microsoft
from tests.console.gal.typing_it import Operator
from tests.galsync.powershell.guests_known import GuestExchange

GUESTS = 'to = "graph"\nas = "guest"\ngrace = "30d"'
ANN, BOB, CY = (f"{local}@fabrikam.example" for local in ("ann", "bob", "cy"))
PRINCIPALS = "3 of them guests: accounts of this organisation that can be given access to what is in it"


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    """Nobody in it."""
    monkeypatch.setenv("CONTOSO_SECRET", SECRET)
    with aside(microsoft(tmp_path)) as there:
        yield there


def _hidden(tenant: Microsoft) -> dict[str, bool]:
    rows = tenant.exchange.recipients.rows.values()
    return {row["PrimarySmtpAddress"]: row["HiddenFromAddressListsEnabled"] for row in rows}


def _acts(told: dict[str, Any], key: str = "written") -> dict[str, int]:
    return {act: number for act, number in told[key].items() if number}


def test_guests_are_shown_at_once_hidden_taken_back_and_purged(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="online")
    assert typing.types("plan", "staff") == 0, typing.err
    assert PRINCIPALS in typing.out
    assert (tenant.book.people, tenant.cmdlets) == ({}, [])
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _hidden(tenant) == dict.fromkeys((ANN, BOB, CY), False)
    assert typing.json("plan", "staff")["steps"] == []
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"))
    assert _acts(typing.json("apply", "staff", "--yes")) == {"update": 1, "retire": 1}
    assert _hidden(tenant) == {ANN: False, BOB: False, CY: True}
    assert (tenant.people["Cy"].disabled, "Anna" in tenant.people) == (True, True)
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert _hidden(tenant) == dict.fromkeys((ANN, BOB, CY), False)
    assert not tenant.people["Cy"].disabled
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert tenant.book.people == {}


def test_a_guest_that_exchange_learns_of_later_is_shown_by_the_next_run(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="online")
    tenant.exchange.recipients.lag = True
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    tenant.exchange.recipients.lag = False
    assert [step["changes"] for step in typing.json("plan", "staff")["steps"]] == [
        [{"field": "hidden", "before": "hidden", "after": "shown"}]
    ] * 3
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _hidden(tenant) == dict.fromkeys((ANN, BOB, CY), False)


@pytest.mark.parametrize("trouble", [Trouble.TRUNCATED, Trouble.HTML, Trouble.BROKEN, Trouble.THROTTLED])
def test_whatever_befalls_exchange_the_guests_are_made_once_and_shown_in_the_end(
    trouble: Trouble, tmp_path: Path, tenant: Microsoft
) -> None:
    typing, faults = tenant.operator(tmp_path, GUESTS, shown_by="online"), tenant.exchange.faults
    faults.trouble, faults.times, faults.only, faults.retry_after = trouble, 2, changes, 0.01
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert (len(tenant.book.people), faults.times) == (3, 0)
    faults.clear()
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _hidden(tenant) == dict.fromkeys((ANN, BOB, CY), False)
    assert typing.json("plan", "staff")["steps"] == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("shown_by", ["online", "script"])
def test_a_busy_graph_is_waited_for_and_nobody_is_invited_twice(
    status: int, shown_by: str, tmp_path: Path, tenant: Microsoft
) -> None:
    typing, faults = tenant.operator(tmp_path, GUESTS, shown_by=shown_by), tenant.graph.faults
    faults.trouble, faults.times, faults.retry_after, faults.throttle_status = Trouble.THROTTLED, 3, 0.01, status
    faults.only = lambda call: call.method != "GET"
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert (len(tenant.book.people), faults.times) == (3, 0)
    assert sorted(tenant.people) == ["Ann", "Bob", "Cy"]


def test_who_was_retired_while_exchange_was_away_is_hidden_by_the_next_run(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="online")
    assert typing.types("apply", "staff", "--yes") == 0
    typing.people(("ann", "Ann", "1"), ("bob", "Bob", "2"))
    tenant.exchange.faults.trouble, tenant.exchange.faults.only = Trouble.BROKEN, changes
    assert typing.types("apply", "staff", "--yes") == 1
    assert "whether it shows in the address lists is not" in typing.out
    assert (tenant.people["Cy"].disabled, _hidden(tenant)[CY]) == (True, False)
    tenant.exchange.faults.clear()
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert _hidden(tenant) == {ANN: False, BOB: False, CY: True}


class Administrator(GuestExchange):
    """Runs the script when somebody asks for it."""

    def __init__(self, tenant: Microsoft, typing: Operator) -> None:
        super().__init__(tenant.book)
        self._typing = typing
        self.script = typing.folder / "scripts" / "staff" / "script.ps1"

    def runs(self) -> list[str]:
        """What became of each order."""
        return self.run(self.script, now=self._typing.clock())


def test_guests_are_shown_by_the_script_and_read_back(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="script")
    administrator = Administrator(tenant, typing)
    assert typing.types("plan", "staff") == 0, typing.err
    assert PRINCIPALS in typing.out
    assert not administrator.script.exists()
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert (len(tenant.book.people), tenant.cmdlets) == (3, [])
    assert str(administrator.script) in "".join(typing.out.split("\n"))
    assert len(typing.json("plan", "staff")["steps"]) == 3  # nobody ran the script yet
    assert _acts(typing.json("apply", "staff", "--yes"), "handed") == {"update": 3}
    assert administrator.runs() == ["done"] * 3
    assert administrator.hidden() == dict.fromkeys((ANN, BOB, CY), False)
    read_back = typing.json("apply", "staff", "--yes")
    assert (_acts(read_back), read_back["remembered"]) == ({}, 3)
    assert typing.json("plan", "staff")["steps"] == []
    assert administrator.runs() == ["unchanged"] * 3


def test_who_is_gone_is_hidden_by_the_script_and_returns(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="script")
    administrator = Administrator(tenant, typing)
    assert typing.types("apply", "staff", "--yes") == 0
    administrator.runs()
    typing.people(("ann", "Ann", "1"), ("bob", "Bob", "2"))
    assert _acts(typing.json("apply", "staff", "--yes")) == {"retire": 1}
    typing.people(("ann", "Ann", "1"), ("bob", "Bobby", "2"))
    assert typing.types("apply", "staff", "--yes") == 0  # this one does not lose what the script has to do
    assert typing.json("plan", "staff")["steps"] == []
    assert administrator.runs() == ["done"]
    assert administrator.hidden() == {ANN: False, BOB: False, CY: True}
    typing.people(("ann", "Ann", "1"), ("bob", "Bobby", "2"), ("cy", "Cy", "3"))
    assert _acts(typing.json("apply", "staff", "--yes")) == {"update": 1}
    administrator.runs()
    assert administrator.hidden() == dict.fromkeys((ANN, BOB, CY), False)
    assert (typing.json("plan", "staff")["steps"], tenant.people["Cy"].disabled) == ([], False)
    typing.later(days=60)
    assert typing.json("plan", "staff")["steps"] == []


def test_guests_of_a_script_are_taken_back_and_purged(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="script")
    administrator = Administrator(tenant, typing)
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types("undo", "staff", "--yes") == 0, typing.err + typing.out
    assert tenant.book.people == {}
    assert administrator.runs() == []  # nothing is left in the script of those who are gone
    assert typing.types("resume", "staff") == 0
    assert typing.types("apply", "staff", "--yes") == 0
    administrator.runs()
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert (tenant.book.people, administrator.runs()) == ({}, [])


@pytest.mark.parametrize("text", ["", '{"busyline": 1, "sync": "staff"', '{"busyline": 1, "sync": "other"}\n{}'])
def test_an_export_that_cannot_be_read_plans_nothing(text: str, tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS, shown_by="script")
    (tmp_path / "scripts" / "staff").mkdir(parents=True)
    (tmp_path / "scripts" / "staff" / "script.jsonl").write_text(text)
    assert typing.types("apply", "staff", "--yes") == 1
    assert "script.ps1 again" in typing.out + typing.err
    assert tenant.book.people == {}


def test_without_anything_that_shows_them_the_plan_says_so(tmp_path: Path, tenant: Microsoft) -> None:
    typing = tenant.operator(tmp_path, GUESTS)
    assert typing.types("plan", "staff") == 0
    assert "when somebody has shown them in the address lists" in typing.out


def test_a_guest_that_somebody_named_like_a_stamp_is_left_alone_and_one_of_ours_is_finished(
    tmp_path: Path, tenant: Microsoft
) -> None:
    """Until all is written a guest of ours has its stamp as a name; but whoever invites one names it."""
    typing, faults = tenant.operator(tmp_path, GUESTS, shown_by="online"), tenant.graph.faults
    faults.trouble, faults.only = Trouble.BROKEN, lambda call: call.method == "PATCH"
    assert typing.types("apply", "staff", "--yes") == 1
    faults.clear()
    halves = {person.texts[Field.DISPLAY_NAME] for person in tenant.book.people.values()}
    assert halves
    assert all(name.startswith("busyline:staff/") for name in halves)
    supplier = Person(
        anchor="supplier",
        kind=Kind.CONTACT,
        primary=Mailbox.parse("supplier@tailspin.example"),
        texts={Field.DISPLAY_NAME: "busyline:staff/fabrikam:0815"},
    )
    tenant.book.put(supplier)
    assert typing.types("apply", "staff", "--yes") == 0, typing.err + typing.out
    assert {person.texts[Field.DISPLAY_NAME] for person in tenant.book.people.values()} == {
        "Ann",
        "Bob",
        "Cy",
        "busyline:staff/fabrikam:0815",
    }
    assert typing.types("purge", "staff", "--yes") == 0, typing.err + typing.out
    assert [person.primary for person in tenant.book.people.values()] == [supplier.primary]

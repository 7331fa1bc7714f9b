"""What `busyline pair` leaves alone at two simulated tenants: what others changed stays theirs, whoever asks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from protocols.model.mailbox import Mailbox
from simulation.graph.licences import Sku
from tests.console.gal.aside import aside
from tests.console.pair.tenants import ACCOUNTS, IDS, Typing, relationship, two_tenants

BLOCKED = {"users": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}}


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typing]:
    """Two tenants that know nothing of each other."""
    monkeypatch.setenv("CONTOSO_SECRET", "contoso-secret")
    with aside(two_tenants(tmp_path)) as made:
        yield made


def test_an_account_that_was_used_and_is_blocked_is_left(typing: Typing) -> None:
    typing.writes(ACCOUNTS)
    assert typing.types("apply", "merger", "--yes") == 0
    book = typing.sides["contoso"].book
    ann = book.find("ann@contoso.example")
    assert ann is not None
    book.put(replace(ann, attributes={**ann.attributes, "lastSignIn": "2026-11-23T09:00:00Z"}))
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert "ann@contoso.example: somebody has signed in to it: it is left" in typing.out
    assert book.find("ann@contoso.example") is not None


def test_nothing_is_taken_back_at_the_wrong_tenant(typing: Typing) -> None:
    typing.writes(f"{ACCOUNTS}contacts = false\nroutes = false\nsharing = 'none'\n")
    before = typing.world
    assert typing.types("apply", "merger", "--yes") == 0
    right, (fabrikam, contoso) = typing.path.read_text(), typing.sides.values()
    text = right.replace(contoso.graph.url, "URL").replace(fabrikam.graph.url, contoso.graph.url)
    text = (
        text.replace("URL", fabrikam.graph.url).replace(IDS["contoso"], "ONE").replace(IDS["fabrikam"], IDS["contoso"])
    )
    typing.path.write_text(text.replace("ONE", IDS["fabrikam"]))
    assert typing.types("undo", "merger", "--yes") == 1
    assert f"was written to the tenant {IDS['contoso']}" in typing.out
    typing.path.write_text(right)
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


def test_what_is_switched_off_by_now_is_taken_back_too(typing: Typing) -> None:
    typing.writes("distribution_lists = true\nsharing = 'none'\nroutes = false\n")
    assert typing.types("apply", "merger", "--yes") == 0
    assert "sales@fabrikam.example" in typing.sides["contoso"].contacts
    typing.writes("contacts = false\nsharing = 'none'\nroutes = false\n")
    notes = typing.json("plan", "merger")["notes"]
    assert sum("what it wrote still stands" in note for note in notes) == 3
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert [side.contacts for side in typing.sides.values()] == [[], []]
    assert typing.types("undo", "merger", "--yes") == 0
    assert "nothing to take back" in typing.out


def test_from_relationships_to_a_policy_and_back(typing: Typing) -> None:
    typing.writes("contacts = false\nroutes = false\n")
    before, policies = typing.world, typing.sides["contoso"].organisation.policies
    ways, policies.ways = policies.ways, frozenset()
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    policies.ways = ways
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert [side.exchange.sharing.relationships for side in typing.sides.values()] == [[], []]
    assert typing.sides["contoso"].shows("fabrikam") == "availability"
    assert typing.json("plan", "merger")["writes"] == 0
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.world == before


@pytest.mark.parametrize("sharing", ["policy", "relationship"])
def test_less_detail_is_less(typing: Typing, sharing: str) -> None:
    more = f"contacts = false\nroutes = false\nsharing = '{sharing}'\n"
    typing.writes(f"{more}detail = 'limited-details'\n")
    before = typing.sides["contoso"].state
    assert typing.types("apply", "merger", "--yes") == 0
    for detail in ("availability", "limited-details", "availability"):
        typing.writes(f"{more}detail = '{detail}'\n")
        assert typing.types("apply", "merger", "--yes") == 0, typing.out
        assert typing.sides["contoso"].shows("fabrikam") == detail
        assert typing.json("plan", "merger")["writes"] == 0
    assert typing.types("undo", "merger", "--yes") == 0, typing.out
    assert typing.sides["contoso"].state == before


def test_free_busy_that_works_stays_where_the_policy_has_limits(typing: Typing) -> None:
    relationship(typing, "contoso", "Old", ["fabrikam.example"])
    typing.sides["contoso"].organisation.policies.partners[IDS["fabrikam"]] = {
        "tenantId": IDS["fabrikam"],
        "m365CollaborationInbound": BLOCKED,
    }
    typing.writes("contacts = false\nroutes = false\n")
    assert typing.types("apply", "merger", "--yes") == 0, typing.out
    assert typing.sides["contoso"].shows("fabrikam") == "availability"
    assert "organization relationships that are enabled stay so" in typing.out


def test_a_renamed_person_gets_no_second_account(typing: Typing) -> None:
    typing.writes(f"{ACCOUNTS}contacts = false\nroutes = false\nsharing = 'none'\n")
    assert typing.types("apply", "merger", "--yes") == 0
    book = typing.sides["fabrikam"].book
    ann = book.find("ann@fabrikam.example")
    assert ann is not None
    book.put(replace(ann, primary=Mailbox.parse("ann.jones@fabrikam.example")))
    told = typing.json("plan", "merger")
    assert (told["writes"], told["licences"]["SPE_E3"]["wanted"]) == (0, 0)
    words = "ann@contoso.example is the account of ann.jones@contoso.example, made before"
    assert any(note.startswith(words) for note in told["notes"])


def test_licences_that_an_administrator_changed_stay(typing: Typing) -> None:
    typing.writes(f"{ACCOUNTS}contacts = false\nroutes = false\nsharing = 'none'\n")
    assert typing.types("apply", "merger", "--yes") == 0
    licences = typing.sides["contoso"].desk.licences
    licences.skus["e5"] = Sku("SPE_E5", 5)
    licences.given[next(iter(licences.given))] = {"e5"}
    told = typing.json("plan", "merger")
    assert told["writes"] == 0
    assert any("SPE_E3 was taken away from" in note for note in told["notes"])

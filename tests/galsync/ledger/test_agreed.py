"""Tests of galsync/ledger/agreed.py: what was agreed comes back, whole, of this sync and this place alone."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from galsync.entries import Agreement
from galsync.ledger import agreed
from galsync.ledger.ledger import Ledger
from galsync.ledger.packed import Digests
from galsync.steps import Act, Step, Why
from service.state.database import Database
from tests.galsync.remembered import AGREEMENTS, NOW, agreement, removal


def plain(text: str) -> str:
    """As a database keeps it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


async def remember(ledger: Ledger, *agreements: Agreement, sync: str = "s", place: str = "") -> None:
    steps = [Step(act=Act.REMEMBER, anchor=each.anchor, why=Why.FOUND, agreement=each) for each in agreements]
    await ledger.remember(sync, place, steps)


@given(kept=AGREEMENTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_agreement_comes_back(database: Database, kept: Agreement) -> None:
    async with database.writing() as connection:
        await agreed.keep(connection, "s", "", [kept])
        found = await agreed.everything(connection, "s", "")
    back = found[plain(kept.anchor)]
    assert (back.key, back.address) == (plain(kept.key), plain(kept.address))
    assert (back.written, back.retired_at, back.photo) == (kept.written, kept.retired_at, kept.photo)
    assert (back.aliases, back.members) == (kept.aliases, kept.members)


async def test_another_takes_the_place_of_the_first(ledger: Ledger) -> None:
    await remember(ledger, agreement("ann", aliases=("X500:/o=a",), retired_at=NOW), agreement("bob"))
    await remember(ledger, agreement("ann", key="CN=new"))
    assert await ledger.agreements("s", "") == {"ad:ann": agreement("ann", key="CN=new"), "ad:bob": agreement("bob")}


async def test_other_syncs_and_places_are_not_touched(ledger: Ledger) -> None:
    for sync, place in (("s", "one@x.example"), ("s", "two@x.example"), ("t", "one@x.example")):
        await remember(ledger, agreement("ann", key=f"{sync} {place}"), sync=sync, place=place)
    await ledger.forget("s", "one@x.example", ["ad:ann"])
    assert await ledger.agreements("s", "one@x.example") == {}
    assert (await ledger.agreements("s", "two@x.example"))["ad:ann"].key == "s two@x.example"
    assert (await ledger.agreements("t", "one@x.example"))["ad:ann"].key == "t one@x.example"
    assert await ledger.places("s") == ("two@x.example",)
    assert await ledger.places("nobody") == ()


async def test_those_that_are_asked_for_are_found_among_many(ledger: Ledger) -> None:
    names = [f"p{number}" for number in range(2100)]
    await remember(ledger, *(agreement(name) for name in names))
    anchors = [f"ad:{name}" for name in names]
    found = await ledger.agreements_of("s", "", [*anchors[:1200], "ad:nobody"])
    assert found == {f"ad:{name}": agreement(name) for name in names[:1200]}
    assert await ledger.agreements_of("s", "", []) == {}
    addresses = [f"{name}@contoso.example" for name in names[:700]]
    by_address = await ledger.by_address("s", "", [*addresses, "nobody@contoso.example"])
    assert by_address == dict(zip(addresses, anchors[:700], strict=True))
    await ledger.forget("s", "", anchors[:-1])
    assert list(await ledger.agreements("s", "")) == anchors[-1:]


async def test_of_two_with_one_address_who_is_not_retired_is_found_and_of_the_retired_nobody(ledger: Ledger) -> None:
    await remember(
        ledger,
        agreement("a", address="x@x.example", retired_at=NOW - timedelta(days=1)),
        agreement("c", address="x@x.example"),
        agreement("b", address="x@x.example"),
        agreement("d", address="y@x.example", retired_at=NOW),
    )
    found = await ledger.by_address("s", "", ["x@x.example", "y@x.example"])
    assert found == {"x@x.example": "ad:b"}


async def test_a_step_without_an_agreement_forgets(ledger: Ledger) -> None:
    await remember(ledger, agreement("ann"), agreement("bob"))
    await ledger.remember("s", "", [removal("ann")])
    assert list(await ledger.agreements("s", "")) == ["ad:bob"]


async def test_a_hundred_thousand_fit_into_memory(ledger: Ledger) -> None:
    await remember(ledger, agreement("ann"))
    assert isinstance((await ledger.agreements("s", ""))["ad:ann"].written, Digests)

"""Tests of galsync/plans/claims.py: what a name says is believed where the ledger says it too."""

from dataclasses import replace

import pytest

from galsync.entries import Agreement, Held, Stamp
from galsync.plans.claims import believed
from galsync.plans.plan import plan
from galsync.plans.purging import purge
from galsync.steps import Act, Why
from protocols.model.person import Field
from tests.galsync.worlds import NOW, RULES, SYNC, agreed_on, entry, held

HALF = held(half=True)
FOREIGN = replace(HALF, stamp=None, half=False, texts={Field.DISPLAY_NAME: "busyline:fabrikam/ad:0"})
KNOWN = agreed_on(entry())


def seen(
    one: Held, agreed: dict[str, Agreement] | None = None, begun: dict[str, list[Agreement]] | None = None
) -> Held:
    [told] = believed([one], sync=SYNC, agreed=agreed or {}, begun=begun or {})
    return told


@pytest.mark.parametrize("one", [held(), held(anchor=None), replace(HALF, stamp=Stamp("northwind", "ad:0"))])
def test_what_is_whole_or_claims_nothing_of_ours_is_as_it_is(one: Held) -> None:
    assert seen(one) is one


def test_a_claim_is_believed_of_what_was_begun_or_agreed() -> None:
    assert seen(HALF, KNOWN) is HALF
    assert seen(HALF, begun={"ad:0": [KNOWN["ad:0"]]}) is HALF


def test_any_other_is_somebody_elses() -> None:
    assert seen(HALF) == FOREIGN
    assert seen(replace(HALF, key="k2"), KNOWN) == replace(FOREIGN, key="k2")
    other = agreed_on(entry(address="other@b.example"))
    assert seen(HALF, begun={"ad:0": [other["ad:0"]], "ad:1": [KNOWN["ad:0"]]}) == FOREIGN


def test_it_is_neither_purged_nor_written_and_stands_in_the_way() -> None:
    assert purge(believed([HALF], sync=SYNC, agreed={}, begun={}), SYNC).steps == ()
    (step,) = plan({"ad:0": entry()}, believed([HALF], sync=SYNC, agreed={}, begun={}), {}, RULES, now=NOW).steps
    assert (step.act, step.why, step.against) == (Act.CONFLICT, Why.CLASH, ("k1",))

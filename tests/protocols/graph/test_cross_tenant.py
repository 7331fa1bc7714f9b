"""The cross-tenant access policy as a value: what is wanted, what stands in the way, and what is taken back."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PeerError
from protocols.graph.cross_tenant import (
    AVAILABILITY,
    SHARING,
    TRUST,
    Partner,
    everybody,
    limits,
    narrowed,
    says,
    taken_back,
    wanted,
    written,
)

ID = "22222222-2222-2222-2222-222222222222"
BASIC, SIMPLE, TIPS = AVAILABILITY["availability"], SHARING["availability"], "crossTenantMailTipsAll"
NOBODY = Partner(tenant=ID)
DID = wanted(NOBODY, [BASIC, SIMPLE])
BLOCKED = written({"users": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}})
FOR_SOME = written(
    {"isAllowed": True, "resourceScopes": {"included": [{"resourceId": "g1", "resourceType": "group"}], "excluded": []}}
)


partners = st.builds(
    Partner,
    tenant=st.just(ID),
    there=st.just(True),
    trust=st.sampled_from(["", DID.trust, BLOCKED]),
    capabilities=st.dictionaries(st.sampled_from([BASIC, SIMPLE, TIPS]), st.sampled_from([FOR_SOME, everybody(TIPS)])),
    more=st.booleans(),
) | st.just(NOBODY)


def test_what_was_ours_and_shows_more_goes() -> None:
    details, reviewer = AVAILABILITY["limited-details"], SHARING["reviewer"]
    now = wanted(NOBODY, [BASIC, details, reviewer, TIPS])
    assert {*narrowed(now, [BASIC], {BASIC, details, reviewer, TIPS}).capabilities} == {BASIC, TIPS}
    assert narrowed(now, [BASIC], {BASIC}) == now  # somebody else's stay
    assert narrowed(now, [details, reviewer], {BASIC, details, reviewer}) == now
    changed = replace(now, capabilities={**now.capabilities, details: FOR_SOME})
    assert details in narrowed(changed, [BASIC], {details}).capabilities


def test_what_is_wanted_takes_effect() -> None:
    assert DID.there
    assert DID.trusted
    assert DID.allows(BASIC)
    assert DID.allows(SIMPLE)
    assert not DID.allows(TIPS)
    assert wanted(DID, [BASIC]) == DID
    assert orjson.loads(DID.capabilities[SIMPLE])["resourceScopes"]["included"] == [
        {"resourceId": "All", "resourceType": "group"}
    ]


def test_a_capability_without_the_trust_has_no_effect() -> None:
    assert not replace(DID, trust="").allows(BASIC)
    assert not replace(DID, trust=BLOCKED).allows(BASIC)
    assert not replace(DID, capabilities={BASIC: FOR_SOME}).allows(BASIC)


def test_what_somebody_narrowed_is_named_and_not_widened() -> None:
    was = Partner(tenant=ID, there=True, trust=BLOCKED, capabilities={BASIC: FOR_SOME, TIPS: everybody(TIPS)})
    assert limits(was, [SIMPLE, BASIC, BASIC, TIPS]) == (TRUST, BASIC)
    after = wanted(was, [BASIC, SIMPLE])
    assert (after.trust, after.capabilities[BASIC]) == (BLOCKED, FOR_SOME)
    assert set(after.capabilities) == {BASIC, SIMPLE, TIPS}
    assert limits(DID, [BASIC, SIMPLE]) == limits(NOBODY, [BASIC]) == ()


def test_equal_is_what_means_the_same() -> None:
    """Graph gives settings in its own order, with annotations and with what is empty."""
    told = {
        "resourceScopes": {
            "@odata.type": "#microsoft.graph.m365CapabilityResourceScopes",
            "excluded": None,
            "included": [{"resourceType": "user", "resourceId": "All"}],
        },
        "isAllowed": True,
        "more": {},
    }
    assert replace(DID, capabilities={BASIC: written(told)}).allows(BASIC)
    again = replace(DID, capabilities={**DID.capabilities, BASIC: written(told)}, way="beta/m365Capabilities")
    assert again == DID
    assert len({again, DID}) == 1
    assert again != replace(DID, capabilities={BASIC: written(told)})
    assert again != replace(DID, trust=BLOCKED)
    assert again != replace(DID, more=True)
    assert again != DID.text
    assert limits(replace(DID, capabilities={BASIC: written(told)}), [BASIC]) == ()


def test_taken_back_is_as_before() -> None:
    assert taken_back(DID, was=NOBODY, did=DID) == NOBODY
    was = Partner(tenant=ID, there=True, capabilities={TIPS: everybody(TIPS)}, more=True)
    did = wanted(was, [BASIC, SIMPLE])
    assert taken_back(did, was=was, did=did) == was


@settings(max_examples=60)
@given(partners, st.lists(st.sampled_from([BASIC, SIMPLE, TIPS])))
def test_whatever_was_there_comes_again(was: Partner, capabilities: list[str]) -> None:
    """Wanting is idempotent, widens nothing that was set, and is taken back to the letter."""
    did = wanted(was, capabilities)
    assert wanted(did, capabilities) == did
    assert did.capabilities.items() >= was.capabilities.items()
    assert did.trust == (was.trust or did.trust)
    assert taken_back(did, was=was, did=did) == was
    assert taken_back(was, was=was, did=did) == was
    assert Partner.read(did.text) == did
    assert all(did.allows(name) for name in capabilities if not limits(was, [name]))


def test_what_somebody_did_since_stays() -> None:
    now = replace(DID, capabilities={**DID.capabilities, TIPS: everybody(TIPS), BASIC: FOR_SOME})
    back = taken_back(now, was=NOBODY, did=DID)
    assert back == Partner(tenant=ID, there=True, capabilities={BASIC: FOR_SOME, TIPS: everybody(TIPS)})
    assert taken_back(replace(DID, more=True), was=NOBODY, did=DID) == Partner(tenant=ID, there=True, more=True)
    blocked = replace(DID, trust=BLOCKED)
    assert taken_back(blocked, was=NOBODY, did=DID) == Partner(tenant=ID, there=True, trust=BLOCKED)
    assert taken_back(NOBODY, was=NOBODY, did=DID) == NOBODY


def test_it_is_kept_in_one_line() -> None:
    there = replace(DID, more=True, way="v1.0/m365Capabilities")
    assert "\n" not in there.text
    assert Partner.read(there.text) == there
    assert Partner.read(there.text).way == there.way
    for text in ("[]", "{", '{"tenant":"x","else":1}', "{}"):
        with pytest.raises(ValueError, match=r"."):
            Partner.read(text)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": None, "b": {"inboundAllowed": None}, "c": [], "d": False, "@odata.context": "x"}, False),
        ({"inboundTrust": {"isMfaAccepted": True}}, True),
        ({"a": [{}]}, True),
    ],
)
def test_whether_anything_else_is_set(value: dict[str, Any], *, told: bool) -> None:
    assert says(value) is told


def test_what_is_no_setting_is_an_error() -> None:
    assert written(None) == ""
    with pytest.raises(PeerError):
        written(["x"])

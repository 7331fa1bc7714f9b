"""The manner that a caller's settings describe."""

import pytest

from protocols.ews.manner import EXCHANGE, Manner
from proxy.manners import manner_of
from proxy.settings import ProxySettings
from tests.proxy.served import configuration


@pytest.mark.parametrize(
    ("written", "manner"),
    [
        ({}, EXCHANGE),
        ({"always_events": True}, Manner(always_events=True)),
        ({"faults": "per-mailbox"}, Manner(per_mailbox_faults=True)),
        ({"times": "offset"}, Manner(offsets=True)),
    ],
)
def test_each_key_is_a_difference(written: dict[str, object], manner: Manner) -> None:
    (caller,) = ProxySettings.model_validate(configuration(**written)).callers
    assert manner_of(caller) == manner

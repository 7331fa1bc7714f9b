"""Tests of console/example_hubs.py; test_example.py loads each of its sections."""

from typing import get_args

from calsync.settings import SpokeSettings
from console.example_hubs import hubs


def test_every_protocol_has_its_spoke_and_both_kinds_their_hub() -> None:
    lines = list(hubs())
    for kind in get_args(get_args(SpokeSettings)[0]):
        (protocol,) = get_args(kind.model_fields["protocol"].annotation)
        assert f'#protocol = "{protocol}"' in lines
    assert lines.count("#[[hubs]]") == 2
    assert '#kind = "contacts"' in lines

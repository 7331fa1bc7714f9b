"""The presets are networks, of both versions, and nothing so wide that it would let everybody in."""

import pytest

from proxy.auth.networks import networks_of
from proxy.auth.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_a_list_of_networks(preset: str) -> None:
    networks = list(networks_of([preset]))
    assert {network.version for network in networks} == {4, 6}
    assert all(network.is_global for network in networks)
    assert all(network.prefixlen >= (13 if network.version == 4 else 36) for network in networks)
    assert len(set(networks)) == len(networks)
